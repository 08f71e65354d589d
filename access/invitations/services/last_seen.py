"""When an invited person was last seen, to within a minute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from access.invitations.models import Invitation
from access.invitations.proofs import InvitedProof
from access.last_seen import NOTED_EVERY, unseen_since


def note_use(proofs: Iterable[InvitedProof]) -> None:
    """The invitations of these proofs have been used now."""
    note_seen(invitations={one.invitation.pk: one.invitation for one in proofs}.values())


def note_seen(*, invitations: Iterable[Invitation], moment: datetime | None = None) -> None:
    """One UPDATE if a minute has passed since the last, else no query.

    The rows were loaded earlier in this request and another process may have written since, so the
    UPDATE has the same condition.
    """
    moment = moment or timezone.now()
    before = moment - NOTED_EVERY
    due = [one.pk for one in invitations if one.last_seen_at is None or one.last_seen_at <= before]
    if due:
        rows = Invitation.objects.filter(pk__in=due).filter(unseen_since(before))
        rows.update(last_seen_at=moment)
