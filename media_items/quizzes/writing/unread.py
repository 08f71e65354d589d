"""What is said to a writer of mathematics that cannot be read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from media_items.quizzes.mathematics import MOST_TEX
from media_items.quizzes.texts import unread


def said_of_unread(*texts: str) -> list[str]:
    """In whole sentences, each once."""
    found = [unread(one) for one in texts]
    said = [
        _("“%(command)s” isn’t known in formulas here. People see the formula without it.")
        % {"command": command}
        for one in found
        for command in one.commands
    ]
    said += [
        _("“%(formula)s” can’t be read as mathematics. People see it as you typed it.")
        % {"formula": formula}
        for one in found
        for formula in one.formulas
    ]
    said += [
        _(
            "“%(formula)s” is too long for a formula, which has %(most)d characters at most. "
            "People see it as you typed it."
        )
        % {"formula": formula, "most": MOST_TEX}
        for one in found
        for formula in one.too_long
    ]
    return list(dict.fromkeys(said))
