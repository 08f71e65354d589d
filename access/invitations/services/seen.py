"""When an invited person was last here, to ten minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from access.invitations.models import Invitation
from access.invitations.proofs import InvitedProof

AT_MOST_EVERY = timedelta(minutes=10)


def note_use(proofs: Iterable[InvitedProof]) -> None:
    """These let their person see something."""
    note_seen(invitations={one.invitation.pk: one.invitation for one in proofs}.values())


def note_seen(*, invitations: Iterable[Invitation], moment: datetime | None = None) -> None:
    """One UPDATE when ten minutes have passed since the last, else no query at all.

    The rows were loaded in this request; another process may have written meanwhile, hence the
    condition in the UPDATE.
    """
    moment = moment or timezone.now()
    before = moment - AT_MOST_EVERY
    due = [one.pk for one in invitations if one.last_seen_at is None or one.last_seen_at <= before]
    if due:
        Invitation.objects.filter(pk__in=due).filter(
            Q(last_seen_at=None) | Q(last_seen_at__lte=before)
        ).update(last_seen_at=moment)
