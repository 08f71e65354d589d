"""Taking: the start page, the attempt, its result."""
