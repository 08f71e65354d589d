"""People whom the host has removed from an item: for one session, or until they are let back."""
