"""What a corrected key would change, before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from media_items.quizzes.attempts.marking import key_for, total_of
from media_items.quizzes.attempts.passing import has_passed
from media_items.quizzes.choices import FINISHED
from media_items.quizzes.content import Content
from media_items.quizzes.grading.keys import Change
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion
from media_items.quizzes.scoring import rules

_AT_ONCE = 500


@dataclass(frozen=True)
class ScoreChange:
    """`still_waiting`: answers to be marked afterwards."""

    attempt: Attempt
    was: Decimal
    was_of: Decimal
    now: Decimal
    now_of: Decimal
    still_waiting: int = 0

    @property
    def direction(self) -> int:
        """1 is up, -1 down, by the share of the points."""
        return (self._after > self._before) - (self._after < self._before)

    @property
    def _before(self) -> Fraction:
        return Fraction(self.was) / Fraction(self.was_of) if self.was_of else Fraction(0)

    @property
    def _after(self) -> Fraction:
        return Fraction(self.now) / Fraction(self.now_of) if self.now_of else Fraction(0)


@dataclass(frozen=True)
class Preview:
    """Of attempts that are over, without those of editors and of people who were erased."""

    quiz: Quiz
    attempts: int
    changes: list[ScoreChange]

    @property
    def up(self) -> int:
        return sum(one.direction > 0 for one in self.changes)

    @property
    def down(self) -> int:
        return sum(one.direction < 0 for one in self.changes)

    @property
    def newly_passed(self) -> int:
        return sum(self._passed(one) == (False, True) for one in self.changes)

    @property
    def passed_no_more(self) -> int:
        return sum(self._passed(one) == (True, False) for one in self.changes)

    def _passed(self, one: ScoreChange) -> tuple[bool, bool]:
        before = has_passed(self.quiz, one.was, one.was_of, waiting=one.attempt.waiting)
        after = has_passed(self.quiz, one.now, one.now_of, waiting=one.still_waiting)
        return bool(before), bool(after)


@dataclass(frozen=True)
class _Keys:
    """Of one version: the questions as they are marked now, and as they would be."""

    now: QuizVersion
    after: Content

    @property
    def adds_up(self) -> bool:
        """No score is held at 0, so that a score changes by what its question does."""
        every = (*self.now.questions.questions, *self.after.questions)
        return not any(one.may_be_negative for one in every)


def preview_of(
    quiz: Quiz, question_id: str, change: Change, versions: Iterable[QuizVersion] | None = None
) -> Preview:
    """Changes nothing. The changes come by name. `versions` are `versions_with`, where the caller
    has them."""
    keys = {}
    for version in versions_with(quiz, question_id) if versions is None else versions:
        key = key_for(version)
        keys[version.pk] = _Keys(key, changed_content(version, key, question_id, change))
    quick = [pk for pk, one in keys.items() if one.adds_up]
    slow = [pk for pk in keys if pk not in quick]
    seen, changes = 0, []
    for attempt in _attempts(quiz, quick, Answer.objects.filter(question=question_id)):
        seen += 1
        if found := _change_by(attempt, keys[attempt.version_id], question_id):
            changes.append(found)
    for attempt in _attempts(quiz, slow, Answer.objects.all()):
        seen += 1
        if found := _change(attempt, keys[attempt.version_id].after):
            changes.append(found)
    changes.sort(key=lambda one: (one.attempt.taker.shown_name.casefold(), one.attempt.number))
    return Preview(quiz, seen, changes)


def changed_content(
    version: QuizVersion, key: QuizVersion, question_id: str, change: Change
) -> Content:
    """Of a version that has the question; `key` marks it now."""
    now, original = key.questions, version.questions.question_of[question_id]
    made = change.after(version.pk, now.question_of[question_id], original)
    return now.with_questions([made])


def versions_with(quiz: Quiz, question_id: str) -> list[QuizVersion]:
    """Those that were published with it, not the keys to them."""
    versions = quiz.versions.filter(key_of=None).order_by("number")
    return [one for one in versions if question_id in one.questions.question_of]


def _attempts(quiz: Quiz, versions: list[int], answers: QuerySet[Answer]) -> Iterator[Attempt]:
    """With these of their answers. Whole lists are large: never all of them at once."""
    rows = Attempt.objects.filter(
        quiz=quiz,
        version__in=versions,
        state__in=FINISHED,
        is_preview=False,
        taker__erased_at=None,
    ).select_related("taker")
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        prefetch_related_objects(chunk, Prefetch("answers", queryset=answers))
        yield from chunk
        last = chunk[-1].pk


def _change_by(attempt: Attempt, keys: _Keys, question_id: str) -> ScoreChange | None:
    """By what the question itself earns."""
    if attempt.marked_with_id != keys.now.pk:
        return _change(Attempt.objects.select_related("taker").get(pk=attempt.pk), keys.after)
    answer = next(iter(attempt.answers.all()), None)
    response, given = (answer.response, answer.given) if answer else (None, None)
    was = rules.counted(keys.now.questions.question_of[question_id], response, given)
    now = rules.counted(keys.after.question_of[question_id], response, given)
    earned = (now.earned or 0) - (was.earned or 0)
    return _if_changed(
        attempt,
        Fraction(attempt.score or 0) + earned,
        Fraction(attempt.possible or 0) + now.possible - was.possible,
        attempt.waiting + now.is_waiting - was.is_waiting,
    )


def _change(attempt: Attempt, content: Content) -> ScoreChange | None:
    found = total_of(content, attempt.answers.all())
    return _if_changed(attempt, found.earned, found.possible, found.waiting)


def _if_changed(
    attempt: Attempt, earned: Fraction, possible: Fraction, waiting: int
) -> ScoreChange | None:
    now, now_of = rules.kept(earned), rules.kept(possible)
    was, was_of = attempt.score or Decimal(0), attempt.possible or Decimal(0)
    if (was, was_of) == (now, now_of):
        return None
    return ScoreChange(attempt, was, was_of, now, now_of, waiting)
