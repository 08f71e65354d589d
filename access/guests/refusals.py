"""The reasons for which a guest link lets nobody in, one page each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from media_items import refusals


class Refusal(models.TextChoices):
    """Values name the template `access/guests/refusals/<value>.html`; labels are for logs."""

    BAD_LINK = "bad_link", _("Not a link of ours")
    SWITCHED_OFF = "switched_off", _("Switched off")
    NEW_ADDRESS = "new_address", _("The link has a new address")
    FULL = "full", _("Full")
    EXPIRED = "expired", _("Expired")
    NOT_YET = "not_yet", _("Not available yet")
    OVER = "over", _("No longer available")
    ENDED_BY_HOST = "ended_by_host", _("Ended by the host")
    DOMAIN = "domain", _("Domain not accepted")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed from the session")
    BLOCKED = "blocked", _("Blocked until let back in")


# Where a word to the host may help; a forged link leads to no host.
MAY_ASK_HOST = frozenset(
    {
        Refusal.SWITCHED_OFF,
        Refusal.NEW_ADDRESS,
        Refusal.FULL,
        Refusal.EXPIRED,
        Refusal.OVER,
        Refusal.ENDED_BY_HOST,
        Refusal.DOMAIN,
    }
)
# Whoever holds a link that works may read what it is to; others learn nothing.
MAY_NAME_ITEM = frozenset({Refusal.FULL, Refusal.NOT_YET, Refusal.DOMAIN})


class Refused(refusals.Refusal):
    """Nobody comes in by this link now, or not this person. `reason` picks the page."""

    reason: Refusal

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason=reason)
        self.status = 404 if reason == Refusal.BAD_LINK else 403
