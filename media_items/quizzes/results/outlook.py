"""What people would see of their results now, told to the host before they are sent to look; and
since when there is something new for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils import timezone

from media_items.quizzes.attempts.reveal import Standing, revealed_of_finished
from media_items.quizzes.attempts.standings import on_quizzes
from media_items.quizzes.attempts.windows import saved_until
from media_items.quizzes.choices import ShownWhen
from media_items.quizzes.models import Attempt, Quiz, Taker
from media_items.quizzes.results import trail

_OF_SCORES = (trail.VOIDED, trail.COUNTED, trail.ENDED, trail.MARKS, trail.KEY, trail.REGRADED)
_SETTINGS = (
    "score_when",
    "feedback_when",
    "answers_when",
    "kept_score",
    "pass_percent",
    "gives_certificate",
)


@dataclass(frozen=True)
class Outlook:
    """Of `people` how many would see `nothing`; `rule` says when results are shown, `opens_at` from
    when, where that is known. `unmarked`: answers of theirs that count."""

    people: int
    nothing: int
    rule: ShownWhen
    opens_at: datetime | None
    unmarked: int

    @property
    def is_for_nobody(self) -> bool:
        return self.nothing == self.people


def outlook_of(quiz: Quiz, takers: Collection[Taker]) -> Outlook:
    """Of those who have finished. A fixed number of queries."""
    for one in takers:
        one.quiz = quiz
    loaded = Attempt.objects.only("quiz", "taker", "number", "state", "is_preview", "by")
    found = on_quizzes(takers, loaded)
    rule = _rule(quiz)
    until = saved_until(quiz) if rule == ShownWhen.CLOSED else None
    return Outlook(
        people=len(takers),
        nothing=sum(not _sees_something(quiz, found[one.pk].standing) for one in takers),
        rule=rule,
        opens_at=until if until and until > timezone.now() else None,
        unmarked=sum(one.waiting for one in takers),
    )


def _rule(quiz: Quiz) -> ShownWhen:
    """Of the score; where that is never shown, of what is."""
    rules = [quiz.feedback_when, quiz.answers_when]
    if quiz.is_scored:
        rules.insert(0, quiz.score_when)
    shown = (one for one in rules if one != ShownWhen.NEVER)
    return ShownWhen(next(shown, ShownWhen.NEVER))


def _sees_something(quiz: Quiz, standing: Standing) -> bool:
    made = revealed_of_finished(quiz, standing)
    if quiz.is_scored and quiz.score_when != ShownWhen.NEVER:
        return made.score
    return made.feedback or made.answers


def news_at(quiz: Quiz) -> datetime | None:
    """Since when people read something else than before: the quiz has closed, scores have changed,
    or what is shown. Two queries at most."""
    if quiz.pk is None:
        return None
    settings = Q(what=trail.SETTINGS, now__has_any_keys=_SETTINGS)
    changes = quiz.changes.filter(settings | Q(what__in=_OF_SCORES))
    moments = [changes.aggregate(last=Max("at"))["last"], saved_until(quiz)]
    now = timezone.now()
    return max((one for one in moments if one and one <= now), default=None)
