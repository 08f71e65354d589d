"""Coming in and going: who walks in, who waits, who is there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.kept_people import keep
from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.live.events.announcing import announce
from media_items.live.events.facts import EVERYBODY, MODERATORS, FactKind
from media_items.live.sessions.leaving import end_stays
from media_items.live.sessions.models import (
    ARE_TYPED,
    OUT,
    Level,
    LiveSession,
    LiveSettings,
    Participant,
    SessionState,
    Stay,
    is_typed,
    level_of,
)
from media_items.live.sessions.roles import level_changed
from media_items.live.sessions.services import (
    NotOpenYet,
    locked,
    newest_session_of,
    session_for_entering,
    settings_of,
    state_of,
)
from media_items.live.sessions.signs_of_life import host_is_back, renew_stay
from media_items.refusals import Refusal
from media_items.visitors import Certainty, Identity, IdentityKind

_PERSON = "media_items.live.person"


class NoIdentity(Refusal):
    """A visitor without a proof of who they are may look, and cannot take part."""

    status = 403
    reason = "nameless"


class TurnedAway(Refusal):
    """Declined, removed from this session, or without a right any more."""

    status = 403
    reason = "turned-away"


def person_digest(email: str) -> str:
    """The same for every proof of one address. Keyed: nobody reads the address back out of it."""
    if not email:
        return ""
    return keyed_digest(_PERSON, email.lower())


def person_digests(email: str) -> list[str]:
    """Under every key that is good: what was stored before a change of the key, too."""
    return keyed_digests(_PERSON, email.lower()) if email else []


def must_wait(session: LiveSession, abilities: Collection[Ability]) -> bool:
    """`waits_for_host` in a session. One query at most."""
    return waits_for_host(abilities, session, lambda: settings_of(session.item))


def waits_for_host(
    abilities: Collection[Ability],
    session: LiveSession | None,
    settings: Callable[[], LiveSettings],
) -> bool:
    """In a locked session, and where the host has set a waiting room, everybody but moderators;
    else those without `Ability.WALK_IN`. `session` is the one under way; `settings` are asked for
    where they decide."""
    if Ability.MODERATE in abilities:
        return False
    is_locked = session is not None and session.locked_at is not None
    return is_locked or Ability.WALK_IN not in abilities or settings().waiting_room


@transaction.atomic
def enter(*, item: MediaItem, identity: Identity, abilities: Collection[Ability]) -> Participant:
    """Comes in, or asks to be admitted. Twice is once.

    Raises `NoIdentity`, `NotOpenYet` or `TurnedAway`.
    """
    if not identity.key:
        raise NoIdentity
    if identity.is_blocked or not keep(identity.key):
        raise TurnedAway
    moment = timezone.now()
    if not may_enter(item, abilities, moment):
        raise NotOpenYet
    session = locked(session_for_entering(item))
    if session.ended_at:
        raise NotOpenYet
    _undo_removal_or_end(session, identity, abilities)
    if Ability.EDIT not in abilities and turned_away_reason(session, identity, abilities):
        raise TurnedAway
    me, _made = Participant.objects.get_or_create(
        session=session,
        key=identity.key,
        defaults={"person": person_digest(identity.email), "asked_at": moment},
    )
    me.session = session
    changed = _store(me, _as_they_are_now(me, identity, abilities))
    waits = must_wait(session, abilities) or _was_declined(session, me)
    if me.admitted_at is None and not waits:
        me.admitted_at = moment
        me.save(update_fields=["admitted_at"])
    is_new = mark_present(me, moment)
    if me.is_waiting and is_new:
        announce(session, FactKind.KNOCK, to=MODERATORS)
    elif changed and not is_new:
        announce(session, FactKind.PARTICIPANTS)
    return me


def may_enter(item: MediaItem, abilities: Collection[Ability], moment: datetime) -> bool:
    """Those who may run it at any time; everybody else once the lobby is open."""
    if Ability.RUN_SESSION in abilities:
        return True
    return is_open_to_all(state_of(item, newest_session_of(item), settings_of(item), moment))


def is_open_to_all(state: SessionState) -> bool:
    return state in {SessionState.LOBBY, SessionState.LIVE}


def turned_away_reason(
    session: LiveSession | None, identity: Identity, abilities: Collection[Ability]
) -> str:
    """ "removed", "declined", "right_ended" or "".

    Those whose right has ended (`removing.end_rights`) are out until they have a right again.
    """
    if identity.is_blocked:
        return "removed"
    if session is None:
        return ""
    rows = list(session.participants.filter(Q(key=identity.key) | removed_as(identity)))
    if any(row.removed_at for row in rows):
        return "removed"
    if any(row.declined_at for row in rows):
        return "declined"
    ended = any(row.right_ended_at for row in rows) and not _has_a_right(identity, abilities)
    return "right_ended" if ended else ""


def removed_as(identity: Identity) -> Q:
    """Participants of a session who were removed and are this person by their address.

    SECURITY: by address as well as by proof, or a second browser would walk back in. Nobody who has
    proven an address is out for what somebody else typed.
    """
    return _by_address(identity, Q(removed_at__isnull=False))


def declined_as(identity: Identity) -> Q:
    """As `removed_as`, of participants who were declined."""
    return _by_address(identity, Q(declined_at__isnull=False))


def _by_address(identity: Identity, what: Q) -> Q:
    persons = person_digests(identity.email)
    if not persons:
        return Q()
    same = Q(person__in=persons) & what
    return same if identity.certainty == Certainty.TYPED else same & ~ARE_TYPED


def _was_declined(session: LiveSession, me: Participant) -> bool:
    """SECURITY: by address, or somebody who was declined would come in by another browser. Who has
    proven the address does not wait for what somebody else typed."""
    if not me.person or me.admitted_at is not None:
        return False
    same = session.participants.filter(person=me.person, declined_at__isnull=False)
    return (same if is_typed(me) else same.exclude(ARE_TYPED)).exists()


def _has_a_right(identity: Identity, abilities: Collection[Ability]) -> bool:
    """Guests and invitees come by a proof in force, which is a right. An account proves only who
    somebody is, so it needs `Ability.WALK_IN`."""
    by_proof = identity.kind in {IdentityKind.GUEST, IdentityKind.INVITEE}
    return by_proof or Ability.WALK_IN in abilities


def _undo_removal_or_end(
    session: LiveSession, identity: Identity, abilities: Collection[Ability]
) -> None:
    """For a host who was removed in a lower role, since nobody removes hosts; and for those whose
    right had ended and who have one again."""
    mine = session.participants.filter(key=identity.key)
    if Ability.EDIT in abilities:
        mine.filter(removed_at__isnull=False).update(removed_at=None, removed_by=None)
    if _has_a_right(identity, abilities):
        mine.filter(right_ended_at__isnull=False).update(right_ended_at=None)


def store_identity(me: Participant, *, identity: Identity, abilities: Collection[Ability]) -> bool:
    """Stores who they are now, and returns whether that has changed. What they had by a role they
    lost ends (`roles.level_changed`). Of somebody erased meanwhile nothing is stored."""
    changed = _as_they_are_now(me, identity, abilities)
    if not changed:
        return False
    with transaction.atomic():
        return keep(me.key) and _store(me, changed)


def _as_they_are_now(
    me: Participant, identity: Identity, abilities: Collection[Ability]
) -> dict[str, object]:
    """The columns that have another value now."""
    now: dict[str, object] = {
        "name": "" if me.erased_at else identity.name,
        "role": identity.role,
        "certainty": identity.certainty.value,
        "level": int(level_of(abilities)),
    }
    return {name: value for name, value in now.items() if getattr(me, name) != value}


def _store(me: Participant, changed: dict[str, object]) -> bool:
    """Under `keep`. Returns whether there was anything to store."""
    before = me.level
    for name, value in changed.items():
        setattr(me, name, value)
    if changed:
        me.save(update_fields=list(changed))
        level_changed(session=me.session, participant_id=me.pk, before=before, after=me.level)
    return bool(changed)


def mark_present(me: Participant, moment: datetime) -> bool:
    """Begins a stay, or renews the open one. Returns whether it began.

    A host or moderator who is there stops the countdown to the end without a host.
    """
    is_new = False
    is_alone = not connection.in_atomic_block
    if not renew_stay(participant=me.pk, moment=moment, is_alone=is_alone):
        is_new = _begin_stay(me, moment)
    if is_new:
        announce(me.session, FactKind.PARTICIPANTS, to=EVERYBODY if me.is_inside else MODERATORS)
    if me.level >= Level.MODERATOR and me.is_inside:
        if host_is_back(session=me.session_id):
            announce(me.session, FactKind.SESSION)
        me.session.host_gone_since = me.session.warned_at = None
    return is_new


@transaction.atomic
def _begin_stay(me: Participant, moment: datetime) -> bool:
    """Under the lock: nobody comes into a session that is being ended, or while being removed."""
    session = locked(me.session)
    out = OUT | Q(declined_at__isnull=False)
    if session.ended_at or Participant.objects.filter(out, pk=me.pk).exists():
        return False
    fresh = {"came_at": moment, "seen_at": moment}
    _stay, is_new = Stay.objects.get_or_create(participant=me, left_at=None, defaults=fresh)
    return is_new


def refresh_participant(
    me: Participant, *, identity: Identity, abilities: Collection[Ability]
) -> bool:
    """A sign of life from who they are now. Returns whether that has changed: a new role, a new
    name."""
    changed = store_identity(me, identity=identity, abilities=abilities)
    if not mark_present(me, timezone.now()) and changed:
        announce(me.session, FactKind.PARTICIPANTS)
    return changed


def leave(*, me: Participant) -> None:
    """They left by themselves and may come back. Off the stage, hand down. Twice is once."""
    end_stays({me.pk: timezone.now()})
