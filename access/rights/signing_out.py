"""Signing out ends what the account does in a session, at once: its streams are cut, it is off the
stage. Another browser of the account has its right still, and hears again within a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction

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


def _signed_out(sender: object, user: User | None, **_more: Any) -> None:
    if user is None:
        return
    whose = holders_of(ProofKey("account", user.pk))
    for session in LiveSession.objects.under_way().filter(pk__in=whose.sessions()):
        with transaction.atomic():
            here = locked(session)
            people = here.participants.filter(NOT_OUT).filter(whose.people)
            ids = list(people.values_list("pk", flat=True))
            for pk in ids:
                announce(here, FactKind.RIGHTS, to=only(pk))
            end_presence(session=here, participant_ids=ids, why=Why.LEFT)
