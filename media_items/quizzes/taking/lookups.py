"""The attempt behind an address, for the person whose it is."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from media_items.abilities import Ability
from media_items.lookups import AbilityMissing, get_media_item
from media_items.quizzes.attempts.ending import close_if_overdue
from media_items.quizzes.attempts.previews import become_preview
from media_items.quizzes.attempts.takers import attempts_on
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt
from media_items.requests import FoyerRequest


def get_attempt(
    request: FoyerRequest, public_id: str, attempt_id: str, *, needs: Ability = Ability.TAKE_QUIZ
) -> Attempt:
    """Closed first where it is overdue; `attempt.quiz.item` has its abilities. What is written by
    somebody who can edit the quiz by now is a try of theirs (`become_preview`).

    SECURITY: 404 for everybody else's, the host included, who has pages of their own.
    """
    item = get_media_item(request, public_id, needs=needs)
    identity = request.visitor.identity_on(item)
    if needs == Ability.TAKE_QUIZ and identity.is_blocked:
        raise AbilityMissing(needs)
    # Without the version that is published: the attempt has its own.
    found = (
        attempts_on(item, identity)
        .select_related("quiz", "version", "marked_with", "taker")
        .filter(public_id=attempt_id)
        .first()
    )
    if found is None:
        raise Http404
    quiz = found.quiz
    quiz.item = item
    attempt = close_if_overdue(found, timezone.now())
    writes = request.method == "POST" and attempt.state == AttemptState.OPEN
    if writes and Ability.EDIT_QUESTIONS in item.abilities and not attempt.is_preview:
        attempt = become_preview(attempt)
    attempt.quiz = quiz
    return attempt
