"""The reasons why an invite link does not let its person in, one page each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from media_items.refusals import Refusal


class Reason(models.TextChoices):
    """Values name the template `access/invitations/refusals/<value>.html`; labels are for logs."""

    BAD_LINK = "bad_link", _("Unknown link")
    REVOKED = "revoked", _("Withdrawn")
    NEW_ADDRESS = "new_address", _("The link was reset")
    EXPIRED = "expired", _("Expired")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Access ended in this browser")
    PROOF_OLD = "proof_old", _("Verified too long ago")
    TOO_MANY_CODES = "too_many_codes", _("Too many codes")
    ASKED_TOO_OFTEN = "asked_too_often", _("Asked for a new link too often")
    WRONG_ACCOUNT = "wrong_account", _("Signed in as somebody else")
    NOT_YET = "not_yet", _("Not available yet")
    OVER = "over", _("No longer available")
    REMOVED = "removed", _("Removed from the session")
    BLOCKED = "blocked", _("Blocked until let back in")


class Refused(Refusal):
    """This invitation cannot be used like this now. `reason` picks the page."""

    reason: Reason

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason=reason)
        self.status = 404 if reason == Reason.BAD_LINK else 403


class PutOut(Refused):
    """The person invited is removed or blocked; said to nobody who has not proven to be them."""
