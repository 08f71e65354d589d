"""The questions of a quiz over everybody who took it: sums by SQL, told by `psychometrics`.

One attempt a person, the one that counts (of several that count the last), once all its answers are
marked. A question is found by its id in every version that has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FloatField, Max, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils.safestring import SafeString

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Question
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion
from media_items.quizzes.results import psychometrics
from media_items.quizzes.results.psychometrics import Sums, Whole


@dataclass(frozen=True)
class Analysed:
    """One question as its newest version has it. What too few people say is None."""

    question: Question
    number: int
    people: int
    answered: int
    facility: float | None = None
    discrimination: float | None = None
    weight: float | None = None

    @property
    def line(self) -> str:
        return texts.plain(self.question.text)

    @property
    def text(self) -> SafeString:
        return texts.block(self.question.text)

    @property
    def may_have_wrong_key(self) -> bool:
        return self.discrimination is not None and self.discrimination < 0

    @property
    def is_worth_a_look(self) -> bool:
        low = psychometrics.LOW_DISCRIMINATION
        return self.discrimination is not None and 0 <= self.discrimination < low

    @property
    def is_very_easy(self) -> bool:
        return self.facility is not None and self.facility > psychometrics.VERY_EASY

    @property
    def is_very_hard(self) -> bool:
        return self.facility is not None and self.facility < psychometrics.VERY_HARD


@dataclass(frozen=True)
class Analysis:
    """`waiting`: people left out because answers of theirs are not marked yet. `whole` is over the
    version that most of them took, `of_version` of them."""

    questions: list[Analysed]
    people: int
    waiting: int
    whole: Whole
    of_version: int


def attempts_analysed(quiz: Quiz) -> QuerySet[Attempt]:
    one_each = _kept(quiz).values("taker").annotate(last=Max("pk")).values("last")
    return Attempt.objects.filter(pk__in=one_each, waiting=0).order_by()


def _kept(quiz: Quiz) -> QuerySet[Attempt]:
    kept: QuerySet[Attempt] = Attempt.objects.filter(
        quiz=quiz, is_kept=True, is_preview=False
    ).order_by()
    return kept


def analysis_of(quiz: Quiz) -> Analysis:
    """Four queries, however many people and questions."""
    keys = _keys_of(quiz)
    totals = _totals(quiz)
    answers = _sums_of_answers(quiz)
    everybody = _kept(quiz).aggregate(people=Count("taker", distinct=True))["people"]
    people = sum(one.count for one in totals.values())
    sums = _sums_of_questions(keys, totals, answers)
    weights = psychometrics.effective_weights(sums)
    answered: dict[str, int] = defaultdict(int)
    for (_key, question), (count, _sums) in answers.items():
        answered[question] += count
    questions = [
        _analysed(one, number, sums.get(one.id, Sums()), answered[one.id], weights.get(one.id))
        for number, one in enumerate(questions_of(quiz, keys), start=1)
    ]
    biggest = max(totals, key=lambda key: totals[key].count, default=None)
    of_version = _one_version(biggest, keys, totals, answers)
    return Analysis(
        questions=questions,
        people=people,
        waiting=everybody - people,
        whole=_told(psychometrics.whole_of(of_version)),
        of_version=totals[biggest].count if biggest else 0,
    )


def questions_of(quiz: Quiz, keys: Mapping[int, Content]) -> list[Question]:
    """Those of the published version in their order, with the key that marks now; then those that
    only earlier versions had."""
    published = quiz.published
    contents = [content for _key, content in sorted(keys.items(), reverse=True)]
    found: dict[str, Question] = {}
    if published is not None:
        newest = published.keys.order_by("-number").first() or published
        contents.insert(0, newest.questions)
    for content in contents:
        for question in content.questions:
            found.setdefault(question.id, question)
    return list(found.values())


def _analysed(
    question: Question, number: int, sums: Sums, answered: int, weight: float | None
) -> Analysed:
    is_enough = sums.count >= psychometrics.FEWEST and question.is_marked
    is_many = sums.count >= psychometrics.FEWEST_FOR_DISCRIMINATION and question.is_marked
    return Analysed(
        question=question,
        number=number,
        people=sums.count,
        answered=answered,
        facility=psychometrics.facility(sums, float(question.points)) if is_enough else None,
        discrimination=psychometrics.discrimination(sums) if is_many else None,
        weight=weight if is_many else None,
    )


def _told(whole: Whole) -> Whole:
    """Nothing of too few people."""
    if whole.count < psychometrics.FEWEST:
        return Whole(whole.count, None, None, None, None)
    if whole.count < psychometrics.FEWEST_FOR_DISCRIMINATION:
        return Whole(whole.count, whole.mean, whole.deviation, None, None)
    return whole


# --- sums -----------------------------------------------------------------------------------------

type _ByKey = tuple[int, str]

_TOTAL = Cast("score", FloatField())


def _keys_of(quiz: Quiz) -> dict[int, Content]:
    """The keys by which attempts are marked. One query."""
    marked = _kept(quiz).exclude(marked_with=None).values("marked_with").distinct()
    return {one.pk: one.questions for one in QuizVersion.objects.filter(pk__in=marked)}


def _totals(quiz: Quiz) -> dict[int, Sums]:
    """People, ΣT, ΣT² by key."""
    rows = (
        attempts_analysed(quiz)
        .exclude(marked_with=None)
        .annotate(t=_TOTAL)
        .values("marked_with")
        .annotate(people=Count("pk"), ts=Sum("t"), tts=Sum(F("t") * F("t")))
    )
    return {
        row["marked_with"]: Sums(row["people"], t=row["ts"] or 0.0, tt=row["tts"] or 0.0)
        for row in rows
    }


def _sums_of_answers(quiz: Quiz) -> dict[_ByKey, tuple[int, Sums]]:
    """By key and question: how many answered, and Σx, Σx², ΣxT. One grouped query. No answer earns
    nothing, so it adds nothing."""
    rows = (
        Answer.objects.filter(attempt__in=attempts_analysed(quiz))
        .annotate(
            x=Cast(Coalesce("given", "earned", Decimal(0)), FloatField()),
            t=Cast("attempt__score", FloatField()),
        )
        .values("attempt__marked_with", "question")
        .annotate(
            answered=Count("response"),
            xs=Sum("x"),
            xxs=Sum(F("x") * F("x")),
            xts=Sum(F("x") * F("t")),
        )
        .order_by()
    )
    return {
        (row["attempt__marked_with"], row["question"]): (
            row["answered"],
            Sums(x=row["xs"] or 0.0, xx=row["xxs"] or 0.0, xt=row["xts"] or 0.0),
        )
        for row in rows
    }


def _sums_of_one(question: Question, total: Sums, of_answers: Sums) -> Sums:
    """Everybody who was asked."""
    if question.full_marks and question.is_marked:  # also without an answer
        most = float(question.points)
        return total + Sums(x=most * total.count, xx=most**2 * total.count, xt=most * total.t)
    return total + of_answers


def _sums_of_questions(
    keys: Mapping[int, Content],
    totals: Mapping[int, Sums],
    answers: Mapping[_ByKey, tuple[int, Sums]],
) -> dict[str, Sums]:
    found: dict[str, Sums] = defaultdict(Sums)
    for key, total in totals.items():
        for question in keys[key].questions if key in keys else ():
            _count, sums = answers.get((key, question.id), (0, Sums()))
            found[question.id] += _sums_of_one(question, total, sums)
    return found


def _one_version(
    key: int | None,
    keys: Mapping[int, Content],
    totals: Mapping[int, Sums],
    answers: Mapping[_ByKey, tuple[int, Sums]],
) -> list[Sums]:
    if key is None or key not in keys:
        return []
    return [
        _sums_of_one(one, totals[key], answers.get((key, one.id), (0, Sums()))[1])
        for one in keys[key].questions
        if one.is_marked
    ]


# --- the answers to one question -----------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What one person answered, in the terms of one question."""

    response: dict[str, Any] | None
    mark: float
    rest: float


def given_to(quiz: Quiz, question: Question) -> list[Given]:
    """Of everybody whose version has the question. Three queries."""
    having = [key for key, content in _keys_of(quiz).items() if question.id in content.question_of]
    attempts = attempts_analysed(quiz).filter(marked_with__in=having)
    answers = {
        attempt: (response, given if given is not None else earned)
        for attempt, response, given, earned in Answer.objects.filter(
            attempt__in=attempts, question=question.id
        ).values_list("attempt", "response", "given", "earned")
    }
    found = []
    for attempt, score in attempts.order_by("pk").values_list("pk", "score"):
        response, earned = answers.get(attempt, (None, None))
        if question.full_marks:
            earned = question.points
        mark = float(earned or 0)
        found.append(Given(response, mark, float(score or 0) - mark))
    return found
