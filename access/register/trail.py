"""The audit trail in words: who did it, to whom, and what exactly.

Rows hold ids; names are looked up when they are shown, so what was erased stays erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FETCH_RAISE, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.audit.models import AccessEvent, Act
from access.invitations.models import Certainty, InvitationRole, MailKind
from media_items.catalogue.models import State
from media_items.models import MediaItem
from media_items.moments import written

# Done by the person it is about, who need not have an account.
_BY_THE_INVITED = frozenset({Act.INVITATION_ACCEPTED, Act.INVITATION_DECLINED, Act.BROWSER_PROVEN})
_BY_THE_GUEST = frozenset({Act.GUEST_JOINED, Act.GUEST_LEFT, Act.ASKED_HOST})


def trail_of(item: MediaItem, *, act: str = "") -> QuerySet[AccessEvent]:
    """Newest first. An error instead of a query per row."""
    events = AccessEvent.objects.filter(item=item)
    if act:
        events = events.filter(act=act)
    return (
        events.select_related(
            "actor", "link", "guest", "invitation", "participant", "by_participant"
        )
        .order_by("-at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )


@dataclass(frozen=True)
class TrailRow:
    event: AccessEvent

    @property
    def act(self) -> str:
        return str(self.event.get_act_display())

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def who(self) -> str:
        event = self.event
        if event.actor:
            return event.actor.get_full_name()
        if event.by_participant:
            return str(event.by_participant)
        if event.act in _BY_THE_INVITED and event.invitation:
            return event.invitation.get_full_name()
        if event.act in _BY_THE_GUEST or event.act == Act.GUEST_ERASED:
            return str(event.guest) if event.guest else _("A guest")
        return _("Erased person")

    @property
    def whom(self) -> str:
        """The person or the link it was done to; "" where the item as a whole is meant."""
        event = self.event
        if event.invitation:
            return event.invitation.get_full_name()
        if event.guest:
            return str(event.guest)
        if event.participant:
            return str(event.participant)
        return event.link.name if event.link else ""

    @property
    def details(self) -> str:
        told = (
            _DETAILS[key](value) for key, value in self.event.details.items() if key in _DETAILS
        )
        return " · ".join(part for part in told if part)


def _label(choices: Any, value: object) -> str:
    return str(dict(choices.choices).get(value, value))


def _day(value: object) -> str:
    moment = parse_datetime(str(value)) if value else None
    if moment is None:
        return _("No last day")
    return _("Expires %(time)s") % {"time": written(moment, "until")}


def _moment(text: str, value: object) -> str:
    moment = parse_datetime(str(value)) if value else None
    return text % {"time": written(moment)} if moment else ""


_DETAILS: dict[str, Any] = {
    "role": lambda value: _("Role: %(role)s") % {"role": _label(InvitationRole, value)},
    "before": lambda value: _("Previous role: %(role)s") % {"role": _label(InvitationRole, value)},
    "how": lambda value: _label(Certainty, value),
    "kind": lambda value: _label(MailKind, value),
    "expires_at": _day,
    "address_corrected": lambda value: _("Email corrected") if value else "",
    "browsers_ended": lambda value: _("Signed out of their devices") if value else "",
    "ended": lambda value: (
        ngettext("%(count)s guest lost access", "%(count)s guests lost access", value)
        % {"count": value}
        if value
        else ""
    ),
    "state": lambda value: _label(State, value),
    "state_before": lambda value: _("Previously: %(state)s") % {"state": _label(State, value)},
    "available_from": lambda value: _moment(_("From %(time)s"), value),
    "available_until": lambda value: _moment(_("Until %(time)s"), value),
    "erased": lambda value: _("Name and email erased") if value else "",
    "undone": lambda value: _("Undone") if value else "",
}
