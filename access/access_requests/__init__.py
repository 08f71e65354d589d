"""What somebody at a closed guest link asked the host, and what the host answers."""
