"""What a question can be: its kind, and the rule by which an answer is marked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("Single choice")
    MULTIPLE = "multiple", _("Multiple answers")
    TRUE_FALSE = "true_false", _("True or false")
    SHORT_TEXT = "short_text", _("Short text")
    NUMBER = "number", _("Number")
    MATCHING = "matching", _("Matching")
    ORDERING = "ordering", _("Ordering")
    OPEN = "open", _("Open text")
    REFLECTION = "reflection", _("Reflection point")


class Rule(models.TextChoices):
    """How the share of the points is found; which kinds have which: `RULES_OF`."""

    # Multiple answers
    ALL = "all", pgettext_lazy("marking rule", "All or nothing")
    BALANCED = "balanced", pgettext_lazy("marking rule", "Right minus wrong")
    PER_OPTION = "per_option", pgettext_lazy("marking rule", "Each option counts")
    ANY = "any", pgettext_lazy("marking rule", "Any right option")
    # Single choice, short text, number: of the option chosen or of the accepted answer that fits
    CREDIT = "credit", pgettext_lazy("marking rule", "Credit of the answer")
    # Matching and ordering
    PAIRS = "pairs", pgettext_lazy("marking rule", "Each right pair counts")
    NEIGHBOURS = "neighbours", pgettext_lazy("marking rule", "Each right neighbour counts")
    # Open text
    BY_HAND = "by_hand", pgettext_lazy("marking rule", "Marked by you")
    # Reflection point
    NONE = "none", pgettext_lazy("marking rule", "Not marked")


# The first is what a new question of the kind has.
RULES_OF: dict[QuestionKind, tuple[Rule, ...]] = {
    QuestionKind.SINGLE: (Rule.CREDIT,),
    QuestionKind.MULTIPLE: (Rule.BALANCED, Rule.ALL, Rule.PER_OPTION, Rule.ANY),
    QuestionKind.TRUE_FALSE: (Rule.CREDIT,),
    QuestionKind.SHORT_TEXT: (Rule.CREDIT,),
    QuestionKind.NUMBER: (Rule.CREDIT,),
    QuestionKind.MATCHING: (Rule.PAIRS, Rule.ALL),
    QuestionKind.ORDERING: (Rule.ALL, Rule.NEIGHBOURS),
    QuestionKind.OPEN: (Rule.BY_HAND,),
    QuestionKind.REFLECTION: (Rule.NONE,),
}
# Options are shown and chosen by their ids.
CHOICE_KINDS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE})
# Options are the accepted answers, and no taker sees them before they may see what is right.
TYPED_KINDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.NUMBER})
UNMARKED_KINDS = frozenset({QuestionKind.REFLECTION})


# What imported options of true or false are called, which come as these two words.
TRUE_FALSE_WORDS = {"true": _("True"), "false": _("False")}


class Tolerance(models.TextChoices):
    """What of a number still fits the accepted one; the bounds themselves fit."""

    EXACT = "exact", pgettext_lazy("tolerance of a number", "Exactly")
    ABSOLUTE = "absolute", pgettext_lazy("tolerance of a number", "Plus or minus")
    RELATIVE = "relative", pgettext_lazy("tolerance of a number", "Plus or minus percent")
    INTERVAL = "interval", pgettext_lazy("tolerance of a number", "From … to")
