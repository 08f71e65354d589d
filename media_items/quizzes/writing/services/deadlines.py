"""Deadlines of open attempts, when the time limit, the dates or an exemption changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from media_items.catalogue.models import MediaItem
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.windows import window_of
from media_items.quizzes.models import Attempt, Exemption, Quiz, Taker
from media_items.quizzes.models.attempts import PROVEN

_AT_LEAST = timedelta(seconds=1)


@transaction.atomic
def bring_up_to_date(quiz: Quiz) -> int:
    """Each as it would be if it had been started under what is set now. How many changed. An
    attempt whose time is up by this ends as all do whose time is up."""
    quiz = lock_quiz(quiz)
    quiz.item.refresh_from_db(fields=["starts_at", "ends_at"])
    exempt = Exemptions(quiz)
    attempts = (
        quiz.attempts.open()
        .select_for_update(of=("self",), no_key=True)
        .select_related("taker")
        .order_by("pk")
    )
    changed: list[Attempt] = []
    for attempt in attempts:
        window = window_of(quiz, exempt.of(attempt.taker))
        given_back = timedelta(seconds=attempt.given_back_seconds)
        deadline = window.deadline_of(attempt.started_at, given_back=given_back)
        if deadline is not None:
            deadline = max(deadline, attempt.started_at + _AT_LEAST)
        if deadline != attempt.deadline:
            attempt.deadline = deadline
            changed.append(attempt)
    Attempt.objects.bulk_update(changed, ["deadline"])
    return len(changed)


def times_changed(item: MediaItem, **kwargs: Any) -> None:
    """Receiver of `item_times_changed`."""
    if quiz := Quiz.objects.filter(item=item).first():
        bring_up_to_date(quiz)


class Exemptions:
    """Of everybody on a quiz, by one query. Whose is whose: `windows.exemption_of`."""

    def __init__(self, quiz: Quiz) -> None:
        self._of_takers: dict[int, Exemption] = {}
        self._of_persons: dict[str, Exemption] = {}
        for one in quiz.exemptions.order_by("-pk"):
            if one.taker_id:
                self._of_takers[one.taker_id] = one
            if one.person:
                self._of_persons[one.person] = one

    def of(self, taker: Taker) -> Exemption | None:
        is_proven = taker.certainty in PROVEN and taker.person
        by_address = self._of_persons.get(taker.person) if is_proven else None
        return self._of_takers.get(taker.pk) or by_address
