"""Mails to those who took a quiz, that their results can be read. Each person gets one.

SECURITY: the mail has a link and no score: what may be shown, and when, the page decides. Addresses
are asked for when they are needed and stored by the outbox alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from media_items.quizzes.attempts.locking import lock_quiz, lock_takers
from media_items.quizzes.models import Quiz, Taker
from media_items.quizzes.results import people, trail
from media_items.quizzes.results.rows import addresses_of
from media_items.signals import Account

# By one press: whoever is left gets theirs by the next.
AT_ONCE = 1_000

type Send = Callable[[Sequence[tuple[int, str]], Account], None]
_send: list[Send] = []


def send_by(send: Send) -> None:
    """Called once from `AppConfig.ready`: asks for a mail to each (key of a `Taker`, address)."""
    _send[:] = [send]


@dataclass(frozen=True)
class Plan:
    """`to` get a mail now, and `unreachable` have no address that may be written to; of the first
    `AT_ONCE` who got none. `later` come after them. `told` have got theirs."""

    to: list[tuple[Taker, str]]
    unreachable: int
    later: int
    told: int


def plan_of(quiz: Quiz) -> Plan:
    """What `mail_results` would do now. Changes nothing. A fixed number of queries."""
    waiting = _waiting(quiz)
    first = list(waiting.order_by("pk")[:AT_ONCE])
    behind = addresses_of(first, quiz.item)
    to = [
        (one, behind[one.pk].email)
        for one in first
        if one.pk in behind and behind[one.pk].may_be_mailed
    ]
    everybody = people.takers_of(quiz).filter(people.FINISHED)
    return Plan(
        to=to,
        unreachable=len(first) - len(to),
        later=waiting.count() - len(first),
        told=everybody.exclude(results_mailed_at=None).count(),
    )


@transaction.atomic
def mail_results(*, quiz: Quiz, by: Account) -> int:
    """Returns how many get a mail. Twice is once: who got one is not written to again, and two
    presses wait for each other."""
    item = quiz.item
    quiz = lock_quiz(quiz)
    quiz.item = item
    plan = plan_of(quiz)
    if not plan.to:
        return 0
    told = [one.pk for one, _email in plan.to]
    lock_takers(told)
    Taker.objects.filter(pk__in=told).update(results_mailed_at=timezone.now())
    for send in _send:
        send([(one.pk, email) for one, email in plan.to], by)
    trail.note_change(quiz, trail.MAILED, by=by, now={"people": len(plan.to)})
    return len(plan.to)


def _waiting(quiz: Quiz) -> QuerySet[Taker]:
    finished = people.takers_of(quiz).filter(people.FINISHED)
    return finished.filter(results_mailed_at=None, erased_at=None)
