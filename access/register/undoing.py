"""What a host did to invitations a moment ago and may undo; read off the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.services import managing
from media_items.compiled import compiled
from media_items.models import MediaItem
from media_items.refusals import Refusal
from media_items.selections import MOST_AT_ONCE, done_together

UNDO_SECONDS = 60
REVOKE, ROLE = "undo_revoke", "undo_change_role"
_MOST_LINES = 4  # each with a button of its own
_MOST_NAMED = 3


@dataclass(frozen=True)
class Undoable:
    """One line above the list. `act` is what its button sends, for all of `invitations`."""

    act: str
    invitations: list[Invitation]

    @property
    def said(self) -> str:
        """Names whom it is about: the first few of many."""
        named = ", ".join(one.get_full_name() for one in self.invitations[:_MOST_NAMED])
        more = len(self.invitations) - _MOST_NAMED
        words = {"name": named, "names": named, "more": more}
        if len(self.invitations) == 1:
            return _ONE[self.act]() % words
        return (_MANY_MORE if more > 0 else _MANY)[self.act](more) % words


_ONE = {
    REVOKE: lambda: _("The invitation for %(name)s was withdrawn."),
    ROLE: lambda: _("The role of %(name)s was changed."),
}
_MANY = {
    REVOKE: lambda _more: _("The invitations for %(names)s were withdrawn."),
    ROLE: lambda _more: _("The roles of %(names)s were changed."),
}
_MANY_MORE = {
    REVOKE: lambda more: ngettext(
        "The invitations for %(names)s and %(more)d more person were withdrawn.",
        "The invitations for %(names)s and %(more)d more people were withdrawn.",
        more,
    ),
    ROLE: lambda more: ngettext(
        "The roles of %(names)s and %(more)d more person were changed.",
        "The roles of %(names)s and %(more)d more people were changed.",
        more,
    ),
}


def undoable(item: MediaItem, by: User, moment: datetime) -> list[Undoable]:
    """By this host alone, newest first: a line for each press where they are few, else one for
    each kind of act. One query."""
    found = _newest_events(item, by, moment)
    lines: list[Undoable] = []
    for act, is_its in ((REVOKE, _is_withdrawn), (ROLE, _has_new_role)):
        acts = done_together([event for event in found if is_its(event)], lambda event: event.at)
        if len(acts) > _MOST_LINES:
            acts = [[event for events in acts for event in events]]
        lines += [
            Undoable(act, [one.invitation for one in events if one.invitation]) for events in acts
        ]
    return lines


def undo(
    act: str, item: MediaItem, invitations: list[Invitation], *, by: Inviter, moment: datetime
) -> int:
    """For how many it is done: not where it is too late, or something else was done since. Twice is
    once."""
    newest = _newest_events(item, by.account, moment) if by.account else []
    undone = {event.invitation_id for event in newest if _is_undone(event, act)}
    left = [one for one in invitations if one.pk not in undone]
    already = len(invitations) - len(left)
    if act == REVOKE:
        return already + sum(
            managing.undo_revoke(invitation=one, by=by.account, within_seconds=UNDO_SECONDS)
            for one in left
        )
    before = {
        event.invitation_id: event.details["before"] for event in newest if _has_new_role(event)
    }
    return already + sum(_set_role_back(one, before.get(one.pk), by) for one in left)


def _set_role_back(invitation: Invitation, role: str | None, by: Inviter) -> bool:
    if role is None:
        return False
    try:
        managing.change_role(invitation=invitation, role=role, by=by, undone="change_role")
    except Refusal:
        return False
    return True


def _newest_events(item: MediaItem, by: User, moment: datetime) -> list[AccessEvent]:
    """The last thing that this host did to each invitation, of what can be undone."""
    since = moment - timedelta(seconds=UNDO_SECONDS)
    newest: dict[int | None, AccessEvent] = {}
    for event in _done(item=item.pk, account=by.pk, since=since):
        newest.setdefault(event.invitation_id, event)
    return list(newest.values())


@compiled
def _done(*, item: int, account: int, since: datetime) -> QuerySet[AccessEvent]:
    """Newest first."""
    done = events_to_undo(item=item, account=account, since=since).select_related("invitation")
    return done.order_by("-at", "-pk")[: 2 * MOST_AT_ONCE]


def events_to_undo(*, item: int, account: int, since: datetime) -> QuerySet[AccessEvent]:
    """Of which each may be, unless something else was done since."""
    return AccessEvent.objects.filter(
        item=item,
        at__gt=since,
        act__in=[Act.INVITATION_REVOKED, Act.INVITATION_CHANGED],
        actor=account,
        invitation__isnull=False,
    )


def _is_withdrawn(event: AccessEvent) -> bool:
    its = event.invitation
    return event.act == Act.INVITATION_REVOKED and bool(its and its.revoked_at and its.email)


def _is_undone(event: AccessEvent, act: str) -> bool:
    told, its = event.details, event.invitation
    is_that = told.get("undone") == act.removeprefix("undo_")
    return is_that and bool(its and not its.revoked_at and its.role == told.get("role", its.role))


def _has_new_role(event: AccessEvent) -> bool:
    told, its = event.details, event.invitation
    is_change = event.act == Act.INVITATION_CHANGED and "before" in told and "undone" not in told
    return is_change and bool(its and not its.revoked_at and its.role == told["role"])
