"""The services of guest access: about links, about one guest, and what guests do themselves."""
