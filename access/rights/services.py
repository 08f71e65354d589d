"""Declaring that somebody's right has changed: the one call that stands in every service, admin
action and command which can give access or take it.

In the transaction of the change a row (`RightsChange`) is made for each session under way that it
can be felt in. After commit the pages are told and the streams of those concerned are cut; then
what follows without them is applied (`access.rights.effects`): who is out, off the stage, or at
another level. A task committed with the row looks whether that was done, and what fails is tried
again by another; what even that loses, housekeeping takes up. Why: docs/adr/0014.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.policies import let_in_by
from access.rights.models import RightsChange
from access.rights.tasks import WATCH, apply_rights_change, attempt
from access.rights.whose import Whose
from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import LiveSession
from media_items.models import Gallery, MediaItem


def rights_changed(
    because: AccessEvent,
    *,
    whose: Whose,
    item: MediaItem | None = None,
    gallery: Gallery | None = None,
    taken: bool = True,
    everybody_asks: bool = False,
) -> None:
    """Declares that the rights of `whose` have changed, for better or worse.

    Inside the transaction of the change; `because` is its row in the trail. Where it can be felt:
    on the event's item, else on `item`; in the gallery's rooms and what is published in it; else
    wherever these people are. No query for an item that has no sessions, one where none is under
    way.

    `taken`: from them in person. An account is out then though it may still see the item as
    anybody does, unless it has another right to be there. Pass False for what people give up
    themselves and for what changes about an item as a whole.

    `everybody_asks`: all pages inside ask for their rights. One browser may hold several proofs and
    its participant is known by one of them, so a host's acts are not told to those found by row
    alone.
    """
    for session in _sessions(because.item or item, gallery, whose):
        if everybody_asks:
            announce(session, FactKind.RIGHTS)
        if whose.is_everybody:
            _owe(session, None, taken=taken, act=because.act)
            continue
        concerned = list(
            session.participants.filter(whose.people).order_by("pk").values_list("pk", flat=True)
        )
        for pk in concerned:
            announce(session, FactKind.RIGHTS, to=only(pk))
            close_streams(session, pk)
        if concerned:
            _owe(session, concerned, taken=taken, act=because.act)


def take_up_changes() -> int:
    """For housekeeping: those left behind are tried again, by a task each. Returns how many."""
    left = list(RightsChange.objects.left_behind(timezone.now()).values_list("pk", flat=True))
    for pk in left:
        apply_rights_change.enqueue(pk)
    return len(left)


def _sessions(
    item: MediaItem | None, gallery: Gallery | None, whose: Whose
) -> QuerySet[LiveSession]:
    under_way: QuerySet[LiveSession] = LiveSession.objects.under_way()
    if item is not None:
        return under_way.filter(item=item) if item.is_live_kind else under_way.none()
    if gallery is not None:
        shown = MediaItem.objects.filter(let_in_by([gallery.pk]))
        return under_way.filter(item__in=shown.values("pk"))
    if whose.is_everybody:
        raise ValueError("everybody is somewhere: name the item or the gallery")
    return under_way.filter(pk__in=whose.sessions())


def _owe(session: LiveSession, concerned: list[int] | None, *, taken: bool, act: str) -> None:
    change = RightsChange.objects.create(
        session=session, participant_ids=concerned, taken=taken, act=Act(act)
    )
    transaction.on_commit(partial(attempt, change.pk), robust=True)
    # Committed with the change: a process that dies right after it takes nothing with it.
    apply_rights_change.using(run_after=change.due_at + WATCH).enqueue(change.pk)
