"""What people would see of their results now, told to the host before they are sent to look; and
since when there is something new for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from media_items.quizzes.attempts.reveal import Standing, revealed_of_finished
from media_items.quizzes.attempts.standings import on_quizzes
from media_items.quizzes.attempts.windows import saved_until
from media_items.quizzes.choices import ShownWhen
from media_items.quizzes.models import Attempt, Quiz, QuizChange, Taker
from media_items.quizzes.results import trail

_OF_ONE = (trail.VOIDED, trail.COUNTED, trail.ENDED, trail.MARKS, trail.REGRADED)
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


def has_news(quiz: Quiz, until: datetime) -> Q:
    """Of people who were mailed: whether they read something else since, by what has happened until
    then. The quiz has closed, or what is shown, or the key, has changed, for everybody; or a score
    of theirs. Two queries at most."""
    since = _of_one(quiz, until).filter(at__gt=OuterRef("results_mailed_at"))
    news = Q(Exists(since.filter(taker=OuterRef("pk"))))
    news |= Q(Exists(since.filter(attempt__taker=OuterRef("pk"))))
    for_all = _news_for_all(quiz, until)
    return news | Q(results_mailed_at__lt=for_all) if for_all else news


def news_of(quiz: Quiz, takers: Iterable[Taker], until: datetime) -> dict[int, datetime]:
    """Of each the last moment of `has_news`; whoever has none is left out. Three queries at
    most."""
    pks = [one.pk for one in takers]
    for_all = _news_for_all(quiz, until)
    found = dict.fromkeys(pks, for_all) if for_all else {}
    rows = _of_one(quiz, until).filter(Q(taker__in=pks) | Q(attempt__taker__in=pks))
    for taker, of_attempt, at in rows.values_list("taker", "attempt__taker", "at"):
        for pk in {taker, of_attempt}.intersection(pks):
            found[pk] = max(at, found.get(pk, at))
    return found


def _of_one(quiz: Quiz, until: datetime) -> QuerySet[QuizChange]:
    return QuizChange.objects.filter(quiz=quiz.pk, what__in=_OF_ONE, at__lte=until)


def _news_for_all(quiz: Quiz, until: datetime) -> datetime | None:
    if quiz.pk is None:
        return None
    settings = Q(what=trail.SETTINGS, now__has_any_keys=_SETTINGS)
    changes = quiz.changes.filter(settings | Q(what=trail.KEY), at__lte=until)
    moments = [changes.aggregate(last=Max("at"))["last"], saved_until(quiz)]
    return max((one for one in moments if one and one <= until), default=None)
