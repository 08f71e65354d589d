"""Many people invited at once: the batch and its lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.invitations.models import Invitation, InvitationRole
from media_items.models import MediaItem
from media_items.moments import written
from media_items.refusals import NotNow
from media_items.workers import MOST_STARTS


class BatchQuerySet(models.QuerySet["Batch"]):
    def locked(self, pk: int) -> Batch:
        """With its item and its host, until the end of the transaction. Raises `NotNow` where it
        is deleted."""
        rows = self.select_for_update(of=("self",)).select_related("item", "made_by")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise NotNow(gettext("This list has been deleted."))
        return found


class Batch(models.Model):
    """Many people to be invited at once: pasted or from a file, checked, then invited."""

    item = models.ForeignKey(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=16, choices=InvitationRole)
    note = models.TextField(_("personal note"), blank=True, max_length=1_000)
    language = models.CharField(_("language of the email"), max_length=10, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    send_mail = models.BooleanField(_("send link by email"), default=True)
    # The list whose refused lines it holds.
    made_of = models.ForeignKey(
        "self",
        verbose_name=_("list of invitations"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    done = models.PositiveIntegerField(_("people handled"), default=0)
    # Workers that have begun since the last lines that one made.
    starts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # What was guessed when the list was read, for whoever looks through it: of each sheet its
    # headings, the columns' meanings, and how many lines stand above.
    sheets = models.JSONField(_("sheets"), default=list, blank=True)
    # Only until the start, and only where the letters of the file were uncertain.
    file = models.BinaryField(_("file"), null=True, blank=True)
    encoding = models.CharField(_("encoding"), max_length=32, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of invitations")
        verbose_name_plural = _("lists of invitations")
        indexes = [models.Index(fields=["made_at"], name="batch_made")]

    def __str__(self) -> str:
        return f"{self.item} · {written(self.made_at, with_zone=True)}"

    @property
    def is_given_up(self) -> bool:
        """So many workers have ended in the midst of it that only its host starts another."""
        return self.starts >= MOST_STARTS


class LineVerdict(models.TextChoices):
    BAD = "bad", _("Not an email address")
    NEW = "new", pgettext_lazy("a person on a list", "New")
    MADE = "made", pgettext_lazy("a person on a list", "Invited")  # by this list
    INVITED = "invited", _("Already invited")
    HAS_ACCESS = "has_access", _("Already has access")
    YOURSELF = "yourself", _("This is you")
    REPEATED = "repeated", _("Already on this list")
    DOMAIN = "domain", _("Email domain not allowed")  # by the site
    # Refused only when the list was under way.
    NOT_ALLOWED = "not_allowed", _("You can’t invite people here any more")
    ROLE = "role", _("You can’t give this role any more")
    LAST_DAY = "last_day", _("Last day later than the site allows")


# What its host can correct, or bring anew when they may invite again.
CORRECTABLE = frozenset(
    {
        LineVerdict.BAD,
        LineVerdict.DOMAIN,
        LineVerdict.NOT_ALLOWED,
        LineVerdict.ROLE,
        LineVerdict.LAST_DAY,
    }
)


# Who is invited otherwise than somebody may have meant: with another role, at another address.
TO_LOOK_AT = models.Q(verdict=LineVerdict.NEW) & ~models.Q(role_left_out="", meant="")


class BatchLine(models.Model):
    batch = models.ForeignKey(
        Batch, verbose_name=_("list of invitations"), on_delete=models.CASCADE, related_name="lines"
    )
    number = models.PositiveIntegerField(_("order"))  # by which the lines are in order
    # Of the text or file, empty lines counted; nothing where people came from elsewhere.
    line_in_text = models.PositiveIntegerField(_("line"), null=True, blank=True)
    typed = models.CharField(_("as typed"), max_length=500)
    email = models.CharField(_("email address"), max_length=254, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    # The list's own where it is empty.
    role = models.CharField(_("role"), max_length=16, choices=InvitationRole, blank=True)
    # What stood where a role should, and is none that the host may give here.
    role_left_out = models.CharField(_("role left out"), max_length=40, blank=True)
    # Another address that may have been meant.
    meant = models.CharField(
        _("email that may have been meant"), max_length=254, blank=True, default="", db_default=""
    )
    verdict = models.CharField(_("what happens"), max_length=16, choices=LineVerdict)
    sheet = models.PositiveSmallIntegerField(_("sheet"), null=True, blank=True)
    cells = models.JSONField(_("cells"), default=list, blank=True)
    file_entry = models.PositiveIntegerField(
        _("place in the file"), null=True, blank=True
    )  # which of the file's
    mended = models.BooleanField(
        _("corrected by hand"), default=False
    )  # by hand: no guess changes it any more
    invitation = models.ForeignKey(
        Invitation,
        verbose_name=_("invitation"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("person on a list")
        verbose_name_plural = _("people on lists")
        indexes = [models.Index(fields=["batch", "verdict", "number"], name="batch_line_verdict")]

    def __str__(self) -> str:
        return self.typed
