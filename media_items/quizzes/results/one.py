"""One attempt as its host reads it: every answer with its marks, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from media_items.quizzes.attempts.claims import only_typed
from media_items.quizzes.attempts.marking import beyond_allowed, key_for
from media_items.quizzes.attempts.passing import has_passed
from media_items.quizzes.attempts.reveal import EVERYTHING
from media_items.quizzes.attempts.shown import ShownQuestion, ordered_questions, shown_question
from media_items.quizzes.attempts.takers import bound_to
from media_items.quizzes.choices import FINISHED, AttemptState, Claim
from media_items.quizzes.models import Answer, AnswerEvent, Attempt, QuizChange, Taker
from media_items.quizzes.numbering import paper_numbers
from media_items.quizzes.results import trail, words
from media_items.quizzes.results.rows import TakerRow, length_of, rounded, rows_of
from media_items.quizzes.results.scores import percent_of

MOST_EVENTS = 500


@dataclass(frozen=True)
class AnswerRow:
    """`in_words` is the answer in one line, as pages show it. `by_hand`: a person gave points.
    `shown.number` is that of its taker."""

    number: int
    shown: ShownQuestion
    in_words: str
    answer: Answer | None

    @property
    def by_hand(self) -> bool:
        return self.answer is not None and self.answer.given is not None


@dataclass(frozen=True)
class EventRow:
    one: AnswerEvent
    what: str
    number: int | None
    for_taker: int | None
    in_words: str


def attempt_page(attempt: Attempt) -> dict[str, Any]:
    """The context of the page. A fixed number of queries."""
    quiz, taker = attempt.quiz, attempt.taker
    [row] = rows_of([taker], quiz, quiz.item)
    attempts = sorted(row.attempts, key=lambda one: one.number)
    changes = QuizChange.objects.filter(attempt=attempt).select_related("taker", "attempt", "by")
    may_count = attempt.state in FINISHED | {AttemptState.INTERRUPTED}
    is_somebody = taker.erased_at is None
    numbers = paper_numbers(quiz)
    return {
        "quiz": quiz,
        "attempt": attempt,
        "row": row,
        "state": words.state_of(attempt.state),
        "attempts": attempts if len(attempts) > 1 else [],
        "beyond": beyond_allowed(taker, quiz, attempts),
        "answers": _answers(attempt, numbers),
        "events": _events(attempt, numbers),
        "took": words.length(length_of(attempt)),
        "changes": trail.rows_of_changes(quiz, changes.order_by("-at", "-pk")),
        "merged": _merged(taker),
        "unverified_before": _unverified_before(attempt),
        "may_go_on": attempt.state == AttemptState.INTERRUPTED and is_somebody,
        "may_end": attempt.state in {AttemptState.OPEN, AttemptState.INTERRUPTED} and is_somebody,
        "may_mark": attempt.state in FINISHED and is_somebody,
        "may_void": may_count,
        "may_count_again": attempt.state == AttemptState.VOIDED,
        **_score(attempt, row),
    }


@dataclass(frozen=True)
class MergedRow:
    """Who was merged into a person, and whether the host may separate them again."""

    taker: Taker
    may_separate: bool


def _merged(taker: Taker) -> list[MergedRow]:
    rows = list(Taker.objects.filter(merged_into=taker).order_by("pk"))
    bound = bound_to(taker) if rows else set()
    return [MergedRow(one, one.pk not in bound) for one in rows]


@dataclass(frozen=True)
class Unverified:
    """Attempts under an address that its person has proven, in browsers that only typed it; of
    `denied` the person has said that they were not theirs."""

    total: int
    denied: int


def _unverified_before(attempt: Attempt) -> Unverified | None:
    """Those begun before the end of this one, where attempts are limited: they bind nobody, and may
    have shown the key. SECURITY: what the person says of them hides none."""
    quiz, taker = attempt.quiz, attempt.taker
    if quiz.attempts_allowed is None or not taker.proven_persons:
        return None
    typed = only_typed(quiz, taker.proven_persons).values("pk")
    moved = Q(moved_from__in=typed)
    rows = Attempt.objects.filter(moved | Q(taker__in=typed), quiz=quiz, is_preview=False)
    if attempt.state in FINISHED and attempt.ended_at:
        rows = rows.filter(started_at__lt=attempt.ended_at)
    denied = Q(taker__claim=Claim.NOT_THEIRS) | Q(moved_from__claim=Claim.NOT_THEIRS)
    found = rows.exclude(taker=taker).aggregate(
        total=Count("pk"), denied=Count("pk", filter=denied)
    )
    return Unverified(**found) if found["total"] else None


def _score(attempt: Attempt, row: TakerRow) -> dict[str, Any]:
    # What somebody erased had typed is marked by nobody any more.
    waiting = attempt.waiting if row.taker.erased_at is None else 0
    if not row.quiz.is_scored or not attempt.possible:
        return {"score": None, "waiting": waiting}
    return {
        "waiting": waiting,
        "score": rounded(attempt.score),
        "possible": rounded(attempt.possible),
        "percent": percent_of(attempt.score, attempt.possible),
        "is_passed": has_passed(row.quiz, attempt.score, attempt.possible, waiting=waiting),
    }


def _answers(attempt: Attempt, numbers: Mapping[str, int]) -> list[AnswerRow]:
    answers = {one.question: one for one in attempt.answers.select_related("marked_by")}
    key = None if attempt.marked_with else key_for(attempt.version).questions
    rows = [
        AnswerRow(
            number=numbers[one.id],
            shown=shown_question(
                attempt, one, answers.get(one.id), number=number, revealed=EVERYTHING, key=key
            ),
            in_words=words.answer_in_line(
                one, answers[one.id].response if one.id in answers else None
            ),
            answer=answers.get(one.id),
        )
        for number, one in enumerate(ordered_questions(attempt), start=1)
    ]
    return sorted(rows, key=lambda row: row.number)


def _events(attempt: Attempt, numbers: Mapping[str, int]) -> list[EventRow]:
    """The newest, in the order in which they happened."""
    for_taker = {one.id: n for n, one in enumerate(ordered_questions(attempt), start=1)}
    questions = attempt.version.questions.question_of
    newest = attempt.events.order_by("-at", "-pk")[:MOST_EVENTS]
    return [
        EventRow(
            one=one,
            what=words.event_in_words(one.what),
            number=numbers.get(one.question),
            for_taker=for_taker.get(one.question),
            in_words=words.answer_in_words(questions[one.question], one.response)
            if one.question in questions
            else "",
        )
        for one in reversed(newest)
    ]
