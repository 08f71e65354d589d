"""When the browser of a guest was last seen, to within a minute."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from access.guests.models import GuestAdmission
from access.guests.proofs import AdmissionProof
from access.last_seen import NOTED_EVERY, unseen_since


def note_use(proofs: Iterable[AdmissionProof]) -> None:
    """One UPDATE if a minute has passed since the last, else no query.

    The rows were loaded earlier in this request and another process may have written since, so the
    UPDATE has the same condition.
    """
    moment = timezone.now()
    before = moment - NOTED_EVERY
    admissions = {one.admission.pk: one.admission for one in proofs}.values()
    due = [one.pk for one in admissions if one.last_seen_at is None or one.last_seen_at <= before]
    if due:
        rows = GuestAdmission.objects.filter(pk__in=due, erased_at=None)
        rows.filter(unseen_since(before)).update(last_seen_at=moment)
