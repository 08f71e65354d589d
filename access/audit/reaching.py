"""Changes of rights reach those who are inside a sitting at that moment, within seconds.

`audit.services.record` stands in every service that changes somebody's access, so it is from there
that this is called. Pages that hear `rights` ask for theirs at once; the streams of those whose
proof is known to have changed are cut, so that they hear nothing more on an old ticket.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from access.audit.models import AccessEvent, Act
from access.audit.settling import settle
from access.guests.models import GuestAdmission
from access.proofs import ProofKey, is_of_kind
from media_items.catalogue.models import State
from media_items.live.events.announcing import announce, close_streams
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.entering import person_digest
from media_items.live.sessions.models import LiveSession, Participant
from media_items.models import Gallery, MediaItem

# What a host does: whom it reaches is not always known by row, so every page asks.
BY_HOST = frozenset(
    {
        Act.GUEST_ACCESS_OFF,
        Act.LINK_CHANGED,
        Act.LINK_PAUSED,
        Act.LINK_DELETED,
        Act.GUESTS_ENDED,
        Act.GUEST_REMOVED,
        Act.INVITATION_CHANGED,
        Act.INVITATION_REVOKED,
        Act.INVITATION_NEW_ADDRESS,
        Act.CO_EDITOR_ADDED,
        Act.CO_EDITOR_REMOVED,
        Act.MODERATORS_MAY_INVITE,
    }
)
# What somebody does about themself: only their own pages ask, however many people come and go.
# Putting people out of a sitting is not here: it cuts their streams itself.
BY_THEMSELF = frozenset(
    {Act.GUEST_LEFT, Act.GUEST_ERASED, Act.INVITATION_ACCEPTED, Act.INVITATION_DECLINED}
)
# These change nothing for anybody inside unless they were told to end it for those.
_WITH_PEOPLE = frozenset({Act.GUEST_ACCESS_OFF, Act.LINK_PAUSED, Act.INVITATION_NEW_ADDRESS})


def reach_people_inside(event: AccessEvent) -> None:
    """After commit. No query for what cannot be felt inside, one where no sitting is under way."""
    act = Act(event.act)
    item = event.item
    if item is None or not item.is_live_kind or act not in BY_HOST | BY_THEMSELF:
        return
    if act in _WITH_PEOPLE and not (event.details.get("ended") or _ends_browsers(event)):
        return
    session = LiveSession.objects.under_way().filter(item=item).first()
    if session is None:
        return
    if act in BY_HOST and not event.details.get("left_browser"):
        announce(session, FactKind.RIGHTS)
    _cut(session, _concerned(event, session), by_host=act in BY_HOST)


def rights_changed_on(item: MediaItem) -> None:
    """For changes that no act of the trail stands for: the administration's own forms."""
    for session in LiveSession.objects.under_way().filter(item=item):
        announce(session, FactKind.RIGHTS)


def rights_changed_in(gallery: Gallery, *, account_id: int | None = None) -> None:
    """Of a member of the gallery, or of any: in its room and in what is published there."""
    shown = Q(item__publications__gallery=gallery, item__state=State.PUBLISHED)
    sittings = LiveSession.objects.under_way().filter(Q(item__room_of=gallery) | shown).distinct()
    for session in sittings:
        if account_id is None:
            announce(session, FactKind.RIGHTS)
        else:
            people = session.participants.filter(key=str(ProofKey("account", account_id)))
            _cut(session, people, by_host=True)


def _ends_browsers(event: AccessEvent) -> bool:
    return bool(event.details.get("browsers_ended"))


def _concerned(event: AccessEvent, session: LiveSession) -> QuerySet[Participant]:
    """Whose proof the act is about, as far as its row says."""
    people = session.participants.all()
    if invitation := event.invitation:
        keys = [str(ProofKey("invitation", invitation.pk))]
        if invitation.account_id:
            keys.append(str(ProofKey("account", invitation.account_id)))
        return people.filter(Q(key__in=keys) | Q(person=person_digest(invitation.email)))
    if account_id := event.details.get("account"):
        return people.filter(key=str(ProofKey("account", account_id)))
    if browser := event.details.get("browser"):
        return people.filter(key=str(ProofKey("guest", browser)))
    if event.guest or event.details.get("ended"):
        return people.filter(pk__in=_guests(event, people))
    return people.none()


def _guests(event: AccessEvent, people: QuerySet[Participant]) -> list[int]:
    """Those of the guest, else of the link, else of any link of the item."""
    inside = {
        ProofKey.parse(key).pk: pk
        for pk, key in people.filter(is_of_kind("guest")).values_list("pk", "key")
    }
    admissions = GuestAdmission.objects.filter(pk__in=inside)
    if event.guest:
        admissions = admissions.filter(guest=event.guest)
    elif event.link:
        admissions = admissions.filter(guest__link=event.link)
    return [inside[pk] for pk in admissions.values_list("pk", flat=True)]


def _cut(session: LiveSession, people: Iterable[Participant], *, by_host: bool) -> None:
    concerned = [participant.pk for participant in people]
    for pk in concerned:
        announce(session, FactKind.RIGHTS, to=only(pk))
        close_streams(session, pk)
    if concerned:
        # After commit: the sitting is locked on its own, and rights are read as they then are.
        settling = partial(settle, session_id=session.pk, participant_ids=concerned)
        transaction.on_commit(partial(settling, by_host=by_host), robust=True)
