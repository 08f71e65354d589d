"""What the page of an open attempt shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from media_items.lengths import clock
from media_items.quizzes.attempts.answering import Given
from media_items.quizzes.attempts.marking import key_for
from media_items.quizzes.attempts.paging import goes_one_way, page_for, pages_of
from media_items.quizzes.attempts.reveal import revealed_while_open
from media_items.quizzes.attempts.shown import ShownQuestion, ordered_questions, shown_question
from media_items.quizzes.attempts.standings import left_after, may_answer_besides
from media_items.quizzes.attempts.watching import (
    Film,
    film_found,
    open_questions,
    openings_of,
)
from media_items.quizzes.choices import Preset, ShownWhen
from media_items.quizzes.content import Question
from media_items.quizzes.film.moments import Moment, moments_of
from media_items.quizzes.kinds import UNMARKED_KINDS
from media_items.quizzes.models import Answer, Attempt, Quiz
from media_items.quizzes.scoring.responses import BadResponse, checked
from media_items.quizzes.scoring.wholeness import is_whole
from media_items.quizzes.taking.notes import gap_in

_ONLY_SEEN = {"seen": True}
# Whoever has less than this, or than this share of their time, may hand in without what must be
# answered.
SHORT = timedelta(minutes=5)
SHORT_SHARE = 1 / 4


@dataclass(frozen=True)
class Place:
    """A question on the way to handing in: its number, and where it is. Of one that the film has
    not come to, `opens_at` says when it does, and the address is the film where it was left. `gap`
    says what is missing in an answer that was begun."""

    number: int
    url: str
    is_answered: bool
    gap: str = ""
    opens_at: str = ""


def may_check(quiz: Quiz) -> bool:
    """Whether an answer can be checked before the attempt is over."""
    return ShownWhen.AT_ONCE in {quiz.feedback_when, quiz.answers_when}


def page_context(
    attempt: Attempt,
    asked: int | None,
    *,
    is_review: bool,
    typed: Mapping[str, Given] | None = None,
    unsaved: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`asked`: the page of the address, from 1. `is_review`: what is not answered yet is listed.
    `typed` stands in the fields in place of what is saved. `unsaved`: of a question what was typed
    and not taken, to be given back beside them."""
    pages, page = pages_of(attempt), page_for(attempt, asked)
    answers = {one.question: one for one in attempt.answers.all()}
    film = film_found(attempt.quiz)
    opened = open_questions(attempt, pages[page] if pages else [], film)
    questions = shown_of(attempt, opened, _with_typed(attempt, answers, typed or {}))
    every = ordered_questions(attempt)
    answered = {name for name, one in answers.items() if is_given(one)}
    counted = [(one, answers.get(one.id)) for one in every if needs_answer(one)]
    whole = sum(is_answered(*one) for one in counted)
    moments = moments_of(attempt, answered, film) if attempt.quiz.film_id else []
    return {
        "item": attempt.quiz.item,
        "quiz": attempt.quiz,
        "attempt": attempt,
        "film_found": film,
        "questions": questions,
        "moments": moments,
        "parts": _parts(attempt, pages[page] if pages else [], questions, moments, unsaved or {}),
        "page": page + 1,
        "page_total": len(pages),
        "has_previous": page > 0 and not goes_one_way(attempt),
        "has_next": page + 1 < len(pages),
        "may_check": may_check(attempt.quiz),
        "answered": whole,
        "partly": sum(is_given(one) for _question, one in counted) - whole,
        "total": len(counted),
        "missing_elsewhere": _missing_elsewhere(attempt, answers, questions),
        "saved_at": max((one.saved_at for one in answers.values()), default=None),
        "places": _places(attempt, every, answers) if len(pages) > 1 else [],
        "goes_one_way": goes_one_way(attempt),
        **clock_of(attempt),
        **(_review(attempt, every, answers, page, film) if is_review else {}),
    }


def _with_typed(
    attempt: Attempt, answers: dict[str, Answer], typed: Mapping[str, Given]
) -> dict[str, Answer]:
    """What cannot be an answer is left out, and what is final stays."""
    found = dict(answers)
    for question_id, given in typed.items():
        question = attempt.version.questions.question_of[question_id]
        answer = copy(answers.get(question_id) or Answer(attempt=attempt, question=question_id))
        with suppress(BadResponse):
            answer.response = checked(question, given.response)
            answer.revision = given.revision
            if not answer.is_final:
                found[question_id] = answer
    return found


@dataclass(frozen=True)
class Part:
    """A question on the page, or the place of one that the film has not come to. `is_next`: it is
    the first of those. `typed`: what was not taken of it."""

    question: ShownQuestion | None = None
    later: Moment | None = None
    is_next: bool = False
    typed: str = ""


def _parts(
    attempt: Attempt,
    asked: list[Question],
    shown: list[ShownQuestion],
    moments: list[Moment],
    unsaved: Mapping[str, str],
) -> list[Part]:
    """In one order, whether they are open or not, so that nothing moves when they are."""
    of_shown = {one.id: one for one in shown}
    later = {one.id: one for one in moments if not one.is_open}
    first = next(iter(later), "")
    return [
        Part(
            of_shown.get(one.id),
            later.get(one.id),
            is_next=one.id == first,
            typed=unsaved.get(one.id, ""),
        )
        for one in asked
        if one.id in of_shown or one.id in later
    ]


def shown_of(
    attempt: Attempt, questions: Iterable[Question], answers: dict[str, Answer]
) -> list[ShownQuestion]:
    """As they are while the attempt is open. What was checked is shown by the newest key."""
    is_any_checked = any(one.is_final for one in answers.values())
    key = key_for(attempt.version).questions if is_any_checked else None
    may_answer_more = is_any_checked and may_answer_besides(attempt)
    numbers = {one: place for place, one in enumerate(attempt.order["questions"], start=1)}
    return [
        shown_question(
            attempt,
            one,
            answers.get(one.id),
            number=numbers[one.id],
            revealed=revealed_while_open(
                attempt.quiz,
                is_checked=one.id in answers and answers[one.id].is_final,
                may_answer_more=may_answer_more,
            ),
            key=key,
        )
        for one in questions
    ]


def needs_answer(question: Question) -> bool:
    """A reflection point needs none, so that it is neither counted nor missed."""
    return question.kind not in UNMARKED_KINDS


def is_given(answer: Answer | None) -> bool:
    """A reflection point that was only seen is not."""
    return answer is not None and answer.response is not None and answer.response != _ONLY_SEEN


def is_answered(question: Question, answer: Answer | None) -> bool:
    """By a whole answer, or one that is final as it is."""
    if answer is None or not is_given(answer):
        return False
    return answer.is_final or is_whole(question, answer.response)


def clock_of(attempt: Attempt, moment: datetime | None = None) -> dict[str, Any]:
    """Whole seconds left, never below 0; None without a deadline. `until` names the deadline, so
    that a page knows when it has become another one."""
    if attempt.deadline is None:
        return {"seconds_left": None, "until": ""}
    left = (attempt.deadline - (moment or timezone.now())).total_seconds()
    return {"seconds_left": max(0, math.floor(left)), "until": attempt.deadline.isoformat()}


def is_short(attempt: Attempt) -> bool:
    if attempt.deadline is None:
        return False
    whole = attempt.deadline - attempt.started_at
    return attempt.deadline - timezone.now() < min(SHORT, whole * SHORT_SHARE)


def missing_in(attempt: Attempt) -> list[Question]:
    """What must be answered before going on, is not, and still can be. Where there is no way back,
    of the page that is open alone."""
    pages = pages_of(attempt)
    within = pages[page_for(attempt, None)] if goes_one_way(attempt) else ordered_questions(attempt)
    if not any(one.is_required for one in within):
        return []
    done = _done_in(attempt)
    return [one for one in within if one.is_required and one.id not in done]


def may_hand_in(attempt: Attempt) -> bool:
    """Whether nothing must be answered first, on the pages that are still to come, too, or the time
    is short."""
    if is_short(attempt):
        return True
    must = [one for one in _still_open(attempt) if one.is_required]
    done = _done_in(attempt) if must else set()
    return all(one.id in done for one in must)


def _done_in(attempt: Attempt) -> set[str]:
    """What has an answer, or one that is final and empty."""
    done = Q(response__isnull=False) | Q(is_final=True)
    return set(attempt.answers.filter(done).values_list("question", flat=True))


def _still_open(attempt: Attempt) -> list[Question]:
    """What can be answered: where there is no way back, on the page that is open and after it."""
    pages = pages_of(attempt)
    within = pages[page_for(attempt, None) :] if goes_one_way(attempt) else pages
    return [one for page in within for one in page]


def unanswered_in(attempt: Attempt) -> bool:
    """Whether anything that needs an answer is still without a whole one, and can get one."""
    answers = {one.question: one for one in attempt.answers.all()}
    return any(_is_missed(one, answers) for one in _still_open(attempt))


def _is_missed(question: Question, answers: dict[str, Answer]) -> bool:
    answer = answers.get(question.id)
    is_over = answer is not None and answer.is_final
    return needs_answer(question) and not is_over and not is_answered(question, answer)


def _missing_elsewhere(
    attempt: Attempt, answers: dict[str, Answer], here: list[ShownQuestion]
) -> list[dict[str, Any]]:
    """Of the other pages, for js/quiz/missing.js: it asks where the site can’t be reached."""
    on_page = {one.id for one in here}
    numbers = {one: place for place, one in enumerate(attempt.order["questions"], start=1)}
    return [
        {
            "id": one.id,
            "number": numbers[one.id],
            "must": one.is_required and not is_given(answers.get(one.id)),
        }
        for one in _still_open(attempt)
        if one.id not in on_page and _is_missed(one, answers)
    ]


def attempt_url(attempt: Attempt, **query: int) -> str:
    address = reverse(
        "media_items:quiz_attempt", args=[attempt.quiz.item.public_id, attempt.public_id]
    )
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{address}?{asked}" if asked else address


def _places(attempt: Attempt, every: list[Question], answers: dict[str, Answer]) -> list[Place]:
    """Of a quiz with a page for each question."""
    if goes_one_way(attempt):
        return []
    return [
        _place(attempt, one, number, answers.get(one.id))
        for number, one in enumerate(every, start=1)
    ]


def _place(attempt: Attempt, question: Question, number: int, answer: Answer | None) -> Place:
    done = is_answered(question, answer)
    gap = "" if done or answer is None else gap_in(question, answer.response)
    return Place(number, attempt_url(attempt, page=number), done, gap)


def _review(
    attempt: Attempt,
    every: list[Question],
    answers: dict[str, Answer],
    page: int,
    film: Film,
) -> dict[str, Any]:
    """What is not answered: what must be, and what need not be."""
    missing = {one.id for one in missing_in(attempt)}
    is_single = len(pages_of(attempt)) == 1
    reached = {one.id for one in open_questions(attempt, every, film)}
    openings = openings_of(attempt, film)
    required: list[Place] = []
    others: list[Place] = []
    partly: list[Place] = []
    for number, one in enumerate(every, start=1):
        is_past = goes_one_way(attempt) and number <= page
        if (
            is_answered(one, answers.get(one.id))
            or is_past
            or (one.kind in UNMARKED_KINDS and one.id not in missing)
        ):
            continue
        shown_on = 1 if is_single else number
        if one.id in reached or one.id not in openings:
            at = attempt_url(attempt, page=shown_on, review=1)
            gap = gap_in(one, answers[one.id].response) if one.id in answers else ""
            place = Place(number, f"{at}#q-{one.id}", is_answered=False, gap=gap)
        else:
            at = attempt_url(attempt, page=shown_on, t=attempt.watched_ms // 1000)
            opens_at = clock(openings[one.id] // 1000)
            place = Place(number, f"{at}#film", is_answered=False, opens_at=opens_at)
        (required if one.id in missing else partly if place.gap else others).append(place)
    return {
        "is_review": True,
        "missing": missing,
        "required": required,
        "unanswered": others,
        "partly_answered": partly,
        "watched_to": clock(attempt.watched_ms // 1000),
        "may_hand_in": may_hand_in(attempt),
        "left_after": None if attempt.is_preview else left_after(attempt),
        "is_survey": attempt.quiz.preset == Preset.SURVEY,
    }
