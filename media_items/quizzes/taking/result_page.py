"""What somebody sees of an attempt of theirs that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from media_items.abilities import Ability
from media_items.quizzes.attempts.paging import seen_in
from media_items.quizzes.attempts.reveal import Revealed, Standing, revealed
from media_items.quizzes.attempts.shown import ordered_questions, shown_question
from media_items.quizzes.attempts.standings import standing_of
from media_items.quizzes.attempts.starting import Chance, chance_of
from media_items.quizzes.attempts.takers import is_counted_by_browser
from media_items.quizzes.choices import FINISHED, AttemptState, KeptScore, Preset, ShownWhen
from media_items.quizzes.models import Attempt, Quiz
from media_items.quizzes.taking.rules_in_words import KEPT
from media_items.quizzes.taking.scores import Score, score_of
from media_items.requests import FoyerRequest
from media_items.visitors import Identity


@dataclass(frozen=True)
class ResultPart:
    """What another room adds under the score. `context` is None where there is nothing to add;
    `score` is None where it may not be seen."""

    template: str
    order: int
    context: Callable[[FoyerRequest, Attempt, Score | None], dict[str, Any] | None]


_parts: dict[str, ResultPart] = {}


def register_result_part(part: ResultPart) -> None:
    """At start-up. A second call with the same template replaces the first."""
    _parts[part.template] = part


def result_url(attempt: Attempt) -> str:
    return reverse("media_items:quiz_result", args=[attempt.quiz.item.public_id, attempt.public_id])


def over_said(attempt: Attempt) -> dict[str, Any]:
    """JSON of one that is over for a page that has it open: where the result is, and whether it was
    handed in before its time was up."""
    attempt.refresh_from_db(fields=["state"])
    return {"over": result_url(attempt), "handedIn": attempt.state == AttemptState.HANDED_IN}


def result_context(request: FoyerRequest, attempt: Attempt) -> dict[str, Any]:
    """SECURITY: whatever is here has passed `reveal.revealed`."""
    quiz, item = attempt.quiz, attempt.quiz.item
    identity = request.visitor.identity_on(item)
    chance = chance_of(quiz, identity, item.abilities)
    standing = standing_of(quiz, chance)
    may_see = revealed(quiz, attempt, standing)
    score = score_of(quiz, attempt) if may_see.score else None
    return {
        "item": item,
        "quiz": quiz,
        "attempt": attempt,
        "identity": identity,
        "is_over": True,
        "is_survey": quiz.preset == Preset.SURVEY,
        "leaving_asks": chance.attempt is not None or _is_left_behind(chance, identity),
        "revealed": may_see,
        "score": score,
        "may_try_again": _may_try_again(chance, item.abilities),
        "counting": _counting(quiz, attempt, chance, standing) if score else None,
        "later": _later(attempt, may_see, standing),
        "questions": _questions(attempt, may_see),
        "parts": _parts_of(request, attempt, score),
    }


def _questions(attempt: Attempt, may_see: Revealed) -> list[Any]:
    """SECURITY: of one that is not finished, and may go on, only those that they have seen."""
    answers = {one.question: one for one in attempt.answers.all()}
    seen = seen_in(attempt, answers)
    return [
        shown_question(attempt, one, answers.get(one.id), number=number, revealed=may_see)
        for number, one in enumerate(ordered_questions(attempt), start=1)
        if one.id in seen
    ]


def _may_try_again(chance: Chance, abilities: frozenset[Ability]) -> bool:
    return chance.refusal is None and Ability.TAKE_QUIZ in abilities


def _is_left_behind(chance: Chance, identity: Identity) -> bool:
    return chance.window.attempts is not None and is_counted_by_browser(identity)


@dataclass(frozen=True)
class Counting:
    """Of several attempts, in a sentence, which gives the score; `is_this`: the one that is shown
    does; `is_so_far`: until all are marked. Else `number`, `url` and `score` are of the one that
    does, where its score may be seen."""

    rule: Promise
    is_this: bool
    is_so_far: bool = False
    number: int = 0
    url: str = ""
    score: Score | None = None


def _counting(quiz: Quiz, shown: Attempt, chance: Chance, standing: Standing) -> Counting | None:
    """None where somebody has one attempt. Of an average each attempt is a part."""
    if chance.window.attempts == 1 or shown.state not in FINISHED:
        return None
    rule = KEPT[quiz.kept_score]
    waiting = [
        one for one in chance.attempts if one.state in FINISHED and one.waiting and not one.is_kept
    ]
    is_so_far = quiz.kept_score == KeptScore.BEST and bool(waiting)
    if quiz.kept_score == KeptScore.AVERAGE or shown.is_kept:
        is_this = shown.is_kept and quiz.kept_score != KeptScore.AVERAGE
        return Counting(rule, is_this=is_this, is_so_far=is_so_far)
    kept = next((one for one in chance.attempts if one.is_kept), None)
    if kept is None or not revealed(quiz, kept, standing).score:
        return Counting(rule, is_this=False)
    kept.quiz = quiz
    return Counting(
        rule,
        is_this=False,
        is_so_far=is_so_far,
        number=kept.number,
        url=result_url(kept),
        score=score_of(quiz, kept),
    )


@dataclass(frozen=True)
class Later:
    """What comes later: `what` is "score", "feedback" or "answers"; `when` as the quiz says it;
    `at` where the time is known."""

    what: str
    when: str
    at: datetime | None


def _later(attempt: Attempt, may_see: Revealed, standing: Standing) -> list[Later]:
    """Of one that is not finished nothing comes by itself."""
    if attempt.state not in FINISHED:
        return []
    quiz = attempt.quiz
    wanted = [
        ("score", quiz.score_when, may_see.score, quiz.is_scored),
        ("feedback", quiz.feedback_when, may_see.feedback, quiz.is_scored),
        ("answers", quiz.answers_when, may_see.answers, True),
    ]
    found = [
        Later(what, when, standing.saved_until if when == ShownWhen.CLOSED else None)
        for what, when, is_seen, is_any in wanted
        if is_any and not is_seen and when in {ShownWhen.CLOSED, ShownWhen.LAST_ATTEMPT}
    ]
    if quiz.answers_when in {ShownWhen.AT_ONCE, ShownWhen.HANDED_IN} and not may_see.answers:
        found.append(Later("answers", ShownWhen.LAST_ATTEMPT, None))
    return found


def _parts_of(request: FoyerRequest, attempt: Attempt, score: Score | None) -> list[dict[str, Any]]:
    made = [
        (part, part.context(request, attempt, score))
        for part in sorted(_parts.values(), key=lambda one: one.order)
    ]
    return [{**context, "template": part.template} for part, context in made if context is not None]
