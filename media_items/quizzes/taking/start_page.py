"""The page of a quiz for whoever takes it: what it asks, and the way in. It starts nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url

from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.quizzes import texts
from media_items.quizzes.attempts import claims
from media_items.quizzes.attempts.persons import is_proven
from media_items.quizzes.attempts.refusals import (
    Closed,
    Interrupted,
    NoAttemptsLeft,
    NoIdentity,
    NotPublished,
)
from media_items.quizzes.attempts.reveal import Standing, revealed
from media_items.quizzes.attempts.standings import standing_of
from media_items.quizzes.attempts.starting import Chance, chance_of
from media_items.quizzes.attempts.takers import is_counted_by_browser
from media_items.quizzes.attempts.terms import packed, terms_of
from media_items.quizzes.attempts.windows import Window, limit_for
from media_items.quizzes.choices import AttemptState, KeptScore, Preset
from media_items.quizzes.models import Attempt, Quiz
from media_items.quizzes.pages import pages_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.taking.attempt_page import attempt_url
from media_items.quizzes.taking.result_page import result_url
from media_items.quizzes.taking.rules_in_words import (
    attempts_in_words,
    limit_in_words,
    rules_in_words,
    terms_in_words,
)
from media_items.quizzes.taking.scores import Score, score_of
from media_items.requests import FoyerRequest
from media_items.responses import with_next
from media_items.visitors import Identity

TEMPLATE = "media_items/quizzes/taking/_start.html"
NEW = "new"  # in the address: the names of terms that are others than the page had promised

_NEVER_AGAIN = frozenset({Closed.reason, NoAttemptsLeft.reason, Interrupted.reason})


@dataclass(frozen=True)
class PastAttempt:
    """`score` is None where it may not be seen yet, or is none. `counts`: of several it is the one
    that gives the score."""

    number: int
    state: str
    label: str
    ended_at: datetime | None
    score: Score | None
    counts: bool
    url: str


def start_page(request: FoyerRequest, item: MediaItem) -> dict[str, Any]:
    """The context of `_player.html` for a quiz."""
    quiz = quiz_of(item)
    shown: dict[str, Any] = {
        "player": TEMPLATE,
        "quiz": quiz,
        "quiz_pages": pages_of(item),
        "may_edit_questions": Ability.EDIT_QUESTIONS in item.abilities,
        "is_title_first": True,
    }
    if quiz.pk is None or quiz.published is None:
        return shown | {"refusal": NotPublished.reason, "is_bare": True}
    identity = request.visitor.identity_on(item)
    chance = chance_of(quiz, identity, item.abilities)
    content = quiz.published.questions
    window, refusal = _window_now(chance), _refusal(chance, identity)
    is_typed = is_counted_by_browser(identity)
    is_counted = window.attempts is not None and chance.used > 0
    names = request.GET.get(NEW, "").split(",")
    return shown | {
        "taker": identity,
        "welcome": texts.block(quiz.welcome) if quiz.welcome else "",
        "question_total": len(content.questions),
        "points_total": content.points if quiz.is_scored else None,
        "window": window,
        "limit": limit_in_words(window.limit),
        "attempts": attempts_in_words(
            chance.window, chance.used, is_open=chance.attempt is not None
        ),
        "rules": rules_in_words(
            quiz,
            window,
            is_typed=is_typed,
            is_open=chance.attempt is not None,
            is_over=refusal in _NEVER_AGAIN,
        ),
        "terms": packed(terms_of(quiz, chance.window)),
        "new_terms": terms_in_words(names, window) if not (refusal or chance.attempt) else [],
        "is_survey": quiz.preset == Preset.SURVEY,
        "chance": chance,
        "refusal": refusal,
        "has_earlier": _has_earlier(quiz, identity, item),
        "leaving_asks": chance.attempt is not None or (is_typed and is_counted),
        "go_on_url": attempt_url(chance.attempt) if chance.attempt else "",
        "past": _past(quiz, chance),
        "sign_in_url": with_next(resolve_url(settings.LOGIN_URL), item.get_absolute_url()),
    }


def _window_now(chance: Chance) -> Window:
    """For the attempt that is open, which keeps its time, or for the next one."""
    if chance.attempt is None:
        return chance.window
    return replace(chance.window, limit=limit_for(chance.attempt, chance.window))


def _has_earlier(quiz: Quiz, identity: Identity, item: MediaItem) -> bool:
    """Whether they are still to be asked about attempts in other browsers."""
    if Ability.TAKE_QUIZ not in item.abilities or identity.is_blocked:
        return False
    return is_proven(identity) and claims.unclaimed(quiz, identity).exists()


def _refusal(chance: Chance, identity: Identity) -> str:
    """A word for the template, which has the sentence and the way on."""
    if chance.refusal is None:
        return ""
    if isinstance(chance.refusal, NoIdentity) and identity.key:
        return "blocked" if identity.is_blocked else "no-right"
    return chance.refusal.reason


def _past(quiz: Quiz, chance: Chance) -> list[PastAttempt]:
    ended = [one for one in chance.attempts if one.state != AttemptState.OPEN]
    if not ended:
        return []
    standing = standing_of(quiz, chance)
    is_one_of = chance.window.attempts != 1 and quiz.kept_score != KeptScore.AVERAGE
    return [_past_attempt(quiz, one, standing, is_one_of=is_one_of) for one in ended]


def _past_attempt(
    quiz: Quiz, attempt: Attempt, standing: Standing, *, is_one_of: bool
) -> PastAttempt:
    attempt.quiz = quiz
    may_see = revealed(quiz, attempt, standing).score
    score = score_of(quiz, attempt) if may_see else None
    return PastAttempt(
        number=attempt.number,
        state=attempt.state,
        label=attempt.get_state_display(),
        ended_at=attempt.ended_at,
        score=score,
        counts=is_one_of and score is not None and attempt.is_kept,
        url=result_url(attempt),
    )
