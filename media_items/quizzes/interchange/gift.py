"""Reading GIFT, the text format of Moodle. Its grammar: the help of Moodle's format, and its own
questions, where signs stand behind the closing brace."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Option, Question
from media_items.quizzes.interchange.fractions import by_fractions
from media_items.quizzes.interchange.gift_text import FORMAT, GiftTexts, marked, unescaped
from media_items.quizzes.interchange.neutral import (
    ALL,
    Bank,
    CannotBeTaken,
    Notes,
    decimal_of,
    option,
    plain_number,
    plus_or_minus,
    shortened,
    true_or_false,
)
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Tolerance
from media_items.quizzes.models.questions import MOST_OPTIONS

_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUE = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_BEGINNING = 1_000  # of a question or title, from which its name is made
_BLANK = "\\_\\_\\_\\_\\_"


@dataclass
class _Piece:
    """One answer: `sign` is = or ~."""

    sign: str
    text: str
    feedback: str
    weight: Decimal | None = None
    whole: str = ""


def read_gift(text: str, bank: Bank | None = None) -> Bank:
    bank = bank or Bank()
    blocks = _questions(text, bank)
    bank.expected = len(blocks)
    for block in blocks:
        name, notes = shortened(unescaped(block[:_BEGINNING]), 80), Notes()
        try:
            name, question = _question(block, name, GiftTexts(bank, notes))
        except CannotBeTaken as why:
            bank.refuse(name, str(why))
        else:
            bank.take(name, question, notes)
    return bank


def _questions(text: str, bank: Bank) -> list[str]:
    """Apart by empty lines; those within braces do not count."""
    found: list[str] = []
    lines: list[str] = []
    depth = 0
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if line.lstrip().startswith("//"):
            continue
        if line.lstrip().upper().startswith("$CATEGORY:"):
            bank.notes.add(_("Categories are not kept."))
            continue
        signs = marked(line)
        starts_anew = depth > 0 and bool(_TITLE.match(line)) and not (lines and lines[-1].strip())
        if starts_anew or (not signs.strip() and depth <= 0):
            if lines:
                found.append("\n".join(lines).strip())
            lines, depth = [], 0
        if signs.strip() or depth > 0:
            lines.append(signs)
            depth += signs.count("{") - signs.count("}")
    if lines:
        found.append("\n".join(lines).strip())
    return [one for one in found if one]


def _question(block: str, name: str, reading: GiftTexts) -> tuple[str, Question]:
    if match := _TITLE.match(block):
        name, block = shortened(unescaped(match[1][:_BEGINNING])) or name, block[match.end() :]
    if match := FORMAT.match(block):
        reading.way, block = match[1].lower(), block[match.end() :]
    before, brace, rest = block.partition("{")
    if not brace:
        reading.notes.add(_("A text without a question became a reflection point."))
        return name, _made(QuestionKind.REFLECTION, reading.block(block))
    inside, closing, after = rest.rpartition("}")
    if not closing:
        raise CannotBeTaken(_("The answers have no closing brace."))
    if "{" in inside:
        raise CannotBeTaken(_("Several gaps in one text are not a kind of question here."))
    return name, _answered(reading, _whole_text(reading, before, after), inside.strip())


def _whole_text(reading: GiftTexts, before: str, after: str) -> str:
    """With a blank where the answers stood in the middle of a sentence."""
    tail = unescaped(after).strip()
    text = reading.block(before)
    if not tail:
        return text
    if not re.search(r"\w", tail) and _ends_a_sentence(unescaped(before)):
        reading.notes.add(_("Signs behind the closing brace were left out: %s") % tail[:20])
        return text
    return f"{text} {_BLANK}{'' if tail[0] in '.,;:?!)' else ' '}{reading.block(after)}"


def _ends_a_sentence(text: str) -> bool:
    """Whether one of these signs stands behind its last letter."""
    for at in range(len(text) - 1, -1, -1):
        if text[at] in ".?!:":
            return True
        if text[at].isalnum() or text[at] == "_":
            return False
    return False


def _made(kind: QuestionKind, text: str, **more: object) -> Question:
    return Question("", kind, text, rule=RULES_OF[kind][0], **more)  # type: ignore[arg-type]


def _answered(reading: GiftTexts, text: str, inside: str) -> Question:
    general = ""
    if "####" in inside:
        inside, _sep, general = inside.partition("####")
        inside = inside.strip()
    more: dict[str, object] = {"explanation": reading.block(general)} if general.strip() else {}
    if not inside:
        return _made(QuestionKind.OPEN, text, **more)
    word, _sep, feedback = inside.partition("#")
    if (is_true := _TRUE.get(word.strip().upper())) is not None:
        wrong, _sep, right = feedback.partition("#")
        said = (reading.inline(right), reading.inline(wrong))
        both = true_or_false(is_true=is_true, feedback=said if is_true else said[::-1])
        return _made(QuestionKind.TRUE_FALSE, text, options=both, **more)
    if inside.startswith("#"):
        options = _numbers(reading, inside[1:])
        return _made(QuestionKind.NUMBER, text, options=options, **more)
    pieces = _pieces(inside)
    if any(one.sign == "=" and "->" in one.text for one in pieces):
        return _matching(reading, text, pieces, more)
    if all(one.sign == "=" for one in pieces):
        options = _accepted(reading, pieces)
        return _made(QuestionKind.SHORT_TEXT, text, options=options, **more)
    return _choice(reading, text, pieces, more)


def _pieces(inside: str) -> list[_Piece]:
    marks = [match.start() for match in re.finditer(r"[=~]", inside)]
    if not marks:
        raise CannotBeTaken(_("The answers begin neither with = nor with ~."))
    if len(marks) > MOST_OPTIONS:
        raise CannotBeTaken(
            _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
        )
    made = []
    for start, end in zip(marks, [*marks[1:], len(inside)], strict=True):
        body = whole = inside[start + 1 : end]
        weight = None
        if match := _WEIGHT.match(body):
            weight, body = decimal_of(match[1]), body[match.end() :]
        text, _sep, feedback = body.partition("#")
        made.append(_Piece(inside[start], text, feedback, weight, whole))
    return made


def _choice(
    reading: GiftTexts, text: str, pieces: list[_Piece], more: dict[str, object]
) -> Question:
    """Several answers where none is the right one and weights say what each earns."""
    is_several = not any(one.sign == "=" for one in pieces) and any(
        one.weight is not None for one in pieces
    )
    options = tuple(
        option(
            reading.inline(one.text),
            one.weight if one.weight is not None else (100 if one.sign == "=" else 0),
            feedback=reading.inline(one.feedback),
        )
        for one in pieces
    )
    question = _made(QuestionKind.SINGLE, text, options=options, **more)
    return by_fractions(question, reading.notes, is_several=is_several)


def _accepted(reading: GiftTexts, pieces: list[_Piece]) -> tuple[Option, ...]:
    made = []
    for one in pieces:
        if (text := reading.accepted(one.text)) == "*":
            reading.notes.add(_("The answer *, which fits everything, was left out."))
            continue
        credit = ALL if one.weight is None else one.weight
        made.append(option(text, credit, feedback=reading.inline(one.feedback)))
    if any("*" in one.text for one in made):
        reading.notes.add(_("A * in an accepted answer stands for itself here."))
    return tuple(made)


def _matching(
    reading: GiftTexts, text: str, pieces: list[_Piece], more: dict[str, object]
) -> Question:
    choices: dict[str, Choice] = {}
    prompts = []
    for one in pieces:
        prompt, _arrow, partner = one.whole.partition("#")[0].partition("->")
        said = reading.rich().inline_of_plain(unescaped(partner).strip())
        match = choices.setdefault(said, Choice(option().id, said)).id if said else ""
        if prompt.strip():
            prompts.append(option(reading.inline(prompt), match=match))
        if one.feedback.strip():
            reading.notes.add(_("Feedback on a pair was left out."))
    return _made(
        QuestionKind.MATCHING,
        text,
        options=tuple(prompts),
        choices=tuple(choices.values()),
        **more,
    )


def _numbers(reading: GiftTexts, inside: str) -> tuple[Option, ...]:
    if not re.search(r"[=~]", inside.partition("#")[0]):
        inside = f"={inside}"
    made = []
    for one in _pieces(inside):
        if one.text.strip() in {"", "*"}:
            if one.feedback.strip():
                reading.notes.add(_("Feedback on all other answers was left out."))
            continue
        credit = one.weight if one.weight is not None else (ALL if one.sign == "=" else 0)
        number = _number(unescaped(one.text).strip())
        made.append(replace(number, credit=Decimal(credit), feedback=reading.inline(one.feedback)))
    return tuple(made)


def _number(text: str) -> Option:
    """3, 3:0.1, 3..4"""
    if ".." in text:
        low, _sep, high = text.partition("..")
        bounds = decimal_of(low), decimal_of(high)
        if bounds[0] is not None and bounds[1] is not None:
            return option(
                plain_number(bounds[0]),
                tolerance=Tolerance.INTERVAL,
                margin=plain_number(bounds[1]),
            )
    middle, _sep, margin = text.partition(":")
    found, width = decimal_of(middle), decimal_of(margin or "0")
    if found is None or width is None:
        raise CannotBeTaken(_("“%s” is not a number.") % shortened(text, 40))
    return plus_or_minus(found, width)
