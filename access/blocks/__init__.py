"""People whom a host has removed: from one session, or from the item until the block is lifted."""
