"""Deadlines of attempts under way follow what has changed: the limit, the dates, an exemption."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from media_items.quizzes.attempts.events import note
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.takers import person_digests
from media_items.quizzes.attempts.windows import deadline_of, is_overdue, window_of
from media_items.quizzes.models import Exemption, Quiz, Taker


@transaction.atomic
def bring_up_to_date(quiz: Quiz) -> int:
    """Each as it would be if it had been started under what is set now. Whoever changes a limit, a
    date or an exemption calls it in the same transaction. Over is over: an attempt whose time was
    up does not open again. Returns how many have another deadline.
    """
    quiz = lock_quiz(quiz)
    moment, exempt = timezone.now(), Exemptions(quiz)
    attempts = (
        quiz.attempts.open()
        .select_for_update(of=("self",), no_key=True)
        .select_related("taker")
        .order_by("pk")
    )
    changed = 0
    for attempt in attempts:
        deadline = deadline_of(attempt, window_of(quiz, exempt.of(attempt.taker)))
        if deadline != attempt.deadline and not is_overdue(attempt, moment):
            attempt.deadline = deadline
            attempt.save(update_fields=["deadline"])
            note(attempt, "deadline")
            changed += 1
    return changed


class Exemptions:
    """Of everybody on a quiz, by one query. Whose is whose: `windows.exemption_of`."""

    def __init__(self, quiz: Quiz) -> None:
        self._of_takers: dict[int, Exemption] = {}
        self._of_persons: dict[str, Exemption] = {}
        for one in quiz.exemptions.order_by("-pk"):
            if one.taker_id:
                self._of_takers[one.taker_id] = one
            # What was stored before a change of the key, too, on either side.
            for person in {one.person, *person_digests(one.email)} - {""}:
                self._of_persons[person] = one

    def of(self, taker: Taker) -> Exemption | None:
        by_address = next(
            (self._of_persons[one] for one in taker.proven_persons if one in self._of_persons), None
        )
        return self._of_takers.get(taker.pk) or by_address
