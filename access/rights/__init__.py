"""Changes of rights: the one call that declares one, and what follows for the people inside."""
