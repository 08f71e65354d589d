"""Views of guest access, by who uses them: hosts, people at the door, guests inside."""
