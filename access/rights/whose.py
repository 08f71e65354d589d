"""Whose rights have changed, as conditions on participants of live sessions and takers of
quizzes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from access.proofs import ProofKey, keys_of
from media_items.live.sessions.entering import person_digests
from media_items.live.sessions.models import Participant
from media_items.quizzes.attempts import persons


@dataclass(frozen=True)
class Whose:
    """`people` of sessions, and `takers` of quizzes; None where the change is about everybody on
    the item."""

    people: Q | None
    takers: Q | None

    def __or__(self, other: Whose) -> Whose:
        if self.people is None or other.people is None:
            return EVERYBODY
        return Whose(self.people | other.people, (self.takers or Q()) | (other.takers or Q()))

    @property
    def is_everybody(self) -> bool:
        return self.people is None

    def sessions(self) -> QuerySet[Any]:
        """The ids of the sessions under way in which these people are known, for `pk__in`."""
        known = Participant.objects.filter(self.people or Q(), session__ended_at=None)
        return known.values("session")


EVERYBODY = Whose(None, None)
NOBODY = Whose(Q(pk__in=()), Q(pk__in=()))


def holders_of(*keys: ProofKey) -> Whose:
    texts = [str(key) for key in keys]
    return Whose(Q(key__in=texts), Q(keys__key__in=texts))


def holders_among(rows: QuerySet[Any], kind: str) -> Whose:
    """The holders of the proofs of one kind whose rows these are; read when it is declared."""
    keys = keys_of(rows, kind)
    return Whose(Q(key__in=keys), Q(keys__key__in=keys))


def people_at(emails: Iterable[str]) -> Whose:
    """Whoever came under one of these addresses, by whatever proof."""
    addresses = list(emails)
    return Whose(
        Q(person__in=[one for email in addresses for one in person_digests(email)]),
        Q(person__in=[one for email in addresses for one in persons.person_digests(email)]),
    )
