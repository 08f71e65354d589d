"""Reading Moodle XML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Option, Question
from media_items.quizzes.interchange.fractions import by_fractions
from media_items.quizzes.interchange.neutral import (
    Bank,
    CannotBeTaken,
    Notes,
    decimal_of,
    option,
    plus_or_minus,
    shortened,
    true_or_false,
)
from media_items.quizzes.interchange.pictures import Pictures, decoded
from media_items.quizzes.interchange.rich import Rich
from media_items.quizzes.kinds import RULES_OF, QuestionKind
from media_items.quizzes.models.questions import MOST_OPTIONS

_IN_FILE = "@@PLUGINFILE@@/"
_GENERAL_FEEDBACK = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


@dataclass
class _Reading:
    """Of one question. `files`: what its texts bring along, by name."""

    bank: Bank
    element: Element
    notes: Notes = field(default_factory=Notes)
    files: dict[str, bytes] = field(default_factory=dict)
    picture: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        for file in self.element.iter("file"):
            name, data = file.get("name", ""), decoded(file.text or "")
            if name and data:
                self.files[name] = data

    def rich(self) -> Rich:
        return Pictures(self.bank, self._bytes_of).rich(self.notes)

    def _bytes_of(self, source: str) -> bytes | None:
        return self.files.get(unquote(source.partition("?")[0].removeprefix(_IN_FILE)))

    def question_text(self) -> str:
        rich = self.rich()
        text = _written(rich, self.element.find("questiontext"), html=rich.question)
        self.picture = rich.picture, rich.picture_alt
        return text

    def block(self, path: str) -> str:
        rich = self.rich()
        return _written(rich, self.element.find(path), html=rich.block)

    def inline(self, element: Element | None) -> str:
        rich = self.rich()
        return _written(rich, element, html=rich.inline, is_inline=True)

    def word(self, path: str) -> str:
        return (self.element.findtext(path) or "").strip()


def _written(
    rich: Rich,
    element: Element | None,
    *,
    html: Callable[[str], str],
    is_inline: bool = False,
) -> str:
    text = (element.findtext("text") or "") if element is not None else ""
    way = element.get("format", "html") if element is not None else "html"
    if way == "markdown":
        return rich.tex_in_markdown(text)
    if way == "plain_text" or (way == "moodle_auto_format" and "<" not in text):
        return rich.inline_of_plain(text) if is_inline else rich.block_of_plain(text)
    return html(text.replace("\n", "<br>") if way == "moodle_auto_format" else text)


def read_moodle(root: Element, bank: Bank) -> None:
    for element in root.iter("question"):
        kind = element.get("type", "")
        if kind == "category":
            bank.notes.add(_("Categories are not kept."))
            continue
        reading = _Reading(bank, element)
        name = reading.word("name/text") or shortened(reading.word("questiontext/text"))
        try:
            if (read := _KINDS.get(kind)) is None:
                raise CannotBeTaken(_("Questions of the kind “%s” are not known here.") % kind[:40])
            question = _whole(reading, read(reading))
        except CannotBeTaken as why:
            bank.refuse(name, str(why))
        else:
            bank.take(name, question, reading.notes)


def _whole(reading: _Reading, question: Question) -> Question:
    """With what every kind has."""
    points = decimal_of(reading.word("defaultgrade") or "1")
    if question.kind == QuestionKind.REFLECTION:
        points = Decimal(1)
    if any(reading.word(f"{name}/text") for name in _GENERAL_FEEDBACK):
        reading.notes.add(_("The feedback for right, partly right and wrong answers was left out."))
    text = question.text or reading.question_text()
    return replace(
        question,
        text=text,
        points=Decimal(1) if points is None else points,
        explanation=reading.block("generalfeedback"),
        hint=_hints(reading),
        picture=reading.picture[0],
        picture_alt=reading.picture[1],
    )


def _hints(reading: _Reading) -> str:
    hints = [reading.inline(one) for one in reading.element.findall("hint")]
    hints = [one for one in hints if one]
    if len(hints) > 1:
        reading.notes.add(_("The hints became one."))
    return "\n\n".join(hints)


def _made(kind: QuestionKind, **more: object) -> Question:
    return Question("", kind, "", rule=RULES_OF[kind][0], **more)  # type: ignore[arg-type]


def _answers(reading: _Reading, path: str = "answer") -> list[Element]:
    found = reading.element.findall(path)
    if len(found) > MOST_OPTIONS:
        raise CannotBeTaken(
            _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
        )
    return found


def _fraction(answer: Element) -> Decimal:
    fraction = decimal_of(answer.get("fraction", "0"))
    return Decimal(0) if fraction is None else fraction


def _choice(reading: _Reading) -> Question:
    options = tuple(
        option(reading.inline(one), _fraction(one), feedback=reading.inline(one.find("feedback")))
        for one in _answers(reading)
    )
    is_several = reading.word("single").lower() in {"false", "0"}
    question = _made(QuestionKind.SINGLE, options=options)
    return by_fractions(question, reading.notes, is_several=is_several)


def _true_false(reading: _Reading) -> Question:
    said, right = {}, ""
    for one in _answers(reading):
        word = (one.findtext("text") or "").strip().lower()
        said[word] = reading.inline(one.find("feedback"))
        if _fraction(one) > 0:
            right = word
    options = true_or_false(
        is_true=right == "true", feedback=(said.get("true", ""), said.get("false", ""))
    )
    return _made(QuestionKind.TRUE_FALSE, options=options)


def _short_text(reading: _Reading) -> Question:
    made = []
    for one in _answers(reading):
        text = (one.findtext("text") or "").strip()
        if text == "*":
            reading.notes.add(_("The answer *, which fits everything, was left out."))
            continue
        if "*" in text:
            reading.notes.add(_("A * in an accepted answer stands for itself here."))
        made.append(option(text, _fraction(one), feedback=reading.inline(one.find("feedback"))))
    matters = reading.word("usecase") in {"1", "true"}
    return _made(QuestionKind.SHORT_TEXT, options=tuple(made), case_matters=matters)


def _number(reading: _Reading) -> Question:
    made: list[Option] = []
    for one in _answers(reading):
        text = (one.findtext("text") or "").strip()
        if text == "*":
            reading.notes.add(_("The answer *, which fits everything, was left out."))
            continue
        middle, margin = decimal_of(text), decimal_of(one.findtext("tolerance") or "0")
        if middle is None or margin is None:
            raise CannotBeTaken(_("“%s” is not a number.") % shortened(text, 40))
        accepted = plus_or_minus(middle, margin, _fraction(one))
        made.append(replace(accepted, feedback=reading.inline(one.find("feedback"))))
    return _made(QuestionKind.NUMBER, options=tuple(made), unit=_unit(reading))


def _unit(reading: _Reading) -> str:
    units = reading.element.findall("units/unit")
    if len(units) > 1:
        reading.notes.add(_("Only the first of its units is kept."))
    return (units[0].findtext("unit_name") or "").strip() if units else ""


def _matching(reading: _Reading) -> Question:
    choices: dict[str, Choice] = {}
    prompts = []
    for one in _answers(reading, "subquestion"):
        said = reading.rich().inline_of_plain((one.findtext("answer/text") or "").strip())
        match = choices.setdefault(said, Choice(option().id, said)).id if said else ""
        if prompt := reading.inline(one):
            prompts.append(option(prompt, match=match))
    return _made(QuestionKind.MATCHING, options=tuple(prompts), choices=tuple(choices.values()))


def _open(reading: _Reading) -> Question:
    for name in ("graderinfo", "responsetemplate"):
        if reading.word(f"{name}/text"):
            reading.notes.add(_("Notes for markers and the template of the answer were left out."))
    return _made(QuestionKind.OPEN)


def _description(reading: _Reading) -> Question:
    reading.notes.add(_("A text without a question became a reflection point."))
    return _made(QuestionKind.REFLECTION)


def _ordering(reading: _Reading) -> Question:
    """Of Moodle 4.4 and of the plugin before it: the fraction is the place, from 1."""
    answers = sorted(_answers(reading), key=_fraction)
    return _made(
        QuestionKind.ORDERING, options=tuple(option(reading.inline(one)) for one in answers)
    )


_KINDS: dict[str, Callable[[_Reading], Question]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_text,
    "numerical": _number,
    "matching": _matching,
    "essay": _open,
    "description": _description,
    "ordering": _ordering,
}
