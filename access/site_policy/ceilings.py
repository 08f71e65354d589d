"""What is said where a limit of the site says no."""

from __future__ import annotations

from media_items.refusals import Invalid


class CeilingReached(Invalid):
    """A site-wide limit says no: `message`, beside the form field `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
