"""The plain form of an attempt: whatever is pressed, what is on the page is saved first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.moments import written
from media_items.numbers import whole_number
from media_items.quizzes.attempts import answering, hints, paging
from media_items.quizzes.attempts.answering import Saved
from media_items.quizzes.attempts.refusals import NotReached
from media_items.quizzes.attempts.shown import ordered_questions
from media_items.quizzes.attempts.watching import is_held, openings_of, watch
from media_items.quizzes.content import Question
from media_items.quizzes.models import Attempt
from media_items.quizzes.scoring.responses import BadResponse, Response, checked
from media_items.quizzes.taking.attempt_page import (
    attempt_url,
    clock_of,
    is_short,
    may_check,
    missing_in,
)
from media_items.quizzes.taking.given import (
    counted,
    given_back,
    given_of,
    given_on_page,
    page_of,
    typed_in,
)
from media_items.quizzes.taking.notes import note_on_page
from media_items.refusals import NotNow, Refusal
from media_items.requests import FoyerRequest

LANGUAGE = "language:"  # the act of a button of the foot
LONGEST_MS = 48 * 60 * 60 * 1000

type Act = Callable[[FoyerRequest, Attempt, Question], None]


@dataclass(frozen=True)
class Posted:
    """What has come of a page: what could not be saved, which is said on the next page, each with
    what was typed where a newer answer stays; and the last question on it whose answer is another
    one now, or could not be."""

    unsaved: dict[str, str]
    last: str


def save_posted(request: FoyerRequest, attempt: Attempt, *, act: str = "") -> Posted:
    """Raises `AttemptOver`. `act` clears an answer, or takes what was given back
    (`_given_back.html`)."""
    content = attempt.version.questions
    given = given_on_page(content, request.POST)
    name, _colon, of = act.partition(":")
    if of in given and name == "clear":
        given[of] = answering.Given(None, given[of].revision)
    if of in given and name == "use":
        given[of] = given_back(content.question_of[of], request.POST)
    found = answering.save_page(
        attempt=attempt,
        given=given,
        page=page_of(request.POST),
        count=counted(request.POST, "count"),
    )
    numbers = {one.id: place for place, one in enumerate(ordered_questions(attempt), start=1)}
    unsaved: dict[str, str] = {}
    last = ""
    for question_id, saved in found.items():
        if not isinstance(saved, Saved) or (
            saved.revision != given[question_id].revision and saved.response != {"seen": True}
        ):
            last = question_id
        number = numbers.get(question_id, 0)
        if said := _problem(saved, number):
            messages.warning(request, said)
            is_older = isinstance(saved, Saved)
            unsaved[question_id] = typed_in(given[question_id]) if is_older else ""
        elif isinstance(saved, Saved) and not page_of(request.POST):
            question = attempt.version.questions.question_of[question_id]
            if note := note_on_page(question, saved.response, request.POST, number):
                messages.info(request, note)
    return Posted(unsaved, last)


def tell_time(request: FoyerRequest, attempt: Attempt) -> None:
    """Where the page that was sent had another end of the time: the next one says it, once."""
    shown = request.POST.get("until")
    if shown is None or shown == clock_of(attempt)["until"]:
        return
    if attempt.deadline is None:
        messages.info(request, _("Your time has changed: there is no time limit any more."))
        return
    end = written(attempt.deadline, "seconds")
    messages.info(request, _("Your time has changed: it is up at %(end)s now.") % {"end": end})


def late_in(request: FoyerRequest, attempt: Attempt) -> list[tuple[int, str]] | None:
    """Of an attempt that is over: None where the page holds no other answer than what is stored;
    else the number of each question with what was typed and is not stored."""
    content = attempt.version.questions
    stored = dict(attempt.answers.values_list("question", "response"))
    given = given_on_page(content, request.POST)
    late = [
        (number, typed_in(given[one.id]))
        for number, one in enumerate(ordered_questions(attempt), start=1)
        if one.id in given and _is_other(one, given[one.id], stored.get(one.id))
    ]
    return [(number, typed) for number, typed in late if typed] if late else None


def _is_other(question: Question, given: answering.Given, stored: Response) -> bool:
    try:
        response = checked(question, given.response)
    except BadResponse:
        return True
    return response not in (stored, {"seen": True})


def _problem(saved: Saved | Exception, number: int) -> str:
    if isinstance(saved, Saved):
        if saved.was_newer:
            return _(
                "Question %(number)d: a newer answer was saved in another tab or on another "
                "device. You now see that one."
            ) % {"number": number}
        return ""
    if isinstance(saved, Refusal):
        return str(saved)
    return _("Question %(number)d: this answer couldn’t be saved. Check it and save again.") % {
        "number": number
    }


def do(request: FoyerRequest, attempt: Attempt, act: str, *, page: int, last: str = "") -> str:
    """What was pressed, once all is saved; returns where to go on. `page` is the one it was pressed
    on, from 1, `last` that of `Posted`. Raises `Refusal`; Http404 for a question that is none of
    this attempt's."""
    name, _colon, question_id = act.partition(":")
    if name in {"next", "previous"}:
        return _turn(attempt, page, 1 if name == "next" else -1)
    if name == "page" and not paging.goes_one_way(attempt):
        to = whole_number(question_id, at_most=10_000, default=1)
        paging.move_to(attempt, to - 1, after=page - 1)
        return attempt_url(attempt, page=to)
    if name == "film":
        return _watched(attempt, whole_number(question_id, at_most=LONGEST_MS, default=0))
    if name in _OF_A_QUESTION:
        question = question_of(attempt, question_id)
        _OF_A_QUESTION[name](request, attempt, question)
        return f"{attempt_url(attempt, page=page)}#q-{question.id}"
    if attempt.deadline and timezone.now() > attempt.deadline:
        messages.warning(
            request,
            _("Saved. Your time is up: hand in now. In a few seconds nothing more is taken."),
        )
    else:
        messages.success(request, _("Saved."))
    place = f"q-{last}" if last and name == "enter" else "quiz-steps"
    return f"{attempt_url(attempt, page=page)}#{place}"


def question_of(attempt: Attempt, question_id: str) -> Question:
    question = attempt.version.questions.question_of.get(question_id)
    if question is None:
        raise Http404
    return question


def check(request: FoyerRequest, attempt: Attempt, question: Question) -> None:
    """The answer is final, and what may be seen of it is seen. Raises `Refusal`."""
    if not may_check(attempt.quiz):
        raise NotNow
    given = given_of(question, request.POST)
    try:
        answering.save(
            attempt=attempt,
            question_id=question.id,
            given=given.response,
            revision=given.revision,
            page=page_of(request.POST),
            count=counted(request.POST, "count") + 1,
            final=True,
        )
    except BadResponse as error:
        raise NotNow(_("This answer couldn’t be checked. Check what you entered.")) from error


def hint(request: FoyerRequest, attempt: Attempt, question: Question) -> None:
    hints.read_hint(attempt=attempt, question_id=question.id)


def _cleared(request: FoyerRequest, attempt: Attempt, question: Question) -> None:
    """Saved as empty with the page."""


def _used(request: FoyerRequest, attempt: Attempt, question: Question) -> None:
    """Saved with the page."""
    messages.success(request, _("Saved."))


_OF_A_QUESTION: dict[str, Act] = {
    "hint": hint,
    "check": check,
    "clear": _cleared,
    "use": _used,
}


def _watched(attempt: Attempt, at_ms: int) -> str:
    """Without script: somebody says how far they have watched. Raises `NotReached` where that
    cannot be yet."""
    watched = watch(attempt=attempt, at_ms=at_ms)
    if watched.watched_ms < at_ms:
        if is_held(watched):
            raise NotReached(_("A question must be answered before the film goes on."))
        raise NotReached(_("You can’t have watched that far yet. Watch on, and press it then."))
    openings = openings_of(attempt)
    here = [one.id for one in ordered_questions(attempt) if openings.get(one.id) == at_ms]
    return f"{attempt_url(attempt)}#q-{here[0]}" if here else attempt_url(attempt)


def _turn(attempt: Attempt, page: int, step: int) -> str:
    """Where there is no way back, what must be answered is answered first."""
    if step > 0 and paging.goes_one_way(attempt) and missing_in(attempt) and not is_short(attempt):
        return f"{attempt_url(attempt, page=page, review=1)}#review"
    paging.move_to(attempt, page - 1 + step, after=page - 1)
    return attempt_url(attempt, page=max(1, page + step))
