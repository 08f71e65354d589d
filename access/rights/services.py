"""Declaring that somebody's rights have changed: the one call that every service, admin action and
command makes which can give access or take it.

In the transaction of the change a row (`RightsChange`) is made for each session under way that is
concerned. After commit the pages are told and the streams of those concerned are cut; then the rest
is applied (`access.rights.effects`): who is out, off the stage, or at another level. A task
committed with the row checks that this was done; what fails is tried again by another task, and
what is lost all the same by housekeeping. Why: docs/adr/0014. Attempts at quizzes follow, too
(`access.rights.attempts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.policies import let_in_by
from access.rights import attempts
from access.rights.models import RightsChange
from access.rights.tasks import CHECK_AFTER, apply_rights_change, try_to_apply
from access.rights.whose import EVERYBODY, Whose
from media_items.live.events.announcing import announce, announce_on_each, close_streams
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import LiveSession
from media_items.models import Gallery, MediaItem
from media_items.queued import queued


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

    Call it inside the transaction of the change; `because` is its row in the trail. Concerned are
    the sessions of the event's item, else of `item`; those of the gallery's rooms and of what is
    published in it; else those in which these people are. No query for an item that has no
    sessions, one where none is under way. The pages of the item that guests and people invited have
    open are told, too (`guests.views.inside.still_in`).

    `taken`: from them in person. An account is then out though it may still see the item as
    anybody does, unless it has another right to be there. Pass False for what people give up
    themselves and for what changes for the whole item.

    `everybody_asks`: all pages inside ask for their rights. One browser may hold several proofs and
    its participant is known by one of them only, so a host's act must reach the others too.
    """
    if on := because.item or item:
        announce(on, FactKind.RIGHTS)  # to its page, outside any session
    attempts.follow(on, gallery, EVERYBODY if on and everybody_asks else whose)
    for session in _sessions(on, gallery, whose):
        if everybody_asks:
            announce(session, FactKind.RIGHTS)
        if whose.is_everybody:
            _add_row(session, None, taken=taken, act=because.act)
            continue
        concerned = list(
            session.participants.filter(whose.people).order_by("pk").values_list("pk", flat=True)
        )
        for pk in concerned:
            announce(session, FactKind.RIGHTS, to=only(pk))
            close_streams(session, pk)
        if concerned:
            _add_row(session, concerned, taken=taken, act=because.act)


def rights_changed_on_items(events: Sequence[AccessEvent]) -> None:
    """`rights_changed` for everybody on the items of these events, taken from nobody in person, and
    all pages inside ask. One query for any number of items without a session under way; a session
    has a row and a task of its own."""
    announce_on_each([event.item for event in events if event.item], FactKind.RIGHTS)
    attempts.follow_on_items([event.item for event in events if event.item])
    because = {one.item_id: one for one in events if one.item and one.item.is_live_kind}
    if not because:
        return
    for session in LiveSession.objects.under_way().filter(item__in=because).order_by("pk"):
        announce(session, FactKind.RIGHTS)
        _add_row(session, None, taken=False, act=because[session.item_id].act)


def retry_overdue_changes() -> int:
    """Those overdue are tried again, by a task each; where a task waits already, it tries them.
    Returns how many tasks were queued; called every few seconds by each worker."""
    if queued(apply_rights_change):
        return 0
    left = list(RightsChange.objects.overdue(timezone.now()).values_list("pk", flat=True))
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
        raise ValueError("for everybody, name the item or the gallery")
    return under_way.filter(pk__in=whose.sessions())


def _add_row(session: LiveSession, concerned: list[int] | None, *, taken: bool, act: str) -> None:
    change = RightsChange.objects.create(
        session=session, participant_ids=concerned, taken=taken, act=Act(act)
    )
    transaction.on_commit(partial(try_to_apply, change.pk), robust=True)
    # Committed with the change: a process that dies right after it takes nothing with it.
    apply_rights_change.using(run_after=change.due_at + CHECK_AFTER).enqueue(change.pk)
