"""A quiz that lies on a film."""
