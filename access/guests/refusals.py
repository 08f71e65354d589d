"""The reasons why a guest link lets nobody in, one page each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.refusals import Refusal


class Reason(models.TextChoices):
    """Values name the template `access/guests/refusals/<value>.html`; labels are for logs."""

    BAD_LINK = "bad_link", _("Unknown link")
    SWITCHED_OFF = "switched_off", pgettext_lazy("state of a link", "Guest access off")
    DELETED = "deleted", _("The link was deleted")
    NEW_ADDRESS = "new_address", _("The link was reset")
    FULL = "full", _("Full")
    EXPIRED = "expired", _("Expired")
    NOT_YET = "not_yet", _("Not available yet")
    OVER = "over", _("No longer available")
    SESSION_ENDED = "session_ended", _("The session has ended")
    ENDED_BY_HOST = "ended_by_host", _("Access ended by the host")
    GUEST_REMOVED = "guest_removed", _("Guest removed or blocked")
    DOMAIN = "domain", _("Domain not accepted")
    ADDRESS = "address", _("Email not accepted")
    LEFT = "left", pgettext_lazy("guest", "Left")
    REMOVED = "removed", _("Removed from the session")
    BLOCKED = "blocked", _("Blocked until let back in")


# Where a message to the host may help. A forged link has no host.
MAY_ASK_HOST = frozenset(
    {
        Reason.SWITCHED_OFF,
        Reason.NEW_ADDRESS,
        Reason.FULL,
        Reason.EXPIRED,
        Reason.OVER,
        Reason.ENDED_BY_HOST,
        Reason.DOMAIN,
        Reason.ADDRESS,
        Reason.LEFT,
    }
)
# Somebody with a link that works may read the item's title; others learn nothing.
MAY_NAME_ITEM = frozenset(
    {Reason.FULL, Reason.NOT_YET, Reason.SESSION_ENDED, Reason.DOMAIN, Reason.ADDRESS}
)
# What the host may undo, so that the same page has another answer later.
MAY_TRY_AGAIN = frozenset({Reason.SWITCHED_OFF, Reason.SESSION_ENDED})


class Refused(Refusal):
    """Nobody comes in by this link now, or not this person. `reason` picks the page."""

    reason: Reason

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason=reason)
        self.status = 404 if reason == Reason.BAD_LINK else 403
