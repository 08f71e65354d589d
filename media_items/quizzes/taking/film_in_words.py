"""What the film of a quiz means for whoever is about to take it, in whole sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_items.quizzes.models import Quiz


def film_in_words(quiz: Quiz) -> str:
    """Of the published questions; nothing without a film."""
    if quiz.film_id is None:
        return ""
    questions = quiz.published.questions.questions if quiz.published else ()
    in_film = sum(one.at_ms is not None for one in questions)
    if in_film and in_film == len(questions):
        return _where_all_have_a_moment(quiz)
    if not in_film:
        said = _("You watch a film here; the questions follow below it.")
        return f"{said} {_('You can’t skip ahead in this film.')}" if quiz.no_seeking else said
    numbers = {"number": in_film, "total": len(questions)}
    if quiz.no_seeking:
        said = ngettext(
            "%(number)d of the %(total)d questions belongs to a film that you watch here: it opens "
            "when the film comes to it, and you can’t skip ahead.",
            "%(number)d of the %(total)d questions belong to a film that you watch here: each "
            "opens when the film comes to it, and you can’t skip ahead.",
            in_film,
        )
    else:
        said = ngettext(
            "%(number)d of the %(total)d questions belongs to a film that you watch here, which "
            "waits at it.",
            "%(number)d of the %(total)d questions belong to a film that you watch here, which "
            "waits at each of them.",
            in_film,
        )
    return f"{said % numbers} {_('The others follow below the film.')}"


def _where_all_have_a_moment(quiz: Quiz) -> str:
    if quiz.no_seeking:
        return _(
            "The questions belong to a film that you watch here: each opens when the film comes "
            "to it, and you can’t skip ahead."
        )
    return _("The questions belong to a film that you watch here. It waits at each of them.")
