"""Removing somebody from a session, blocking them on its item, and lifting what was done.

    remove            out of this session, until it ends
    remove and block  out of this session and off the item, until it is lifted

Somebody whose address was typed is put out as whoever types it, in every browser; people who have
proven the address are not, for anybody can type it (docs/adr/0025).

Who is blocked gives up the places they hold on the item's guest links, and takes them again when
they are let back in (`access.blocks.places`).

SECURITY: each service locks the session's row before it looks at anything, and so does coming in
(`media_items.live.sessions.entering`). Whoever comes in while they are being removed is removed
with the others or turned away; whoever joins by a link meanwhile has a proof that is worth nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.blocks import places
from access.blocks.digests import address_digests
from access.blocks.models import Block, BlockQuerySet
from access.proof_kinds import people_named, somebody_moderates
from access.proofs import Person, parsed
from access.rights.services import rights_changed
from access.rights.whose import holders_of, people_at
from media_items.kept_people import keep_all
from media_items.live.sessions import removing
from media_items.live.sessions.entering import person_digests
from media_items.live.sessions.models import (
    ARE_TYPED,
    Level,
    LiveSession,
    Participant,
    is_typed,
    may_act_on,
)
from media_items.live.sessions.services import locked
from media_items.models import MediaItem
from media_items.refusals import Refusal


class NotAbove(Refusal):
    """Whoever acts is not above the person, or is below the one who removed them."""

    status = 403
    message = _("Only somebody with a higher role than this person can do that.")


@dataclass(frozen=True)
class Actor:
    """Who removes or lifts, and at which level they are at this moment."""

    level: int
    account: User | None = None
    participant: Participant | None = None


@transaction.atomic
def remove(*, participant: Participant, by: Actor, lasting: bool) -> None:
    """Out of the session at once, in every browser, and every proof of theirs is worth nothing:
    while this session is under way, or, with `lasting`, until it is lifted. Twice is once.

    Raises `NotAbove`.
    """
    if lasting:
        places.lock(participant.session.item)
    _keep(participant)
    session = locked(participant.session)
    row = Participant.objects.get(pk=participant.pk)
    _check_actor(by)
    if not may_act_on(by.level, row.level):
        raise NotAbove
    if session.ended_at and not lasting:
        return  # it would be over in the same moment
    whom = _whom(row, session.item)
    recall(emails=whom.emails, item=session.item)
    only_typed = is_typed(row)
    if not only_typed:
        _check_reaches(whom, session.item, by)
    until_end_of = None if lasting else session
    made = [
        _block(email, row, by, item=session.item, session=until_end_of, only_typed=only_typed)
        for email in sorted(whom.emails)
    ]
    gone = removing.remove(
        session=session,
        participant=row,
        persons=_digests(whom.emails),
        below=by.level,
        by=by.participant,
        among=ARE_TYPED if only_typed else None,
    )
    if gone or any(is_new for _one, is_new in made):
        event = record(
            Act.PARTICIPANT_BLOCKED if lasting else Act.PARTICIPANT_REMOVED,
            item=session.item,
            by=by.account,
            by_participant=by.participant,
            participant=row,
            **whom.rows,
        )
        rights_changed(event, whose=holders_of(*parsed(one.key for one in gone)))
    places.free(
        item=session.item,
        blocks=[one for one, _is_new in made],
        by=by.account,
        by_participant=by.participant,
    )


@transaction.atomic
def block_typed(*, item: MediaItem, email: str, by: Actor, **rows: Any) -> None:
    """Whoever types the address is off the item and out of its session, in every browser, until it
    is lifted; who has proven it is not touched. For a host, about a guest whose `rows` those are.
    Twice is once."""
    places.lock(item)
    _lock_session_of(item)
    recall(emails=[email], item=item)
    block, is_new = _block(email, None, by, item=item, session=None, only_typed=True)
    if is_new:
        event = record(Act.PARTICIPANT_BLOCKED, item=item, by=by.account, **rows)
        rights_changed(event, whose=people_at([email]), everybody_asks=True)
    places.free(item=item, blocks=[block], by=by.account, by_participant=by.participant)


@transaction.atomic
def unblock_typed(*, item: MediaItem, email: str, digest: str, by: Actor, **rows: Any) -> None:
    """Undoes `block_typed`, for an address that may be erased since, and no block that was made in
    a session. Twice is once. May raise a `Refusal`, as `unblock` may."""
    places.lock(item)
    _lock_session_of(item)
    its = Block.objects.in_force().on(item).of_person(email, digest).filter(participant=None)
    blocks = list(its.order_by("pk"))
    if its.update(lifted_at=timezone.now(), lifted_by=by.account):
        event = record(Act.PARTICIPANT_LET_BACK, item=item, by=by.account, **rows)
        rights_changed(event, whose=people_at([email]), taken=False)
    places.take_again(item=item, blocks=blocks, by=by.account, by_participant=by.participant)


def _lock_session_of(item: MediaItem) -> None:
    session = LiveSession.objects.under_way().filter(item=item).first()
    if session is not None:
        locked(session)


@transaction.atomic
def unblock(*, block: Block, by: Actor, **rows_of_it: Any) -> None:
    """Lifts whatever keeps this person off the item, block and removal. Twice is once.
    `rows_of_it` are named in the trail where no participant says whose they are.

    Raises `NotAbove` where somebody of a higher level has removed them, and what
    `places.take_again` raises where others have taken their places since.
    """
    places.lock(block.item)
    session = LiveSession.objects.under_way().filter(item=block.item_id).first()
    if session is not None:
        session = locked(session)
    rows = list(_of_the_same_person(block).select_for_update(of=("self",)).select_related("item"))
    _check_actor(by)
    if not rows:
        return
    if any(row.level > by.level for row in rows):
        raise NotAbove
    Block.objects.filter(pk__in=[row.pk for row in rows]).update(
        lifted_at=timezone.now(), lifted_by=by.account, lifted_by_participant=by.participant
    )
    if session is not None:
        removing.undo_removal(
            session=session,
            persons=_digests(row.email for row in rows),
            participant_ids=[row.participant_id for row in rows if row.participant_id],
        )
    participant = block.participant
    whom = _whom(participant, block.item) if participant else Person()
    event = record(
        Act.PARTICIPANT_LET_BACK,
        item=block.item,
        by=by.account,
        by_participant=by.participant,
        participant=participant,
        **{**rows_of_it, **whom.rows},
    )
    rights_changed(event, whose=people_at(row.email for row in rows), taken=False)
    places.take_again(item=block.item, blocks=rows, by=by.account, by_participant=by.participant)


@transaction.atomic(savepoint=False)
def recall(*, emails: Iterable[str], item: MediaItem | None = None) -> None:
    """Somebody with one of these addresses is known again, as an account or as invited: a block of
    an address that was erased gets it back, for the database to compare.

    SECURITY: all blocks of these addresses are locked, as they are while one is erased
    (`personal_data`): either the erasing sees whoever is known again, or this sees what it did.
    """
    given = {digest: email for email in emails for digest in address_digests([email])}
    if not given:
        return
    theirs = Q(email__in=set(given.values())) | Q(digest__in=given)
    rows = Block.objects.in_force().filter(theirs)
    if item is not None:
        rows = rows.filter(item=item)
    for block in rows.select_for_update(of=("self",)).order_by("pk"):
        if block.email:
            continue
        block.email = given[block.digest]
        block.erased_at = None
        block.save(update_fields=["email", "erased_at"])


def _whom(participant: Participant, item: MediaItem) -> Person:
    """An empty `Person` where the rows behind their key were erased or deleted."""
    return next(iter(people_named(parsed([participant.key]), item).values()), Person())


def _keep(participant: Participant) -> None:
    """Whose addresses are about to be written is not erased meanwhile."""
    others = _whom(participant, participant.session.item).others
    keep_all({participant.key, *map(str, others)})


def _digests(emails: Iterable[str]) -> list[str]:
    return [digest for email in emails for digest in person_digests(email)]


def _check_actor(by: Actor) -> None:
    """SECURITY: somebody who was removed, or lost their right, a moment ago removes nobody."""
    if by.participant is None:
        return
    if Participant.objects.out().filter(pk=by.participant.pk).exists():
        raise NotAbove


def _check_reaches(whom: Person, item: MediaItem, by: Actor) -> None:
    """SECURITY: their row may say less than their rights: an account that moderates by another
    proof, or was made a moderator a moment ago. Raises `NotAbove`."""
    if by.level < Level.HOST and somebody_moderates(item, whom.emails):
        raise NotAbove


def _block(
    email: str,
    row: Participant | None,
    by: Actor,
    *,
    item: MediaItem,
    session: LiveSession | None,
    only_typed: bool,
) -> tuple[Block, bool]:
    """Makes the block, or widens the one there is; and whether that changed anything. The session's
    lock is held, so nobody else does the same at this moment."""
    there = Block.objects.filter(item=item, email=email, session=session, lifted_at=None)
    found = there.select_for_update(of=("self",)).first()
    if found is None:
        made: Block = Block.objects.create(
            item=item,
            email=email,
            session=session,
            participant=row,
            only_typed=only_typed,
            level=by.level,
            made_by=by.account,
            made_by_participant=by.participant,
        )
        return made, True
    only_typed, level = found.only_typed and only_typed, max(found.level, by.level)
    if (only_typed, level) == (found.only_typed, found.level):
        return found, False
    found.only_typed, found.level = only_typed, level
    found.save(update_fields=["only_typed", "level"])
    return found, True


def _of_the_same_person(block: Block) -> BlockQuerySet:
    same = Q(digest=block.digest) if block.digest else Q(pk=block.pk)
    if block.email:
        same |= Q(email=block.email)
    if block.participant_id:
        same |= Q(participant=block.participant_id)
    return Block.objects.in_force().filter(same, item=block.item_id).order_by("pk")
