"""Changes of rights: the one call that declares one, and what follows for people in sessions."""
