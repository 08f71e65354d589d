"""What a quiz asks and shows, in whole sentences for whoever is about to take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from media_items.quizzes.attempts.windows import Window
from media_items.quizzes.choices import KeptScore, Preset, ShownWhen
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


@dataclass(frozen=True)
class Rule:
    """`without_script`: what is true in its place where no script runs."""

    text: str
    without_script: str = ""


def rules_in_words(
    quiz: Quiz,
    window: Window,
    *,
    is_typed: bool = False,
    is_open: bool = False,
    is_over: bool = False,
) -> list[Rule]:
    """In the order in which they matter. `is_typed`: nobody has proven who they are. `is_open`: an
    attempt is in progress. `is_over`: none can be started any more."""
    said: list[Promise | str | None] = [
        *([] if is_over else _while_taking(quiz, window, is_typed=is_typed, is_open=is_open)),
        KEPT[quiz.kept_score] if quiz.is_scored and window.attempts != 1 else None,
        _SCORE[quiz.score_when]
        if quiz.is_scored
        else _("There are no points: nobody is marked here."),
        _FEEDBACK.get(quiz.feedback_when),
        _ANSWERS.get(quiz.answers_when),
    ]
    first = [] if is_over else [_saved_as_you_go(window)]
    return [*first, *(Rule(str(one)) for one in said if one)]


def _saved_as_you_go(window: Window) -> Rule:
    if window.limit:
        later = _("You may close the page and continue later, but your time runs on.")
    elif window.closes_at:
        later = _("You may close the page and continue later, until the quiz closes.")
    else:
        later = _("You may close the page and continue later.")
    by_itself = _("Your answers are saved as you go.")
    by_hand = _("Your answers are saved whenever you press a button below the questions.")
    return Rule(f"{by_itself} {later}", without_script=f"{by_hand} {later}")


def _while_taking(
    quiz: Quiz, window: Window, *, is_typed: bool, is_open: bool
) -> Iterable[Promise | str | None]:
    is_counted = window.attempts is not None
    if is_counted and not is_open:
        is_once = quiz.preset == Preset.SURVEY and window.attempts == 1
        yield _("You can answer once.") if is_once else _("Starting uses one of your attempts.")
    if is_counted and is_typed:
        yield _("Your attempts are counted in this browser, until you leave or verify your email.")
    yield _("The host sees your answers with your name.")
    if window.limit:
        yield _("When the time is up, what you have saved is handed in by itself.")
    yield film_in_words(quiz)
    yield _way(quiz)


def terms_in_words(names: Iterable[str], window: Window) -> list[str]:
    """What is new of what the start page had promised (`attempts.terms`)."""
    attempts = attempts_in_words(window, 0)
    sentences = {
        "time": _("Time: %(limit)s") % {"limit": limit_in_words(window.limit)},
        "attempts": _("Attempts: %(attempts)s") % {"attempts": attempts},
        "closing": _("The closing time is new."),
        "passing": _("The points, or what is needed to pass, are new."),
        "questions": _("The questions were published again."),
        "rules": _("How it works, or what you see and when, is new: read the rules again."),
    }
    return [sentences[name] for name in sentences if name in set(names)]


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
        return _("Attempt %(used)d of %(number)d is in progress") % {
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
