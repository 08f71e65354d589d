"""Whose rights have changed, as a condition on the participants of live sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from access.proofs import ProofKey, keys_of
from media_items.live.sessions.entering import person_digests
from media_items.live.sessions.models import Participant


@dataclass(frozen=True)
class Whose:
    """`people` is None where the change is about everybody on the item."""

    people: Q | None

    def __or__(self, other: Whose) -> Whose:
        if self.people is None or other.people is None:
            return EVERYBODY
        return Whose(self.people | other.people)

    @property
    def is_everybody(self) -> bool:
        return self.people is None

    def sessions(self) -> QuerySet[Any]:
        """The ids of the sessions under way in which these people are known, for `pk__in`."""
        known = Participant.objects.filter(self.people or Q(), session__ended_at=None)
        return known.values("session")


EVERYBODY = Whose(None)
NOBODY = Whose(Q(pk__in=()))


def holders_of(*keys: ProofKey) -> Whose:
    return Whose(Q(key__in=[str(key) for key in keys]))


def holders_among(rows: QuerySet[Any], kind: str) -> Whose:
    """The holders of the proofs of one kind whose rows these are; read when it is declared."""
    return Whose(Q(key__in=keys_of(rows, kind)))


def people_at(emails: Iterable[str]) -> Whose:
    """Whoever came under one of these addresses, by whatever proof."""
    return Whose(Q(person__in=[one for email in emails for one in person_digests(email)]))
