"""What guest access does, by what it is done to."""
