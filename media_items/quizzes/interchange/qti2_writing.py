"""Writing a package of QTI 2.2 or 3.0: a test, an item for each question, pictures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Question
from media_items.quizzes.interchange.foyer_fields import PREFIX, foyer_fields
from media_items.quizzes.interchange.narrowing import Carries, Loss
from media_items.quizzes.interchange.neutral import shortened
from media_items.quizzes.interchange.qti2_processing import declare, process
from media_items.quizzes.interchange.xml_text import allowed
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance

_KINDS = frozenset(QuestionKind) - {QuestionKind.REFLECTION}
_RULES = frozenset({Rule.ALL, Rule.BALANCED, Rule.PAIRS})
_TYPED = {
    QuestionKind.SHORT_TEXT: frozenset({Loss.FEEDBACK}),
    QuestionKind.NUMBER: frozenset({Loss.FEEDBACK}),
}
CARRIES_3 = Carries(
    kinds=_KINDS,
    loses=frozenset(),
    loses_of=_TYPED,
    rules=frozenset(Rule),
    tolerances=frozenset(Tolerance),
    at_end_last=True,
)
CARRIES_2 = Carries(
    kinds=_KINDS,
    loses=frozenset({
        Loss.HINT, Loss.REQUIRED, Loss.NEGATIVE, Loss.ACCENTS, Loss.UNIT, Loss.MOMENT,
    }),
    loses_of=_TYPED,
    rules=_RULES,
    tolerances=frozenset(Tolerance),
    at_end_last=True,
)  # fmt: skip


@dataclass(frozen=True)
class _Version:
    namespace: str
    item_type: str
    test_type: str
    is_3: bool


_2 = _Version(
    "http://www.imsglobal.org/xsd/imsqti_v2p2", "imsqti_item_xmlv2p2", "imsqti_test_xmlv2p2", False
)
_3 = _Version(
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    "imsqti_item_xmlv3p0",
    "imsqti_test_xmlv3p0",
    True,
)
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
# Elements of HTML keep their names in 3.0.
_OWN = re.compile(r"prompt|value|mapping|match|correct|variable|and|or|equal|gte|lte|sum")


def _write(version: _Version, content: Content, pictures: Mapping[str, bytes], title: str) -> bytes:
    used = {x.picture: pictures[x.picture] for x in content.questions if x.picture in pictures}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("imsmanifest.xml", _manifest(version, content, list(used)))
        package.writestr("test.xml", _bytes(version, _test(content, title)))
        for number, question in enumerate(content.questions, 1):
            item = _item(version, question, number, has_picture=question.picture in used)
            package.writestr(f"items/{number:03}.xml", _bytes(version, item))
        for key, data in used.items():
            package.writestr(f"items/pictures/{key}.jpg", data)
    return out.getvalue()


write_qti2 = partial(_write, _2)
write_qti3 = partial(_write, _3)


def _manifest(version: _Version, content: Content, pictures: list[str]) -> bytes:
    root = Element("manifest", xmlns=_CP, identifier="foyer")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0" if version.is_3 else "2.2"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    items = [f"items/{number:03}.xml" for number in range(1, len(content.questions) + 1)]
    for identifier, kind, href in (
        ("test", version.test_type, "test.xml"),
        *((f"item{n:03}", version.item_type, href) for n, href in enumerate(items, 1)),
        *((f"picture_{one}", "webcontent", f"items/pictures/{one}.jpg") for one in pictures),
    ):
        one = SubElement(resources, "resource", identifier=identifier, type=kind, href=href)
        SubElement(one, "file", href=href)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _test(content: Content, title: str) -> Element:
    root = Element("assessmentTest", identifier="test", title=allowed(title) or "Quiz")
    part = SubElement(
        root,
        "testPart",
        identifier="part",
        navigationMode="nonlinear",
        submissionMode="simultaneous",
    )
    section = SubElement(
        part, "assessmentSection", identifier="section", title=allowed(title), visible="true"
    )
    for number, _question in enumerate(content.questions, 1):
        SubElement(
            section,
            "assessmentItemRef",
            identifier=f"item{number:03}",
            href=f"items/{number:03}.xml",
        )
    return root


def _item(version: _Version, question: Question, number: int, *, has_picture: bool) -> Element:
    root = Element(
        "assessmentItem",
        identifier=f"item{number:03}",
        title=allowed(shortened(texts.plain(question.text), 80)) or f"{number}",
        adaptive="false",
        timeDependent="false",
    )
    declare(root, question)
    body = SubElement(root, "itemBody")
    if version.is_3:
        for name, text in foyer_fields(question).items():
            body.set(f"data-foyer-{name.removeprefix(PREFIX).replace('_', '-')}", allowed(text))
    _html(SubElement(body, "div"), texts.portable(question.text))
    if has_picture:
        source, alt = f"pictures/{question.picture}.jpg", allowed(question.picture_alt)
        SubElement(SubElement(body, "p"), "img", src=source, alt=alt)
    _INTERACTIONS[question.kind](body, question)
    process(root, question)
    if question.explanation:
        said = SubElement(
            root, "modalFeedback",
            outcomeIdentifier="FEEDBACK", identifier="EXPLANATION", showHide="hide",
        )  # fmt: skip
        _html(SubElement(said, "div"), texts.portable(question.explanation))
    return root


def _choice(body: Element, question: Question) -> None:
    is_several = question.kind == QuestionKind.MULTIPLE
    made = SubElement(
        body, "choiceInteraction",
        responseIdentifier="RESPONSE", shuffle="true", maxChoices="0" if is_several else "1",
    )  # fmt: skip
    for number, one in enumerate(question.options):
        fixed = {"fixed": "true"} if one.at_end else {}
        choice = SubElement(made, "simpleChoice", {"identifier": f"c{number}", **fixed})
        _html(choice, texts.portable_inline(one.text))
        if one.feedback:
            said = SubElement(
                choice, "feedbackInline",
                outcomeIdentifier="FEEDBACK", identifier=f"c{number}", showHide="show",
            )  # fmt: skip
            _html(said, texts.portable_inline(one.feedback))


def _text_entry(body: Element, question: Question) -> None:
    SubElement(SubElement(body, "div"), "textEntryInteraction", responseIdentifier="RESPONSE")


def _extended_text(body: Element, question: Question) -> None:
    SubElement(body, "extendedTextInteraction", responseIdentifier="RESPONSE")


def _match(body: Element, question: Question) -> None:
    made = SubElement(
        body, "matchInteraction",
        responseIdentifier="RESPONSE", shuffle="true", maxAssociations=str(len(question.options)),
    )  # fmt: skip
    prompts, partners = SubElement(made, "simpleMatchSet"), SubElement(made, "simpleMatchSet")
    for number, one in enumerate(question.options):
        made = SubElement(prompts, "simpleAssociableChoice", identifier=f"p{number}", matchMax="1")
        _html(made, texts.portable_inline(one.text))
    for number, choice in enumerate(question.choices):
        most = str(max(1, len(question.options)))
        made = SubElement(
            partners, "simpleAssociableChoice", identifier=f"m{number}", matchMax=most
        )
        _html(made, texts.portable_inline(choice.text))


def _order(body: Element, question: Question) -> None:
    made = SubElement(body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
    for number, one in enumerate(question.options):
        _html(
            SubElement(made, "simpleChoice", identifier=f"c{number}"),
            texts.portable_inline(one.text),
        )


_INTERACTIONS: dict[QuestionKind, Callable[[Element, Question], None]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _choice,
    QuestionKind.SHORT_TEXT: _text_entry,
    QuestionKind.NUMBER: _text_entry,
    QuestionKind.MATCHING: _match,
    QuestionKind.ORDERING: _order,
    QuestionKind.OPEN: _extended_text,
}


def _html(parent: Element, html: str) -> None:
    """Ours, out of an allow-list, so it is XML but for its line ends."""
    xml = re.sub(r"<(br|img|hr)\b([^>]*?)/?>", r"<\1\2/>", allowed(html)).replace(
        "&nbsp;", "\u00a0"
    )
    whole = fromstring(f"<div>{xml}</div>")  # noqa: S314 - not from outside
    parent.text = (parent.text or "") + (whole.text or "")
    parent.extend(list(whole))


def _bytes(version: _Version, root: Element) -> bytes:
    if version.is_3:
        _in_names_of_3(root)
    root.set("xmlns", version.namespace)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _in_names_of_3(root: Element) -> None:
    for element in root.iter():
        if _OWN.fullmatch(str(element.tag)) or re.search("[A-Z]", str(element.tag)):
            element.tag = f"qti-{_kebab(str(element.tag))}"
            for name in list(element.attrib):
                if re.search("[A-Z]", name):
                    element.set(_kebab(name), element.attrib.pop(name))


def _kebab(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f"-{match[1].lower()}", name)
