"""Reading an item of QTI 2.1, 2.2 or 3.0. The names of 3.0 are brought to those of 2 first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Option, Question
from media_items.quizzes.interchange import qti2_marking as marking
from media_items.quizzes.interchange.foyer_fields import with_foyer_fields
from media_items.quizzes.interchange.neutral import (
    ALL,
    Bank,
    CannotBeTaken,
    Notes,
    option,
    true_or_false,
)
from media_items.quizzes.interchange.paragraph import escaped
from media_items.quizzes.interchange.pictures import Pictures
from media_items.quizzes.interchange.qti2_body import BLANK, html_of
from media_items.quizzes.interchange.rich import Rich
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Rule
from media_items.quizzes.models.questions import MOST_OPTIONS

ITEM_NAMES = frozenset({"assessmentItem", "qti-assessment-item"})
_INTERACTION = re.compile(r".+Interaction$")
_DATA = "data-foyer-"


@dataclass
class _Item:
    element: Element
    pictures: Pictures
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.body = self.element.find("itemBody")
        found = [] if self.body is None else list(self.body.iter())
        self.interactions = [one for one in found if _INTERACTION.match(str(one.tag))]

    @property
    def interaction(self) -> Element:
        return self.interactions[0]

    @property
    def key(self) -> marking.Key:
        identifier = self.interaction.get("responseIdentifier", "RESPONSE")
        return marking.key_of(self.element, identifier, self.notes)

    def rich(self) -> Rich:
        return self.pictures.rich(self.notes)

    def inline(self, element: Element) -> str:
        return self.rich().inline(html_of(element, self.notes))

    def choices(self, name: str) -> list[Element]:
        found = list(self.interaction.iter(name))
        if len(found) > MOST_OPTIONS:
            raise CannotBeTaken(
                _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
            )
        return found


def read_qti2_item(root: Element, bank: Bank, pictures: Pictures) -> None:
    in_names_of_2(root)
    item = _Item(root, pictures)
    name = root.get("title", "") or root.get("identifier", "")
    try:
        question = _whole(item, _question(item))
    except CannotBeTaken as why:
        bank.refuse(name, str(why))
        return
    said = {} if item.body is None else dict(item.body.attrib)
    ours = {
        f"foyer_{key.removeprefix(_DATA).replace('-', '_')}": value
        for key, value in said.items()
        if key.startswith(_DATA)
    }
    bank.take(name, with_foyer_fields(question, ours) if ours else question, item.notes)


def in_names_of_2(root: Element) -> None:
    """`qti-simple-choice` is `simpleChoice`, `response-identifier` is `responseIdentifier`."""
    for element in root.iter():
        tag = str(element.tag)
        if tag.startswith("qti-"):
            element.tag = _camel(tag.removeprefix("qti-"))
            for name in list(element.attrib):
                if "-" in name and not name.startswith("data-"):
                    element.set(_camel(name), element.attrib.pop(name))


def _camel(name: str) -> str:
    return re.sub(r"-(\w)", lambda match: match[1].upper(), name)


def _whole(item: _Item, question: Question) -> Question:
    rich = item.rich()
    html = "" if item.body is None else html_of(item.body, item.notes)
    text = _without_lonely_gaps(rich.question(html))
    said = []
    for one in item.element.findall("modalFeedback"):
        words = item.rich().block(html_of(one, item.notes))
        if words and one.get("identifier", "").casefold() != "explanation":
            item.notes.add(_("Feedback on the whole question became its explanation."))
        said.append(words)
    if any(True for _one in item.element.iter("assessmentStimulusRef")):
        item.notes.add(
            _("The question refers to a text that several questions share; add it by hand.")
        )
    return replace(
        question,
        text=text,
        explanation="\n\n".join(one for one in said if one),
        picture=rich.picture,
        picture_alt=rich.picture_alt,
    )


def _without_lonely_gaps(text: str) -> str:
    """Where nothing stands around it, the field says enough."""
    return "\n\n".join(one for one in text.split("\n\n") if one != escaped(BLANK))


def _question(item: _Item) -> Question:
    if not item.interactions:
        item.notes.add(_("A text without a question became a reflection point."))
        return _made(QuestionKind.REFLECTION)
    if len(item.interactions) > 1:
        raise CannotBeTaken(_("Several things to answer in one question are not here."))
    kind = str(item.interaction.tag)
    if (read := _KINDS.get(kind)) is None:
        raise CannotBeTaken(_("Questions of the kind “%s” are not known here.") % kind[:60])
    return read(item)


def _made(kind: QuestionKind, **more: object) -> Question:
    return Question("", kind, "", rule=RULES_OF[kind][0], **more)  # type: ignore[arg-type]


def _choice(item: _Item) -> Question:
    key, found = item.key, item.choices("simpleChoice") or item.choices("inlineChoice")
    options = tuple(_option(item, key, one) for one in found)
    options = _kept_at_end(item, options)
    if not key.is_several:
        words = [one.text.casefold() for one in options]
        if words == ["true", "false"] and [one.credit for one in options].count(ALL) == 1:
            said = (options[0].feedback, options[1].feedback)
            options = true_or_false(is_true=options[0].is_right, feedback=said)
            return _made(QuestionKind.TRUE_FALSE, options=options, points=key.points)
        return _made(
            QuestionKind.SINGLE,
            options=options,
            points=key.points,
            may_be_negative=any(one.credit < 0 for one in options),
        )
    question = _made(QuestionKind.MULTIPLE, options=options, points=key.points)
    rule = marking.rule_of_several(question, key, item.notes)
    options = tuple(replace(one, credit=ALL if one.is_right else Decimal(0)) for one in options)
    return replace(question, rule=rule, options=options)


def _option(item: _Item, key: marking.Key, element: Element) -> Option:
    identifier = element.get("identifier", "")
    said = [
        html_of(one, item.notes)
        for one in element.iter()
        if one.tag in {"feedbackInline", "feedbackBlock"}
    ]
    said += [
        html_of(one, item.notes)
        for one in item.element.findall("modalFeedback")
        if one.get("identifier") == identifier
    ]
    for one in item.element.findall("modalFeedback"):
        if one.get("identifier") == identifier:
            item.element.remove(one)
    return option(
        item.inline(element),
        key.credit.get(identifier, Decimal(0)),
        feedback=item.rich().inline("<br>".join(said)),
        at_end=element.get("fixed", "false") == "true",
    )


def _kept_at_end(item: _Item, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Those that keep their place and are last; a place before others is not kept."""
    last = len(options)
    while last and options[last - 1].at_end:
        last -= 1
    if last == 0 and options:
        return tuple(replace(one, at_end=False) for one in options)
    if any(one.at_end for one in options[:last]):
        item.notes.add(_("Only options at the end keep their place."))
    return tuple(replace(one, at_end=number >= last) for number, one in enumerate(options))


def _typed(item: _Item) -> Question:
    key = item.key
    if key.is_number:
        return _made(QuestionKind.NUMBER, options=tuple(key.numbers), points=key.points)
    if not key.credit:
        return _made(QuestionKind.OPEN, points=key.points)
    options = tuple(option(text, credit) for text, credit in key.credit.items())
    return _made(
        QuestionKind.SHORT_TEXT,
        options=options,
        points=key.points,
        case_matters=key.case_matters,
    )


def _open(item: _Item) -> Question:
    return _made(QuestionKind.OPEN, points=item.key.points)


def _matching(item: _Item) -> Question:
    key, sets = item.key, item.interaction.findall("simpleMatchSet")
    if len(sets) != 2:
        raise CannotBeTaken(_("The pairs could not be read."))
    item.choices("simpleAssociableChoice")
    prompts, partners = (one.findall("simpleAssociableChoice") for one in sets)
    choices: dict[str, Choice] = {}
    by_identifier = {}
    for one in partners:
        said = item.inline(one)
        by_identifier[one.get("identifier")] = choices.setdefault(
            said, Choice(option().id, said)
        ).id
    matched = [key.pairs.get(one.get("identifier", ""), []) for one in prompts]
    if any(len(one) > 1 for one in matched):
        raise CannotBeTaken(_("A prompt with several right partners is not known here."))
    question = _made(
        QuestionKind.MATCHING,
        options=tuple(
            option(item.inline(one), match=by_identifier.get(right[0], "") if right else "")
            for one, right in zip(prompts, matched, strict=True)
        ),
        choices=tuple(choices.values()),
        points=key.points,
    )
    if not key.by_mapping:
        return replace(question, rule=Rule.ALL)
    marking.say_weights_of_pairs(key, item.notes)
    return question


def _ordering(item: _Item) -> Question:
    key = item.key
    by_identifier = {one.get("identifier", ""): one for one in item.choices("simpleChoice")}
    order = [one for one in key.order if one in by_identifier]
    if len(order) != len(by_identifier):
        raise CannotBeTaken(_("The right order is not in the file."))
    return _made(
        QuestionKind.ORDERING,
        options=tuple(option(item.inline(by_identifier[one])) for one in order),
        points=key.points,
    )


_KINDS: dict[str, Callable[[_Item], Question]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "textEntryInteraction": _typed,
    "extendedTextInteraction": _open,
    "matchInteraction": _matching,
    "orderInteraction": _ordering,
}
