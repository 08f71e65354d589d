"""One page per person in the administration: found by name or address, everything in one place."""
