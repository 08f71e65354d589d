"""Certificates of those whose score passes.

One rule: a certificate says what the results say now (`result_of`). Where it says something else
(another score, another name, an attempt that does not count, no pass) it is withdrawn, and another
one is made where the person still passes; one that said the same before stands again. `settle` is
called wherever results change. Whoever checks or loads one compares once more, so that nothing
false is called genuine while a task is on its way.

A quiz that gives certificates no longer makes none and withdraws none that is true. Whether the
score stands on them is a setting of the quiz, read when one is shown: where it does not, another
score makes no other certificate.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Abs, Cast
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.attempts.passing import SETTLED, has_passed, share_of
from media_items.quizzes.attempts.reveal import revealed, revealed_of_finished
from media_items.quizzes.attempts.standings import standing_of_taker
from media_items.quizzes.attempts.takers import takers_of
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.models import Attempt, Certificate, Quiz, Taker
from media_items.quizzes.models.takers import PROVEN
from media_items.quizzes.scoring import rules
from media_items.requests import FoyerRequest
from media_items.visitors import Identity

# Databases divide with fewer decimals than fractions have.
_HARDLY_LESS = Decimal("0.000001")
_HALF_A_PLACE = 0.005_001  # of a percentage with two decimals


@dataclass(frozen=True)
class Result:
    """What a certificate may say of somebody. `attempts` count, the last one of them last."""

    attempts: Collection[Attempt]
    name: str
    is_sure: bool
    percent: Decimal
    tells_score: bool

    def is_said_by(self, row: Certificate) -> bool:
        return (
            row.attempt_id in {one.pk for one in self.attempts}
            and row.name == self.name
            and (row.certainty in PROVEN) == self.is_sure
            and (row.percent == self.percent or not self.tells_score)
        )


def result_of(taker: Taker, quiz: Quiz) -> Result | None:
    """None where the results say that they have not passed, or nothing, as while answers that count
    wait to be marked, and of whom they have no name. Without a pass mark they say nothing against
    it. One query."""
    share = share_of(taker.score, taker.possible)
    name = taker.renamed or taker.name
    is_nobody = taker.is_preview or taker.erased_at is not None or not name
    if share is None or is_nobody or taker.waiting or _has_passed(taker, quiz) is False:
        return None
    counting = taker.attempts.filter(is_kept=True, state__in=FINISHED).order_by("number")
    attempts = list(counting.only("number", "state", "ended_at"))
    return Result(
        attempts=attempts,
        name=name,
        is_sure=taker.certainty in PROVEN,
        percent=rules.rounded(100 * share),
        tells_score=quiz.certificate_tells_score,
    )


def settle(taker: Taker, quiz: Quiz) -> None:
    """In the transaction in which the results changed, the person's row locked. Twice is once.
    Nobody gets one while answers wait to be marked, nor who edits the quiz, nor who was erased."""
    now = result_of(taker, quiz)
    rows = list(Certificate.objects.filter(attempt__taker=taker).order_by("-made_at", "-pk"))
    true = [one for one in rows if now is not None and now.is_said_by(one)]
    keeps = next((one for one in true if one.withdrawn_at is None), None)
    false = [one.pk for one in rows if one.withdrawn_at is None and one is not keeps]
    if false:
        Certificate.objects.filter(pk__in=false).update(withdrawn_at=timezone.now())
    if now is None or keeps or not _is_given(taker, quiz):
        return
    if true:
        Certificate.objects.filter(pk=true[0].pk).update(withdrawn_at=None)
    else:
        _issue(taker, quiz, now)


def _is_given(taker: Taker, quiz: Quiz) -> bool:
    return bool(_has_passed(taker, quiz)) and quiz.gives_certificate


def _has_passed(taker: Taker, quiz: Quiz) -> bool | None:
    return has_passed(quiz, taker.score, taker.possible, waiting=taker.waiting)


def _issue(taker: Taker, quiz: Quiz, result: Result) -> None:
    attempt = next(reversed(list(result.attempts)), None)
    if attempt is None:
        return
    owner = quiz.item.owner
    Certificate.objects.create(
        attempt=attempt,
        name=result.name,
        certainty=taker.certainty,
        title=quiz.item.title,
        host=(owner.get_full_name() if owner else "") or settings.SITE_NAME,
        percent=result.percent,
        passed_at=attempt.ended_at or timezone.now(),
    )


def standing_of_person(taker: Taker, quiz: Quiz) -> Certificate | None:
    """The one that is true now. Two queries."""
    now = result_of(taker, quiz)
    rows = Certificate.objects.filter(attempt__taker=taker, withdrawn_at=None)
    return next((one for one in rows if now.is_said_by(one)), None) if now else None


def take_up() -> int:
    """Settles what a task that was lost has left: who has passed and has none, and whose says
    something else than their results. Returns how many; called by housekeeping."""
    numbers = sorted({*_due().values_list("pk", flat=True), *_untrue()})
    for number in numbers:
        with transaction.atomic():
            taker = Taker.objects.select_for_update(of=("self",), no_key=True).get(pk=number)
            settle(taker, Quiz.objects.select_related("item__owner").get(pk=taker.quiz_id))
    return len(numbers)


def _due() -> QuerySet[Taker]:
    """All who have passed and have none; `settle` has the last word."""
    standing = Certificate.objects.filter(attempt__taker=OuterRef("pk"), withdrawn_at=None)
    counting = Attempt.objects.filter(taker=OuterRef("pk"), is_kept=True, state__in=FINISHED)
    return Taker.objects.filter(
        SETTLED,
        ~Exists(standing),
        ~Q(listed_name=""),
        Exists(counting),
        quiz__gives_certificate=True,
        quiz__is_scored=True,
        quiz__pass_percent__isnull=False,
        is_preview=False,
        erased_at=None,
        possible__gt=0,
        score__gte=F("possible") * F("quiz__pass_percent") / 100 - _HARDLY_LESS,
    )


def _untrue() -> QuerySet[Certificate, int]:
    """`Result.is_said_by` as SQL: the takers of those that stand and should not."""
    rows = Certificate.objects.filter(withdrawn_at=None).alias(
        off=Abs(Cast("percent", FloatField()) - F("attempt__taker__percent"))
    )
    fails = Q(
        attempt__quiz__is_scored=True,
        attempt__taker__score__lt=F("attempt__taker__possible")
        * F("attempt__quiz__pass_percent")
        / 100
        - _HARDLY_LESS,
    )
    sure = Q(attempt__taker__certainty__in=PROVEN)
    said_sure = Q(certainty__in=PROVEN)
    return rows.filter(
        Q(attempt__is_kept=False)
        | ~Q(attempt__state__in=FINISHED)
        | Q(attempt__taker__waiting__gt=0)
        | ~Q(name=F("attempt__taker__listed_name"))
        | (sure & ~said_sure)
        | (said_sure & ~sure)
        | Q(attempt__quiz__certificate_tells_score=True, off__gt=_HALF_A_PLACE)
        | fails
    ).values_list("attempt__taker", flat=True)


def certificate_for(identity: Identity, attempt: Attempt) -> Certificate | None:
    """Of the person whose attempt it is, for that person: as soon as they may see their score.

    SECURITY: whom a host has merged with somebody opens their own attempts, and not what the other
    has, nor whether the other has any."""
    if not takers_of(attempt.quiz, identity).filter(pk=attempt.taker_id).exists():
        return None
    attempt.taker.quiz = attempt.quiz
    if not revealed(attempt.quiz, attempt, standing_of_taker(attempt.taker)).score:
        return None
    return standing_of_person(attempt.taker, attempt.quiz)


class State(Enum):
    GENUINE = "genuine"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"


@dataclass(frozen=True)
class Checked:
    certificate: Certificate
    state: State


def checked(number: str) -> Checked | None:
    """For anybody who has the number; None where there is none.

    SECURITY: whether one stands, falls or is replaced says something about a score. While its
    person may not see theirs (another attempt is under way, or the results are not out yet), and
    while answers that count wait to be marked, every
    number of theirs therefore gets the same answer, `WAITING`, whatever has become of it since: not
    that it is genuine, which may be false by now, and not that there is none, which would make a
    liar of who shows it. It tells nobody anything: a number is read on a certificate, and nobody
    gets one before their score is out.
    """
    rows = Certificate.objects.select_related("attempt__taker__quiz__item")
    found: Certificate | None = rows.filter(number=number).first()
    if found is None:
        return None
    taker = found.attempt.taker
    is_out = revealed_of_finished(taker.quiz, standing_of_taker(taker)).score
    if taker.waiting or not is_out:
        return Checked(found, State.WAITING)
    stands = standing_of_person(taker, taker.quiz)
    if stands is None:
        return Checked(found, State.WITHDRAWN)
    return Checked(found, State.GENUINE if stands == found else State.REPLACED)


def result_part(request: FoyerRequest, attempt: Attempt, score: Any) -> dict[str, str] | None:
    """For the page of a result that passes (`_certificate_part.html`)."""
    if score is None or not score.is_passed:
        return None
    item = attempt.quiz.item
    if certificate_for(request.visitor.identity_on(item), attempt) is None:
        return None
    where = [item.public_id, attempt.public_id]
    return {"certificate_url": reverse("media_items:certificate_file", args=where)}
