"""What everybody earned with the questions of a quiz, summed by the database.

One attempt a person, the one that counts (of several that count the last). A question is found by
its id in every version that has it. An answer that is not marked yet is left out; T and R are then
without its question, for everybody. Versions may give other points: what is said over several is of
shares, x of the points of the question, R and T of those of the rest and of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    FloatField,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from media_items.quizzes.choices import KeptScore
from media_items.quizzes.content import Content, Question
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion
from media_items.quizzes.results.psychometrics import Sums

type _ByKey = tuple[int, str]

_EARNED = Coalesce("given", "earned", Decimal(0))
_UNMARKED = Q(earned=None, given=None)


def attempts_analysed(quiz: Quiz) -> QuerySet[Attempt]:
    """Nobody can mark any more what somebody erased had typed."""
    rows = _kept(quiz)
    found_by = {quiz.kept_score, quiz.scores_by}
    if found_by & {KeptScore.AVERAGE, Quiz.NOT_FOUND}:  # else one counts of each person
        one_each = rows.values("taker").annotate(last=Max("pk")).values("last")
        rows = Attempt.objects.filter(pk__in=one_each)
    rows = rows.exclude(marked_with=None)
    return rows.exclude(waiting__gt=0, taker__erased_at__isnull=False).order_by()


def _kept(quiz: Quiz) -> QuerySet[Attempt]:
    kept: QuerySet[Attempt] = Attempt.objects.filter(
        quiz=quiz, is_kept=True, is_preview=False
    ).order_by()
    return kept


def keys_of(quiz: Quiz) -> dict[int, Content]:
    """The keys by which attempts are marked. One query."""
    marked = _kept(quiz).exclude(marked_with=None).values("marked_with").distinct()
    return {one.pk: one.questions for one in QuizVersion.objects.filter(pk__in=marked)}


def unmarked_in(quiz: Quiz, keys: Mapping[int, Content]) -> dict[str, int]:
    """The questions with answers that are not marked yet, and how many. One query at most."""
    by_hand = {
        one.id for key in keys.values() for one in key.questions if one.by_hand and one.is_marked
    }
    if not by_hand:
        return {}
    rows = Answer.objects.filter(
        _UNMARKED, attempt__in=attempts_analysed(quiz), question__in=by_hand
    )
    counted = rows.values("question").annotate(count=Count("pk")).order_by()
    return {row["question"]: row["count"] for row in counted}


# As many answers are joined to a row one by one; more are summed for each row.
_MOST_JOINED = 6


def with_total[T: Model](
    rows: QuerySet[T], left_out: Collection[str], attempt: str = ""
) -> QuerySet[Any]:
    """With T as `t`: the score, without these questions. `attempt` leads from the row to the
    attempt: "" or "attempt".

    A join is made once for all rows, a subquery once for each row and mention of `t`: over 100,000
    attempts that is the difference between one second and ten.
    """
    to = f"{attempt}__" if attempt else ""
    score: Combinable = Cast(f"{to}score", FloatField())
    if len(left_out) > _MOST_JOINED:
        theirs = Answer.objects.filter(attempt=OuterRef(attempt or "pk"), question__in=left_out)
        summed = theirs.order_by().values("attempt").annotate(sum=Sum(_EARNED)).values("sum")
        return rows.annotate(t=score - Coalesce(Cast(Subquery(summed), FloatField()), 0.0))
    for number, question in enumerate(sorted(left_out)):
        without = f"without_{number}"
        of_it = Q(**{f"{to}answers__question": question})
        rows = rows.alias(**{without: FilteredRelation(f"{to}answers", condition=of_it)})
        earned = Coalesce(f"{without}__given", f"{without}__earned", Decimal(0))
        score -= Cast(earned, FloatField())
    return rows.annotate(t=score)


def _totals(
    quiz: Quiz, left_out: Collection[str]
) -> tuple[dict[int, Sums], dict[_ByKey, Sums], int]:
    """People, ΣT, ΣT² by key; of those whose answer to a question is not marked by key and
    question; and how many people have such an answer. Two queries, one where all is marked."""
    rows = (
        with_total(attempts_analysed(quiz), left_out)
        .values("marked_with")
        .annotate(
            people=Count("pk"),
            ts=Sum("t"),
            tts=Sum(F("t") * F("t")),
            waiting=Count("pk", filter=Q(waiting__gt=0)),
        )
    )
    totals, waiting = {}, 0
    for row in rows:
        totals[row["marked_with"]] = _total(row)
        waiting += row["waiting"]
    if not left_out:
        return totals, {}, waiting
    theirs = Answer.objects.filter(
        _UNMARKED, attempt__in=attempts_analysed(quiz), question__in=left_out
    )
    unmarked = (
        with_total(theirs, left_out, "attempt")
        .values("attempt__marked_with", "question")
        .annotate(people=Count("pk"), ts=Sum("t"), tts=Sum(F("t") * F("t")))
        .order_by()
    )
    return (
        totals,
        {(row["attempt__marked_with"], row["question"]): _total(row) for row in unmarked},
        waiting,
    )


def _total(row: Mapping[str, Any]) -> Sums:
    return Sums(row["people"], t=row["ts"] or 0.0, tt=row["tts"] or 0.0)


def _sums_of_answers(quiz: Quiz, left_out: Collection[str]) -> dict[_ByKey, tuple[int, Sums]]:
    """By key and question: how many answered, and Σx, Σx², ΣxT. One grouped query. No answer earns
    nothing, so it adds nothing."""
    answers = Answer.objects.filter(attempt__in=attempts_analysed(quiz))
    rows = (
        with_total(answers, left_out, "attempt")
        .annotate(x=Cast(_EARNED, FloatField()))
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


def sums_of(quiz: Quiz, keys: Mapping[int, Content], left_out: Collection[str]) -> SumsOf:
    """Three queries, two where all is marked."""
    return SumsOf(keys, left_out, *_totals(quiz, left_out), _sums_of_answers(quiz, left_out))


@dataclass(frozen=True)
class SumsOf:
    """What the database has summed, put together. `totals` by key; `unmarked`, those of them that
    have no mark for a question yet, by key and question."""

    keys: Mapping[int, Content]
    left_out: Collection[str]
    totals: Mapping[int, Sums]
    unmarked: Mapping[_ByKey, Sums]
    waiting: int
    answers: Mapping[_ByKey, tuple[int, Sums]]

    def people(self) -> dict[str, int]:
        """How many were asked each question, but for answers that are not marked yet."""
        found: dict[str, int] = defaultdict(int)
        for key, question in self._asked():
            found[question.id] += self._of_one(key, question).count
        return found

    def of_questions(self) -> dict[str, Sums]:
        """x as share of the points of the question, and in place of T that and R as share of the
        points of the rest. Of versions in which it is marked."""
        found: dict[str, Sums] = defaultdict(Sums)
        for key, question in self._asked():
            if question.is_marked:
                rest = self._of_one(key, question).of_rest
                shares = shares_of(self.keys[key], question, self.left_out)
                found[question.id] += rest.scaled(*shares).of_more
        return found

    def of_whole(self) -> dict[str, Sums]:
        """x and T as shares of the points of the whole; of questions that are marked."""
        found: dict[str, Sums] = defaultdict(Sums)
        for key, question in self._asked():
            if question.is_marked and question.id not in self.left_out:
                share = _of(_points(self.keys[key], self.left_out))
                found[question.id] += self._of_one(key, question).scaled(share, share)
        return found

    def _asked(self) -> Iterator[tuple[int, Question]]:
        for key in self.totals:
            for question in self.keys[key].questions if key in self.keys else ():
                yield key, question

    def of_version(self, key: int | None) -> list[Sums]:
        if key is None or key not in self.keys:
            return []
        return [
            self._of_one(key, one)
            for one in self.keys[key].questions
            if one.is_marked and one.id not in self.left_out
        ]

    def possible_of(self, key: int | None) -> Decimal | None:
        """The points of T."""
        if key is None or key not in self.keys:
            return None
        return _points(self.keys[key], self.left_out)

    def _of_one(self, key: int, question: Question) -> Sums:
        """Everybody who was asked, but for answers that are not marked yet."""
        total = self.totals[key]
        if question.full_marks and question.is_marked:  # also without an answer
            most = float(question.points)
            return total + Sums(x=most * total.count, xx=most**2 * total.count, xt=most * total.t)
        _count, of_answers = self.answers.get((key, question.id), (0, Sums()))
        if question.id not in self.left_out:
            return total + of_answers
        return (total - self.unmarked.get((key, question.id), Sums()) + of_answers).of_more


def shares_of(
    content: Content, question: Question, left_out: Collection[str]
) -> tuple[float, float]:
    """By what x and R are multiplied to be shares; 0 where there are no points."""
    own = question.points if question.is_marked else Decimal(0)
    return _of(own), _of(_points(content, {*left_out, question.id}))


def _points(content: Content, left_out: Collection[str]) -> Decimal:
    return sum(
        (one.points for one in content.questions if one.is_marked and one.id not in left_out),
        Decimal(0),
    )


def _of(points: Decimal) -> float:
    return 1 / float(points) if points else 0.0


def given_to(quiz: Quiz, question: Question) -> QuerySet[Any]:
    """Those of everybody whose version has the question and whose answer is marked: with the
    answer as `one`, its mark as `x`, and the rest of the quiz as `rest`, both as shares of their
    points. Where a version marks it, of such versions alone, as `of_questions`. Two queries to
    find."""
    keys = keys_of(quiz)
    left_out = unmarked_in(quiz, keys)
    asked = [key for key, content in keys.items() if question.id in content.question_of]
    having = [key for key in asked if keys[key].question_of[question.id].is_marked] or asked
    shares = {
        key: shares_of(keys[key], keys[key].question_of[question.id], left_out) for key in having
    }
    x: Combinable = Cast(Coalesce("one__given", "one__earned", Decimal(0)), FloatField())
    full = {key: one for key in having if (one := keys[key].question_of[question.id]).full_marks}
    if full:
        marks = [
            When(marked_with=key, then=Cast(Value(one.points), FloatField()))
            for key, one in full.items()
        ]
        x = Case(*marks, default=x, output_field=FloatField())
    of_x = _by_key({key: share for key, (share, _rest) in shares.items()})
    of_rest = _by_key({key: share for key, (_x, share) in shares.items()})
    rows: QuerySet[Any] = (
        with_total(attempts_analysed(quiz).filter(marked_with__in=having), left_out)
        .annotate(one=FilteredRelation("answers", condition=Q(answers__question=question.id)))
        .annotate(points=x)
        .annotate(x=F("points") * of_x)
    )
    if question.id in left_out:
        marked = Q(one__pk=None) | Q(one__earned__isnull=False) | Q(one__given__isnull=False)
        return rows.filter(marked).annotate(rest=F("t") * of_rest)
    return rows.annotate(rest=(F("t") - F("points")) * of_rest)


def _by_key(values: Mapping[int, float]) -> Combinable:
    if len(set(values.values())) < 2:
        return Value(next(iter(values.values()), 0.0), output_field=FloatField())
    return Case(
        *(When(marked_with=key, then=Value(one)) for key, one in values.items()),
        default=Value(0.0),
        output_field=FloatField(),
    )
