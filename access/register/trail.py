"""The audit trail in words: who did it, to whom, and what exactly.

Rows hold ids; names are looked up when they are shown, so what was erased stays erased.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FETCH_RAISE, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.email_addresses import stored_part
from access.invitations.models import Certainty, InvitationRole, MailKind
from access.typed_text import isolated
from media_items.catalogue.models import State
from media_items.models import MediaItem
from media_items.moments import written

# Done by the person it is about, who need not have an account.
_BY_THE_INVITED = frozenset({Act.INVITATION_ACCEPTED, Act.INVITATION_DECLINED, Act.BROWSER_PROVEN})
_BY_THE_GUEST = frozenset({Act.GUEST_JOINED, Act.GUEST_LEFT, Act.ASKED_HOST})
# Done to an account, which stands in the details.
_TO_ACCOUNTS = (Act.CO_EDITOR_ADDED, Act.CO_EDITOR_REMOVED)
_MOST_WORDS = 8
_NAMES = (
    "invitation__first_name",
    "invitation__last_name",
    "guest__name",
    "participant__name",
    "actor__first_name",
    "actor__last_name",
    "by_participant__name",
)
# SECURITY: not of whoever did it, whose address the page does not show.
_ADDRESSES = ("invitation__email", "guest__email")


def trail_of(item: MediaItem, *, act: str = "", words: str = "") -> QuerySet[AccessEvent]:
    """Newest first: of one kind of act, and about or by people in whose name or address each of the
    words stands. An error instead of a query per row."""
    events = AccessEvent.objects.filter(item=item)
    if act:
        events = events.filter(act=act)
    for word in words.split()[:_MOST_WORDS]:
        events = events.filter(_about(word, item))
    return (
        events.select_related(
            "actor", "link", "guest", "invitation", "participant", "by_participant"
        )
        .order_by("-at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def acts_on(item: MediaItem) -> set[str]:
    """What has been done there. One query."""
    acts = AccessEvent.objects.filter(item=item).order_by().values_list("act", flat=True)
    return set(acts.distinct())


def _about(word: str, item: MediaItem) -> Q:
    people = Q(act__in=_TO_ACCOUNTS, details__account__in=_accounts_of(item, word))
    for field in _NAMES:
        people |= Q(**{f"{field}__icontains": word})
    for field in _ADDRESSES:
        people |= Q(**{f"{field}__icontains": stored_part(word)})
    return people


def _accounts_of(item: MediaItem, word: str) -> list[int]:
    """Of those who were co-editors once, whose name or address has the word in it."""
    acts = AccessEvent.objects.filter(item=item, act__in=_TO_ACCOUNTS).order_by()
    named = (
        Q(first_name__icontains=word)
        | Q(last_name__icontains=word)
        | Q(email__icontains=stored_part(word))
    )
    ids = set(acts.values_list("details__account", flat=True).distinct())
    return list(User.objects.filter(named, pk__in=ids - {None}).values_list("pk", flat=True))


def rows_of(events: Iterable[AccessEvent]) -> list[TrailRow]:
    """One query more where an account stands in the details."""
    rows = list(events)
    ids = {one.details.get("account") for one in rows if one.act in _TO_ACCOUNTS} - {None}
    accounts = User.objects.in_bulk(ids) if ids else {}
    return [
        TrailRow(one, accounts.get(one.details.get("account")) if one.act in _TO_ACCOUNTS else None)
        for one in rows
    ]


@dataclass(frozen=True)
class TrailRow:
    event: AccessEvent
    account: User | None = None  # to whom it was done

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
        """The person it was done to; "" where a link or the item as a whole is meant."""
        event = self.event
        if self.account:
            return self.account.get_full_name()
        if event.invitation:
            return event.invitation.get_full_name()
        if event.guest:
            return str(event.guest)
        return str(event.participant) if event.participant else ""

    @property
    def details(self) -> str:
        told = [
            _DETAILS[key](value) for key, value in self.event.details.items() if key in _DETAILS
        ]
        return " · ".join(part for part in (self._link, *told) if part)

    @property
    def _link(self) -> str:
        link = self.event.link
        return _("Guest link “%(name)s”") % {"name": isolated(link.name)} if link else ""


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
