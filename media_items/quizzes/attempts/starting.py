"""Starting an attempt: once, however often it is pressed."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models import Window as Over
from django.utils import timezone

from media_items.abilities import Ability
from media_items.catalogue.models import Phase
from media_items.kept_people import keep
from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.exemptions import exemption_by
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.persons import is_proven, proven_persons
from media_items.quizzes.attempts.refusals import (
    Closed,
    FilmNotReady,
    Interrupted,
    NoAttemptsLeft,
    NoIdentity,
    NotOpenYet,
    NotPublished,
    NotVerified,
    TermsChanged,
)
from media_items.quizzes.attempts.spent import spent
from media_items.quizzes.attempts.takers import (
    become_taker,
    bring_together,
    counted_for,
    find_taker,
    keys_of,
    know_by,
)
from media_items.quizzes.attempts.terms import new_since, terms_of
from media_items.quizzes.attempts.watching import FilmState, film_state
from media_items.quizzes.attempts.windows import Window, deadline_of, window_of
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Content, Question
from media_items.quizzes.kinds import CHOICE_KINDS, QuestionKind
from media_items.quizzes.models import Attempt, Quiz, Taker
from media_items.refusals import Refusal
from media_items.visitors import Identity

MOST_LISTED = 20


@dataclass(frozen=True)
class Chance:
    """What somebody can do with a quiz now. `refusal` is why they cannot start; None where they
    can, and where `attempt` is open. `attempts` are the newest `MOST_LISTED` that they may open,
    the newest first; `used` counts all, and what a host has merged with them."""

    taker: Taker | None
    window: Window
    attempt: Attempt | None
    used: int
    refusal: Refusal | None
    attempts: tuple[Attempt, ...] = ()

    @property
    def attempts_left(self) -> int | None:
        return None if self.window.attempts is None else max(0, self.window.attempts - self.used)


def window_for(quiz: Quiz, identity: Identity) -> Window:
    """When, how long and how often they may take it."""
    return _window_for(quiz, identity, find_taker(quiz, identity))


def _window_for(quiz: Quiz, identity: Identity, taker: Taker | None) -> Window:
    persons, keys = proven_persons(identity), keys_of(quiz, identity)
    return window_of(quiz, exemption_by(quiz, taker, persons=persons, keys=keys))


def chance_of(quiz: Quiz, identity: Identity, abilities: Collection[Ability]) -> Chance:
    """Read for a page, and again under the lock. An overdue attempt is closed first."""
    moment = timezone.now()
    taker = find_taker(quiz, identity)
    window = _window_for(quiz, identity, taker)
    found = list(_newest(counted_for(quiz, identity)))
    used = (found[0].used if found else 0) + spent(quiz, identity)
    theirs = [close_if_overdue(one, moment) for one in found if one.is_theirs]
    attempts = sorted(theirs, key=_newness, reverse=True)
    current = next((one for one in theirs if one.state == AttemptState.OPEN), None)
    refusal = (
        None if current else _refusal(quiz, identity, abilities, window, attempts, used, moment)
    )
    return Chance(taker, window, current, used, refusal, tuple(attempts))


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What they may open before the rest, and of it what is open first, however old it is, and of
    that what was begun by the proof by which they come; each with `used`, how many count towards
    the attempts allowed. One query."""
    counted = ~Q(state=AttemptState.VOIDED) & Q(is_preview=False)
    return (
        rows.select_related("taker")
        .defer("order")
        .annotate(is_open=Q(state=AttemptState.OPEN), used=Over(Count("pk", filter=counted)))
        .order_by("-is_theirs", "-is_open", "-is_here", "-started_at", "-number")[:MOST_LISTED]
    )


def _newness(attempt: Attempt) -> tuple[datetime, int]:
    return attempt.started_at, attempt.number


def _refusal(
    quiz: Quiz,
    identity: Identity,
    abilities: Collection[Ability],
    window: Window,
    attempts: list[Attempt],
    used: int,
    moment: datetime,
) -> Refusal | None:
    if quiz.published_id is None:
        return NotPublished()
    if not identity.key or Ability.TAKE_QUIZ not in abilities or identity.is_blocked:
        return NoIdentity()
    if attempts and attempts[0].state == AttemptState.INTERRUPTED:
        return Interrupted()
    if Ability.EDIT_QUESTIONS in abilities:
        return None  # editors try it whenever they like
    phase = window.phase_at(moment)
    if phase == Phase.NOT_STARTED:
        return NotOpenYet()
    if phase == Phase.ENDED:
        return Closed()
    if window.attempts is not None and used >= window.attempts:
        return NoAttemptsLeft()
    if identity.must_verify:
        return NotVerified()
    # The time of an attempt does not run while there is nothing to watch.
    return FilmNotReady() if film_state(quiz) == FilmState.PREPARING else None


def start(
    *, quiz: Quiz, identity: Identity, abilities: Collection[Ability], shown: str = ""
) -> Attempt:
    """The open attempt, made where there is none. Twice is once. `shown`: the terms that the start
    page has told (`terms.packed`).

    Raises `NoIdentity`, `NotPublished`, `NotOpenYet`, `Closed`, `NoAttemptsLeft`, `NotVerified`,
    `FilmNotReady`, `Interrupted`, `TermsChanged`.
    """
    # SECURITY: whoever cannot start does not make the others wait for the quiz.
    if refusal := chance_of(quiz, identity, abilities).refusal:
        raise refusal
    made = _start(quiz, identity, abilities, shown)
    if isinstance(made, Refusal):
        raise made
    return made


@transaction.atomic
def _start(
    quiz: Quiz, identity: Identity, abilities: Collection[Ability], shown: str
) -> Attempt | Refusal:
    """A refusal is returned: what was closed and brought together on the way stays so."""
    if not identity.key or identity.is_blocked or not keep(identity.key):
        return NoIdentity()
    quiz = lock_quiz(quiz)
    bring_together(quiz, identity)
    chance = chance_of(quiz, identity, abilities)
    if chance.attempt:
        if is_proven(identity):
            know_by(quiz, chance.attempt.taker, identity)
        return chance.attempt
    version = quiz.published
    if chance.refusal or version is None:
        return chance.refusal or NotPublished()
    if names := new_since(shown, terms_of(quiz, chance.window)):
        return TermsChanged(names)
    is_preview = Ability.EDIT_QUESTIONS in abilities
    taker = become_taker(quiz, identity, is_preview=is_preview)
    moment = timezone.now()
    last = taker.attempts.order_by("-number").values_list("number", flat=True).first() or 0
    attempt = Attempt(
        quiz=quiz,
        taker=taker,
        by=keys_of(quiz, identity).get(),
        is_preview=is_preview,
        version=version,
        number=last + 1,
        order=order_for(quiz, version.questions),
        started_at=moment,
        certainty=identity.certainty.value,
    )
    attempt.deadline = deadline_of(attempt, chance.window)
    attempt.save()
    note(attempt, "started")
    return attempt


def order_for(quiz: Quiz, content: Content, dice: random.Random | None = None) -> dict[str, Any]:
    """Fixed for this attempt. SECURITY: of matching and ordering always shuffled; as written the
    order would be the key. `dice` for a preview that stays as it is."""
    dice = dice or random.Random(secrets.randbits(128))  # noqa: S311 - seeded by the system
    return {
        "questions": _questions_of(content, quiz, dice),
        "options": {
            one.id: _options_of(one, quiz, dice) for one in content.questions if one.options
        },
        "choices": {
            one.id: _shuffled([c.id for c in one.choices], dice)
            for one in content.questions
            if one.choices
        },
    }


def _questions_of(content: Content, quiz: Quiz, dice: random.Random) -> list[str]:
    """On a film those with a moment come in its order and stay so, and then the others."""
    at = {one.id: one.at_ms for one in content.questions if quiz.film_id and one.at_ms is not None}
    free = [one.id for one in content.questions if one.id not in at]
    if quiz.shuffle_questions:
        dice.shuffle(free)
    return sorted(at, key=at.__getitem__) + free


def _options_of(question: Question, quiz: Quiz, dice: random.Random) -> list[str]:
    """Those kept at the end stay there, in their order. Accepted answers are no options."""
    if question.kind in CHOICE_KINDS:
        if question.kind == QuestionKind.TRUE_FALSE or not quiz.shuffle_options:
            return [one.id for one in question.options]
        free = [one.id for one in question.options if not one.at_end]
        return _shuffled(free, dice) + [one.id for one in question.options if one.at_end]
    if question.kind == QuestionKind.ORDERING:
        return _not_as_it_was([one.id for one in question.options], dice)
    if question.kind == QuestionKind.MATCHING:
        ids = [one.id for one in question.options]
        return _shuffled(ids, dice) if quiz.shuffle_options else ids
    return []


def _shuffled(ids: list[str], dice: random.Random) -> list[str]:
    return dice.sample(ids, len(ids))


def _not_as_it_was(ids: list[str], dice: random.Random) -> list[str]:
    """What is to be put in order is not shown in order; each other order is as likely as the next.
    SECURITY: of two things the one order that is left would be the key turned round."""
    made = _shuffled(ids, dice)
    while made == ids and len(ids) > 2:
        made = _shuffled(ids, dice)
    return made
