"""Everything that changes guest access; views, admin actions, tasks and commands call these."""

from access.guests.services.retention import erase_outdated

__all__ = ["erase_outdated"]
