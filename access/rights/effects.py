"""What follows from a change of rights for the people concerned who are inside a session.

SECURITY: their own pages are told to ask again, and a page need not do so. What others see of them
(the stage, their level) and whether they stay is therefore decided here, without their pages.

The source of truth are the proofs, asked after the session's row is locked; the participants' rows
are their projection. So the last of two changes to be applied judges by what is true after both.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access.rights.models import RightsChange
from access.rights.whose import Whose
from access.roles import Role
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.live.events.announcing import close_streams
from media_items.live.sessions import removing, roles
from media_items.live.sessions.models import NOT_OUT, Level, LiveSession, Participant, level_of
from media_items.live.sessions.services import locked
from media_items.models import MediaItem


@transaction.atomic
def apply(change_id: int) -> None:
    """People without a right to be there are out; the others get the level they now have.

    Twice is once: the row is gone then. Nothing is done where the session has ended.
    """
    rows = RightsChange.objects.select_for_update(of=("self",)).select_related("session")
    change = rows.filter(pk=change_id).first()
    if change is None:
        return
    session = locked(change.session)
    if session.ended_at is None:
        _apply(
            session,
            _concerned(session, change),
            taken=change.taken,
            are_cut=change.participant_ids is not None,
        )
    change.delete()


@transaction.atomic
def apply_to(session: LiveSession, whose: Whose) -> None:
    """As `apply`, for what has ended without an act of anybody."""
    people = session.participants.filter(NOT_OUT)
    if whose.people is not None:
        people = people.filter(whose.people)
    if not people.exists():
        return
    session = locked(session)
    if session.ended_at is None:
        _apply(session, list(people.order_by("pk")), taken=True, are_cut=False)


def _concerned(session: LiveSession, change: RightsChange) -> list[Participant]:
    people = session.participants.filter(NOT_OUT).order_by("pk")
    if change.participant_ids is not None:
        people = people.filter(pk__in=change.participant_ids)
    return list(people)


def _apply(
    session: LiveSession, people: Sequence[Participant], *, taken: bool, are_cut: bool
) -> None:
    """`are_cut`: their streams were cut when the change was declared."""
    visitors = Visitor.of_participants(people, item=session.item)
    out = []
    for one in people:
        visitor = visitors[one.pk]
        if _holds_more_than_its_key(one, visitor):
            close_streams(session, one.pk)
        elif _is_out(one, visitor, session.item, taken=taken):
            out.append(one.pk)
        else:
            _set_level(session, one, visitor, are_cut=are_cut)
    if out:
        removing.end_rights(session=session, participant_ids=out)


def _set_level(session: LiveSession, one: Participant, visitor: Visitor, *, are_cut: bool) -> None:
    level = level_of(visitor.abilities_on(session.item))
    if level == one.level:
        return
    roles.change_level(session=session, participant_id=one.pk, level=level)
    if not are_cut:
        close_streams(session, one.pk)  # their ticket says what those of the old level hear


def _is_out(one: Participant, visitor: Visitor, item: MediaItem, *, taken: bool) -> bool:
    if Ability.VIEW not in visitor.abilities_on(item):
        return True
    if visitor.roles_on(item):
        return False
    # They see it as anybody does who has its address. Somebody without an account is known by an
    # invitation or admission only, and that is worth nothing now; an account may have come as a
    # passer-by.
    return visitor.account is None or (taken and one.role not in {"", Role.PASSER_BY.value})


def _holds_more_than_its_key(one: Participant, visitor: Visitor) -> bool:
    """Somebody who edits and is known by a proof that makes nobody an editor: an owner who tries
    their own invitation. What else their browser holds is not written down, so only their page can
    prove it: it comes back in by what they hold, or not at all.

    SECURITY: a key that names nobody any more (a deleted account) holds nothing, and is out.
    """
    return one.level >= Level.HOST and bool(visitor.holdings) and visitor.account is None
