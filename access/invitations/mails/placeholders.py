"""The placeholders in the mails to invited people, their values, and an invented example."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.accounts.models import User
from access.email_addresses import shown_email
from access.invitations.models import Invitation, InvitationRole
from access.invitations.people import host_of
from access.invitations.role_descriptions import what_you_can
from access.last_days import end_for_others
from access.links import invitation_address
from access.typed_text import lines, one_line
from media_items.catalogue.models import Kind
from media_items.models import MediaItem
from media_items.moments import event_time, span

PLACEHOLDERS: dict[str, Promise] = {
    "hello": gettext_lazy("A greeting, with the person’s first name if it is known"),
    "name": gettext_lazy("The invited person’s name, or their email address if there is none"),
    "address": gettext_lazy("The invited person’s email address"),
    "host": gettext_lazy("The name of the host who invites"),
    "title": gettext_lazy("The title of the media item"),
    "kind": gettext_lazy("What it is, as in “video” or “live event”"),
    "when": gettext_lazy("Day and time of a scheduled item, with the time zone; otherwise empty"),
    "before": gettext_lazy("The day and time that they were told before; empty unless it moved"),
    "role": gettext_lazy("The person’s role"),
    "role_means": gettext_lazy(
        "What the role lets them do, as a sentence: “As a viewer, you can …”"
    ),
    "note": gettext_lazy("The host’s personal note; may be empty"),
    "link": gettext_lazy("The personal link; alone on a line, it becomes a button"),
    "last_day": gettext_lazy("When the invitation expires; empty if it has no end"),
    "site": gettext_lazy("The name of this site"),
}
_KINDS: dict[Kind, Promise] = {
    Kind.VIDEO: pgettext_lazy("invited to the …", "video"),
    Kind.AUDIO: pgettext_lazy("invited to the …", "recording"),
    Kind.DOCUMENT: pgettext_lazy("invited to the …", "document"),
    Kind.QUIZ: pgettext_lazy("invited to the …", "quiz"),
    Kind.LIVE_EVENT: pgettext_lazy("invited to the …", "live event"),
    Kind.ROOM: pgettext_lazy("invited to the …", "room"),
}


def is_expired(invitation: Invitation) -> bool:
    return invitation.expires_at is not None and invitation.expires_at <= timezone.now()


def mail_values(invitation: Invitation, *, has_link: bool, before: str = "") -> dict[str, str]:
    """The values of the placeholders, in the active language, on the reader's clock. `before` is
    the schedule that they were told."""
    item = invitation.item
    first_name = one_line(invitation.first_name, most=60)
    return {
        "hello": _("Hello %s,") % first_name if first_name else _("Hello,"),
        "name": one_line(invitation.get_full_name()),
        "address": shown_email(invitation.email),
        "host": one_line(host_of(invitation).name),
        "title": one_line(item.title),
        "kind": str(_KINDS[Kind(item.kind)]),
        "when": session_time(item),
        "before": before,
        "role": str(InvitationRole(invitation.role).label),
        "role_means": str(what_you_can(invitation.role, item.kind)),
        "note": lines(invitation.note),
        "link": invitation_address(invitation) if has_link else "",
        "last_day": end_for_others(invitation.expires_at) if invitation.expires_at else "",
        "site": settings.SITE_NAME,
    }


def sample_values(has_link: bool) -> dict[str, str]:
    """Invented people for an admin's preview; the link opens nothing."""
    tomorrow = timezone.now().replace(minute=0) + timedelta(days=1)
    item = MediaItem(
        kind=Kind.LIVE_EVENT,
        title=_("Cell division, questions and answers"),
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(minutes=90),
        time_zone=settings.TIME_ZONE,
        owner=User(first_name="Noa", last_name="Levi", email="noa@example.edu"),
    )
    invitation = Invitation(
        pk=1,
        item=item,
        email="ada@example.org",
        first_name="Ada",
        last_name="Lovelace",
        role="speaker",
        note=_("I look forward to your questions."),
        expires_at=tomorrow + timedelta(days=7),
    )
    link = f"{settings.SITE_URL}/i/{_('sample')}/" if has_link else ""
    before = span(tomorrow - timedelta(days=1), None)
    return mail_values(invitation, has_link=False, before=before) | {"link": link}


def session_time(item: MediaItem) -> str:
    """The schedule on the reader's clock, and where it differs the start on the event's own; empty
    without a schedule."""
    if not item.has_date or item.starts_at is None:
        return ""
    when = span(item.starts_at, item.ends_at)
    there = event_time(item.starts_at, item.zone)
    return f"{when} {there}" if there else when


def zone_of_schedule(item: MediaItem) -> str:
    """In what zone a mail about it is written to people who chose none; empty where it has no
    time."""
    return item.time_zone if item.has_date else ""
