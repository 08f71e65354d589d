"""The audit trail: who did what to whose access, and when. Rows are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.moments import written


class Act(models.TextChoices):
    GUEST_ACCESS_ON = "guest_access_on", _("Guest access switched on")
    GUEST_ACCESS_OFF = "guest_access_off", _("Guest access switched off")
    LINK_CREATED = "link_created", _("Guest link created")
    LINK_CHANGED = "link_changed", _("Guest link changed")
    LINK_PAUSED = "link_paused", _("Guest link paused")
    LINK_RESUMED = "link_resumed", _("Guest link resumed")
    LINK_NEW_ADDRESS = "link_new_address", _("Guest link reset")
    LINK_DELETED = "link_deleted", _("Guest link deleted")
    GUESTS_ENDED = "guests_ended", _("Guests’ access ended")
    GUEST_JOINED = "guest_joined", _("Guest joined")
    GUEST_LEFT = "guest_left", _("Guest left")
    GUEST_REMOVED = "guest_removed", _("Guest removed")
    GUEST_LET_BACK = "guest_let_back", _("Guest let back in")
    GUEST_ERASED = "guest_erased", _("Guest’s data erased")
    INVITED = "invited", pgettext_lazy("in the activity", "Invited")
    INVITATION_CHANGED = "invitation_changed", _("Invitation changed")
    INVITATION_SENT = "invitation_sent", _("Invitation email queued")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    INVITATION_DECLINED = "invitation_declined", _("Invitation declined")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation withdrawn")
    INVITATION_NEW_ADDRESS = "invitation_new_address", _("Invitation link reset")
    BROWSER_PROVEN = "browser_proven", _("Device verified")
    CO_EDITOR_ADDED = "co_editor_added", _("Co-editor added")
    CO_EDITOR_REMOVED = "co_editor_removed", _("Co-editor removed")
    MODERATORS_MAY_INVITE = "moderators_may_invite", _("Whether moderators may invite changed")
    ASKED_HOST = "asked_host", _("Asked the host to be let in")
    REQUEST_LET_IN = "request_let_in", _("Request answered: let in")
    REQUEST_DECLINED = "request_declined", _("Request answered: declined")
    PARTICIPANT_REMOVED = "participant_removed", _("Removed from the session")
    PARTICIPANT_BLOCKED = (
        "participant_blocked",
        pgettext_lazy("in the activity", "Removed and blocked"),
    )
    PARTICIPANT_LET_BACK = "participant_let_back", pgettext_lazy("in the activity", "Let back in")
    MEMBER_ADDED = "member_added", _("Gallery member added")
    MEMBER_CHANGED = "member_changed", _("Gallery member’s role changed")
    MEMBER_REMOVED = "member_removed", _("Gallery member removed")
    GALLERY_MADE = "gallery_made", _("Gallery created")
    GALLERY_CHANGED = "gallery_changed", _("Gallery edited")
    GALLERY_DELETED = "gallery_deleted", _("Gallery deleted")
    ITEM_PUBLISHED = "item_published", _("Published in galleries")
    ITEM_UNLISTED = "item_unlisted", _("Made unlisted")
    ITEM_MADE_PRIVATE = "item_made_private", _("Made private")
    ITEM_TAKEN_OUT = "item_taken_out", _("Removed from a gallery")
    ITEM_MOVED_TO_BIN = "item_moved_to_bin", _("Moved to the bin")
    ITEM_RESTORED = "item_restored", _("Restored from the bin")
    ITEM_WINDOW_CHANGED = "item_window_changed", _("Availability changed")
    ITEM_ROOM_OF_CHANGED = "item_room_of_changed", _("Gallery of the room changed")
    ITEM_OWNER_CHANGED = "item_owner_changed", _("Owner changed")
    ACCOUNT_SWITCHED_OFF = "account_switched_off", _("Account switched off")
    ACCOUNT_SWITCHED_ON = "account_switched_on", _("Account switched on again")
    ACCOUNT_NEW_EMAIL = "account_new_email", _("Account’s email changed")
    ACCOUNT_EMAIL_CONFIRMED = "account_email_confirmed", _("Account’s email verified")
    ACCOUNT_DELETED = "account_deleted", _("Account deleted")
    GUESTS_ERASED_BY_AGE = "guests_erased_by_age", _("Expired guest data erased")


class AccessEvent(models.Model):
    """One act. It holds ids and counts, never a guest's name or address: those can be erased.

    Without an item it is about a gallery or an account, whose id is in `details`. `by_participant`:
    who did it in a session, where a moderator need not have an account.
    """

    at = models.DateTimeField(_("when"), default=timezone.now)
    act = models.CharField(_("what"), max_length=32, choices=Act)
    item = models.ForeignKey(
        "media_items.MediaItem",
        verbose_name=_("media item"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    link = models.ForeignKey(
        "guests.GuestLink",
        verbose_name=_("guest link"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    guest = models.ForeignKey(
        "guests.Guest",
        verbose_name=_("guest"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    invitation = models.ForeignKey(
        "invitations.Invitation",
        verbose_name=_("invitation"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    participant = models.ForeignKey(
        "live.Participant",
        verbose_name=_("participant"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    by_participant = models.ForeignKey(
        "live.Participant",
        verbose_name=_("done by a participant"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("activity entry")
        verbose_name_plural = _("activity")
        indexes = [
            models.Index(fields=["item", "-at"], name="access_event_item_newest"),
            models.Index(fields=["-at", "-id"], name="access_event_newest"),
            models.Index(fields=["act"], name="access_event_act"),
        ]

    def __str__(self) -> str:
        return f"{written(self.at, with_zone=True)} {self.get_act_display()}"
