"""What a film makes of the settings of the quiz that lies on it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models import Quiz

# Beside the switch of each.
BESIDE: dict[str, Promise] = {
    "shuffle_questions": _(
        "Questions with a moment in the film stay in the order of the film; the others are "
        "shuffled behind them."
    ),
    "one_at_a_time": _("Has no effect here: with a film all questions are on one page."),
    "may_go_back": _("With a film, people can always go back."),
}


def without_effect(quiz: Quiz) -> Iterator[Promise]:
    """What is set and does nothing, as the film is. At most one query."""
    if quiz.film_id is None:
        return
    if quiz.one_at_a_time:
        yield _("“One question a page” has no effect: with a film all questions are on one page.")
    if quiz.one_at_a_time and not quiz.may_go_back:
        yield _("With a film, people can go back to earlier questions.")
    if quiz.shuffle_questions and quiz.questions.live().filter(at_ms=None).count() < 2:
        yield _(
            "“Shuffle the questions” has no effect: questions with a moment stay in the order of "
            "the film, and there are not two without one."
        )
