"""Writing a QTI 1.2 package as Canvas reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.html import escape

from media_items.quizzes import texts
from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.interchange.foyer_fields import foyer_fields
from media_items.quizzes.interchange.narrowing import Carries
from media_items.quizzes.interchange.neutral import ALL, plain_number, shortened
from media_items.quizzes.interchange.xml_text import allowed
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.scoring.normalising import number_in

CARRIES = Carries(
    kinds=frozenset(QuestionKind) - {QuestionKind.ORDERING},
    loses=frozenset(),
    rules=frozenset(Rule),
    tolerances=frozenset({Tolerance.EXACT, Tolerance.ABSOLUTE, Tolerance.INTERVAL}),
)
_TYPES = {
    QuestionKind.SINGLE: "multiple_choice_question",
    QuestionKind.MULTIPLE: "multiple_answers_question",
    QuestionKind.TRUE_FALSE: "true_false_question",
    QuestionKind.SHORT_TEXT: "short_answer_question",
    QuestionKind.NUMBER: "numerical_question",
    QuestionKind.MATCHING: "matching_question",
    QuestionKind.OPEN: "essay_question",
    QuestionKind.REFLECTION: "text_only_question",
}
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_META = "http://canvas.instructure.com/xsd/cccv1p0"
_FOLDER = "web_resources/Foyer"


def write_qti1(content: Content, pictures: Mapping[str, bytes], title: str) -> bytes:
    used = {
        one.picture: pictures[one.picture] for one in content.questions if one.picture in pictures
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("imsmanifest.xml", _manifest(used))
        package.writestr("quiz/quiz.xml", _assessment(content, used, title))
        package.writestr("quiz/assessment_meta.xml", _meta(content, title))
        for key, data in used.items():
            package.writestr(f"{_FOLDER}/{key}.jpg", data)
    return out.getvalue()


def _manifest(pictures: Iterable[str]) -> bytes:
    root = Element("manifest", xmlns=_CP, identifier="foyer")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "IMS Content"
    SubElement(metadata, "schemaversion").text = "1.1.3"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for identifier, kind, href in (
        ("quiz", "imsqti_xmlv1p2", "quiz/quiz.xml"),
        ("quiz_meta", "associatedcontent/imscc_xmlv1p1/learning-application-resource",
         "quiz/assessment_meta.xml"),
        *((f"picture_{one}", "webcontent", f"{_FOLDER}/{one}.jpg") for one in pictures),
    ):  # fmt: skip
        one = SubElement(resources, "resource", identifier=identifier, type=kind, href=href)
        SubElement(one, "file", href=href)
        if identifier == "quiz":
            SubElement(one, "dependency", identifierref="quiz_meta")
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _meta(content: Content, title: str) -> bytes:
    root = Element("quiz", xmlns=_META, identifier="quiz")
    SubElement(root, "title").text = allowed(title)
    SubElement(root, "quiz_type").text = "assignment"
    SubElement(root, "points_possible").text = plain_number(content.points)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _assessment(content: Content, pictures: Mapping[str, bytes], title: str) -> bytes:
    root = Element("questestinterop", xmlns=_QTI)
    assessment = SubElement(root, "assessment", ident="quiz", title=allowed(title))
    section = SubElement(assessment, "section", ident="root_section")
    for question in content.questions:
        _item(section, question, has_picture=question.picture in pictures)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _item(section: Element, question: Question, *, has_picture: bool) -> None:
    name = allowed(shortened(texts.plain(question.text), 80))
    item = SubElement(section, "item", ident=f"q_{question.id}", title=name)
    fields = {
        "question_type": _TYPES[question.kind],
        "points_possible": plain_number(question.points),
        **foyer_fields(question),
    }
    metadata = SubElement(SubElement(item, "itemmetadata"), "qtimetadata")
    for label, entry in fields.items():
        one = SubElement(metadata, "qtimetadatafield")
        SubElement(one, "fieldlabel").text = label
        SubElement(one, "fieldentry").text = allowed(entry)
    presentation = SubElement(item, "presentation")
    html = texts.portable(question.text)
    if has_picture:
        source = f"$IMS-CC-FILEBASE$/Foyer/{question.picture}.jpg"
        html += f'<p><img src="{source}" alt="{escape(question.picture_alt)}"></p>'
    _html(presentation, html)
    if question.kind != QuestionKind.REFLECTION:
        processing = _processing()
        _PARTS[question.kind](presentation, processing, question)
        item.append(processing)
    _feedback(item, question)


def _processing() -> Element:
    made = Element("resprocessing")
    SubElement(
        SubElement(made, "outcomes"), "decvar",
        maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal",
    )  # fmt: skip
    return made


def _feedback(item: Element, question: Question) -> None:
    said = {f"{one.id}_fb": one.feedback for one in question.options if one.feedback}
    for ident, text in said.items():
        _html(
            SubElement(SubElement(item, "itemfeedback", ident=ident), "flow_mat"),
            texts.portable_inline(text),
        )
    if question.explanation:
        flow = SubElement(SubElement(item, "itemfeedback", ident="general_fb"), "flow_mat")
        _html(flow, texts.portable(question.explanation))


def _choice(presentation: Element, processing: Element, question: Question) -> None:
    is_several = question.kind == QuestionKind.MULTIPLE
    answer = SubElement(
        presentation, "response_lid",
        ident="response1", rcardinality="Multiple" if is_several else "Single",
    )  # fmt: skip
    choices = SubElement(answer, "render_choice")
    for one, ident in zip(question.options, _idents(question), strict=True):
        label = SubElement(choices, "response_label", ident=ident)
        if question.kind == QuestionKind.TRUE_FALSE:
            _plain(label, ident.capitalize())
        else:
            _html(label, texts.portable_inline(one.text))
        if one.feedback:
            _equal(_condition(processing, feedback=one), ident)
    if is_several:
        _all_of(_condition(processing, credit="100"), question)
        return
    for one, ident in zip(question.options, _idents(question), strict=True):
        if one.credit:
            _equal(_condition(processing, credit=plain_number(one.credit)), ident)


def _idents(question: Question) -> list[str]:
    if question.kind == QuestionKind.TRUE_FALSE:
        return ["true", "false"]
    return [one.id for one in question.options]


def _all_of(wanted: Element, question: Question) -> None:
    every = SubElement(wanted, "and")
    for one in question.options:
        _equal(every if one.is_right else SubElement(every, "not"), one.id)


def _short_text(presentation: Element, processing: Element, question: Question) -> None:
    _typed(presentation)
    for one in question.options:
        wanted = _condition(processing, credit=plain_number(one.credit), feedback=one)
        _equal(wanted, one.text, case="Yes" if question.case_matters else "No")


def _number(presentation: Element, processing: Element, question: Question) -> None:
    _typed(presentation)
    for one in question.options:
        wanted = _condition(processing, credit=plain_number(one.credit), feedback=one)
        if one.tolerance == Tolerance.INTERVAL:
            _between(wanted, one.text, one.margin)
            continue
        middle, margin = number_in(one.text), number_in(one.margin) if one.margin else None
        if one.tolerance == Tolerance.EXACT or middle is None or margin is None:
            _equal(wanted, one.text)
            continue
        either = SubElement(wanted, "or")
        _equal(either, one.text)
        _between(
            SubElement(either, "and"), plain_number(middle - margin), plain_number(middle + margin)
        )


def _between(wanted: Element, low: str, high: str) -> None:
    SubElement(wanted, "vargte", respident="response1").text = low
    SubElement(wanted, "varlte", respident="response1").text = high


def _matching(presentation: Element, processing: Element, question: Question) -> None:
    share = plain_number((ALL / max(1, len(question.options))).quantize(ALL / 10000))
    for one in question.options:
        respident = f"response_{one.id}"
        answer = SubElement(presentation, "response_lid", ident=respident)
        _html(answer, texts.portable_inline(one.text))
        choices = SubElement(answer, "render_choice")
        for choice in question.choices:
            label = SubElement(choices, "response_label", ident=choice.id)
            _html(label, texts.portable_inline(choice.text))
        if one.match:
            wanted = _condition(processing, credit=share, action="Add")
            _equal(wanted, one.match, respident=respident)


def _open(presentation: Element, processing: Element, question: Question) -> None:
    _typed(presentation)
    SubElement(SubElement(SubElement(processing, "respcondition"), "conditionvar"), "other")


_PARTS: dict[QuestionKind, Callable[[Element, Element, Question], None]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.TRUE_FALSE: _choice,
    QuestionKind.SHORT_TEXT: _short_text,
    QuestionKind.NUMBER: _number,
    QuestionKind.MATCHING: _matching,
    QuestionKind.OPEN: _open,
}


def _typed(presentation: Element) -> None:
    answer = SubElement(presentation, "response_str", ident="response1", rcardinality="Single")
    SubElement(SubElement(answer, "render_fib"), "response_label", ident="answer1", rshuffle="No")


def _condition(
    processing: Element, *, credit: str = "", action: str = "Set", feedback: Option | None = None
) -> Element:
    """Its `conditionvar`, to be filled."""
    made = SubElement(
        processing, "respcondition", {"continue": "No" if credit and action == "Set" else "Yes"}
    )
    wanted = SubElement(made, "conditionvar")
    if credit:
        SubElement(made, "setvar", action=action, varname="SCORE").text = credit
    if feedback is not None and feedback.feedback:
        SubElement(made, "displayfeedback", feedbacktype="Response", linkrefid=f"{feedback.id}_fb")
    return wanted


def _equal(wanted: Element, text: str, *, respident: str = "response1", case: str = "") -> None:
    more = {"case": case} if case else {}
    SubElement(wanted, "varequal", {"respident": respident, **more}).text = allowed(text)


def _html(parent: Element, html: str) -> None:
    SubElement(SubElement(parent, "material"), "mattext", texttype="text/html").text = allowed(html)


def _plain(parent: Element, text: str) -> None:
    SubElement(SubElement(parent, "material"), "mattext", texttype="text/plain").text = allowed(
        text
    )
