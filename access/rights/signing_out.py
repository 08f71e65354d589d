"""What a browser does in a session ends when it can show nothing any more: at once when it signs
out or the password becomes another one, by the clock when its HTTP session is over. Its streams are
cut, it is off the stage. Another browser of the same person has its right still, and hears again
within a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists
from django.http import HttpRequest

from access.proof_kinds import kinds
from access.proofs import ProofKey
from access.rights.whose import holders_of
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.models import NOT_OUT, LiveSession
from media_items.live.sessions.presence import Why
from media_items.live.sessions.removing import end_presence
from media_items.live.sessions.services import locked

if TYPE_CHECKING:
    from access.accounts.models import User


def listen() -> None:
    user_logged_out.connect(_signed_out, dispatch_uid="access.rights.signing_out")


def _signed_out(sender: object, request: HttpRequest, user: User | None, **_more: Any) -> None:
    """With the account its HTTP session loses the guest admissions of this browser.

    SECURITY: not what it has proven of an invitation. Others may prove the same, also by less, and
    would put whoever is invited off the stage. Such a browser hears until its ticket ends.
    """
    keys = [ProofKey("account", user.pk)] if user is not None else []
    held = dict(request.session.items())
    end_presence_of(*keys, *(key for kind in kinds() for key in kind.keys_in(held)))


def end_presence_of(*keys: ProofKey, begun_before: datetime | None = None) -> None:
    """Whoever is in a session by one of these proofs. `begun_before`: those who have come since are
    there by another browser, so that twice is once."""
    whose = holders_of(*keys)
    sessions = LiveSession.objects.under_way().filter(pk__in=whose.sessions())
    for session in sessions.order_by("pk"):  # locked in order: the caller may hold them all
        with transaction.atomic():
            here = locked(session)
            people = here.participants.filter(NOT_OUT).filter(whose.people)
            if begun_before is not None:
                people = people.filter(stays__left_at=None, stays__came_at__lte=begun_before)
            ids = list(people.values_list("pk", flat=True))
            if not ids:
                continue
            for pk in ids:
                announce(here, FactKind.RIGHTS, to=only(pk))
            end_presence(session=here, participant_ids=ids, why=Why.LEFT)


def http_sessions_just_ended(since: datetime, now: datetime) -> Iterator[tuple[ProofKey, datetime]]:
    """What they held, where a session is under way. One query."""
    ended = Session.objects.filter(
        Exists(LiveSession.objects.under_way()), expire_date__gt=since, expire_date__lte=now
    )
    for row in ended:
        held = row.get_decoded()
        for kind in kinds():
            for key in kind.keys_in(held):
                yield key, row.expire_date
