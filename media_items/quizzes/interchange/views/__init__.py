"""Pages of the interchange."""
