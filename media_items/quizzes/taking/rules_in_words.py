"""What a quiz asks and shows, in whole sentences for whoever is about to take it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from media_items.quizzes.attempts.windows import Window
from media_items.quizzes.choices import KeptScore, ShownWhen
from media_items.quizzes.models import Quiz
from media_items.quizzes.taking.film_in_words import film_in_words

_SCORE: dict[str, Promise] = {
    ShownWhen.AT_ONCE: gettext_lazy("You see your score as soon as you have handed in."),
    ShownWhen.HANDED_IN: gettext_lazy("You see your score as soon as you have handed in."),
    ShownWhen.LAST_ATTEMPT: gettext_lazy("You see your score after your last attempt."),
    ShownWhen.CLOSED: gettext_lazy("You see your score once the quiz has closed."),
    ShownWhen.NEVER: gettext_lazy("You don’t see your score here."),
}
_FEEDBACK: dict[str, Promise] = {
    ShownWhen.AT_ONCE: gettext_lazy(
        "You can check each answer as you go. A checked answer can’t be changed."
    ),
    ShownWhen.HANDED_IN: gettext_lazy(
        "You see the marks of each question as soon as you have handed in."
    ),
    ShownWhen.LAST_ATTEMPT: gettext_lazy(
        "You see the marks of each question after your last attempt."
    ),
    ShownWhen.CLOSED: gettext_lazy("You see the marks of each question once the quiz has closed."),
}
_ANSWERS: dict[str, Promise] = {
    ShownWhen.AT_ONCE: gettext_lazy("You see the right answer when you have checked yours."),
    ShownWhen.HANDED_IN: gettext_lazy("You see the right answers as soon as you have handed in."),
    ShownWhen.LAST_ATTEMPT: gettext_lazy("You see the right answers after your last attempt."),
    ShownWhen.CLOSED: gettext_lazy("You see the right answers once the quiz has closed."),
}
KEPT: dict[str, Promise] = {
    KeptScore.BEST: gettext_lazy("Your best attempt counts."),
    KeptScore.LAST: gettext_lazy("Your last attempt counts."),
    KeptScore.FIRST: gettext_lazy("Your first attempt counts."),
    KeptScore.AVERAGE: gettext_lazy("The average of your attempts counts."),
}


def rules_in_words(quiz: Quiz, window: Window, *, is_typed: bool = False) -> list[str]:
    """In the order in which they matter. `is_typed`: nobody has proven who they are."""
    said: list[Promise | str | None] = [
        _(
            "Your answers are saved as you go. You may close the page and continue later, as "
            "long as there is time."
        ),
        _("Starting uses one of your attempts.") if window.attempts is not None else None,
        _("Your attempts are counted in this browser, until you verify your email.")
        if is_typed and window.attempts is not None
        else None,
        _("The host sees your answers with your name."),
        _("When the time is up, what you have saved is handed in by itself.")
        if window.limit
        else None,
        film_in_words(quiz),
        _way(quiz),
        KEPT[quiz.kept_score] if quiz.is_scored and window.attempts != 1 else None,
        _SCORE[quiz.score_when]
        if quiz.is_scored
        else _("There are no points: nobody is marked here."),
        _FEEDBACK.get(quiz.feedback_when),
        _ANSWERS.get(quiz.answers_when),
    ]
    return [str(one) for one in said if one]


def _way(quiz: Quiz) -> str:
    if not quiz.one_at_a_time or quiz.film_id:
        return ""
    if quiz.may_go_back:
        return _("You see one question at a time, and can go back.")
    return _("You see one question at a time, and can’t go back to one before.")


def limit_in_words(limit: timedelta | None) -> str:
    if limit is None:
        return _("No time limit")
    minutes, seconds = divmod(round(limit.total_seconds()), 60)
    minutes += bool(seconds)
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


def attempts_in_words(window: Window, used: int, *, is_open: bool = False) -> str:
    """`is_open`: the last of those used is in progress."""
    if window.attempts is None:
        return _("As many as you like")
    if not used:
        return ngettext("%(number)d attempt", "%(number)d attempts", window.attempts) % {
            "number": window.attempts
        }
    if is_open:
        return _("%(used)d of %(number)d in progress") % {
            "used": used,
            "number": max(used, window.attempts),
        }
    left = max(0, window.attempts - used)
    return npgettext(
        "attempts", "%(left)d of %(number)d left", "%(left)d of %(number)d left", window.attempts
    ) % {
        "left": left,
        "number": window.attempts,
    }
