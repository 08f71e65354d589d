"""Files in the shapes of other systems: made by text2qti (text2qti.txt is its source), by hand
after what Moodle writes, and after the samples of 1EdTech."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from media_items.quizzes.interchange.batches import Numbered
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.neutral import NotReadable, Verdict
from media_items.quizzes.interchange.shown import shown
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.models.questions import MOST_POINTS

pytestmark = pytest.mark.no_database

CASES = Path(__file__).parents[3] / "cases" / "quizzes"
HALF, ALL = Decimal(50), Decimal(100)


def bank_of(name):
    return read_file((CASES / name).read_bytes())


def by_name(name):
    return {one.name: one for one in bank_of(name).found}


def said(options):
    return [(one.text, one.credit, one.feedback) for one in options]


def test_a_package_of_text2qti():
    bank = bank_of("text2qti.zip")
    questions = [one.question for one in bank.found]
    assert [one.verdict for one in bank.found] == [Verdict.TAKEN] * 9
    assert [one.kind.value for one in questions] == [
        "single", "multiple", "true_false", "short_text", "number", "number", "number", "open",
        "reflection",
    ]  # fmt: skip
    phases, several, _true, words, plus_or_minus, exact, interval, why, _pause = questions
    assert phases.points == 2
    assert said(phases.options) == [
        ("Metaphase", ALL, "Just so."),
        ("Anaphase", 0, "That is when they part."),
        ("Telophase", 0, ""),
    ]
    assert phases.explanation == "They line up in the middle."
    assert [one.is_right for one in several.options] == [True, True, False, False]
    assert [one.text for one in words.options] == ["Centromere", "the centromere"]
    tolerances = [plus_or_minus.options[0], exact.options[0], interval.options[0]]
    assert [(one.text, one.tolerance, one.margin) for one in tolerances] == [
        ("1.5", Tolerance.ABSOLUTE, "0.5"),
        ("46", Tolerance.EXACT, ""),
        ("20", Tolerance.INTERVAL, "37.5"),
    ]
    assert why.text == r"Why do cells divide? Consider $\frac{A}{V}$."


def test_gift_as_moodle_writes_it():
    found = by_name("moodle.gift.txt")
    question = {name: one.question for name, one in found.items()}
    assert said(question["Moons"].options) == [
        ("Saturn", ALL, "Well done."),
        ("Mars", 0, ""),
        ("Jupiter", -25, "Close: it comes second."),
    ]
    assert question["Moons"].may_be_negative
    assert found["Square"].notes == ("Signs behind the closing brace were left out: .",)
    true, false = question["Square"].options
    assert (true.feedback, false.feedback) == ("Yes.", "No, look again.")
    assert question["Square"].explanation == "By its definition."
    assert len(question["Match"].options) == 3
    assert len(question["Match"].choices) == 4
    assert [(x.text, x.margin, x.credit) for x in question["Numbers"].options] == [
        ("384.4", "10", ALL),
        ("400", "40", HALF),
    ]
    assert question["Range"].text == "Between **what** is *g*?"
    assert question["Range"].options[0].tolerance == Tolerance.INTERVAL
    assert [x.text for x in question["Words"].options] == ["a = b", "c # d *"]
    assert question["Words"].text == r"Two {braces}, one = and one \~"
    assert question["Blank"].text == r"The capital of France is \_\_\_\_\_."
    assert question["Essay"].text == "Why?\nSay it in two sentences."
    assert question["Said"].kind == QuestionKind.REFLECTION
    assert question["Several"].rule == Rule.BALANCED
    assert found["Several"].verdict == Verdict.TAKEN
    assert question["Gap"].text.startswith("$x^2$ is **even**\nif x is")


def test_moodle_xml_as_moodle_writes_it():
    bank, found = bank_of("moodle.xml"), by_name("moodle.xml")
    assert bank.notes.all() == ["Categories are not kept."]
    first = found["Organelle"].question
    assert first.text == "What is **this**? It has $n$ parts."
    assert first.picture in bank.pictures
    assert first.picture_alt == "A cell"
    assert bank.pictures[first.picture].startswith(b"\xff\xd8")
    assert said(first.options) == [("a < b", ALL, "Yes"), ("No lost", 0, "")]
    assert set(found["Organelle"].notes) == {
        "A script was left out.",
        "A question has one picture, above its options. Another one was left out.",
        "The feedback for right, partly right and wrong answers was left out.",
        "The hints became one.",
    }
    assert found["Thirds"].question.kind == QuestionKind.MULTIPLE
    assert "weights of their own" in found["Thirds"].notes[0]
    assert found["Speed"].question.text == "How fast?\nIn words."
    assert found["Speed"].question.unit == "m/s"
    assert len(found["Speed"].question.options) == 1
    assert found["Gaps"].verdict == Verdict.REFUSED
    assert found["Why"].question.points == 5
    assert len(found["Pairs"].question.choices) == 3
    assert [one.text for one in found["Order"].question.options] == ["first", "second"]


def test_an_item_of_qti_2_1():
    (found,) = bank_of("item21.xml").found
    question = found.question
    assert question.text == "Water, ${H}_{2}O$.\n\nWhich elements form water?"
    assert [one.is_right for one in question.options] == [True, True, False, False]
    assert [one.at_end for one in question.options] == [False, False, False, True]
    assert question.points == 2
    assert "weights of their own" in found.notes[0]


def test_an_item_of_qti_3_0():
    (found,) = bank_of("item30.xml").found
    assert found.question.kind == QuestionKind.SHORT_TEXT
    assert said(found.question.options) == [("York", ALL, ""), ("Yorck", HALF, "")]
    assert r"this sun of \_\_\_\_\_;" in found.question.text
    assert not found.question.case_matters
    assert found.verdict == Verdict.TAKEN


HEADING = "kind,question,right,option 1,option 2,tolerance 1,margin 1\n"


@pytest.mark.parametrize(
    ("line", "verdict", "note"),
    [
        ("single,Which?,1,A,B,,", Verdict.TAKEN, ""),
        ("single,Which?,A B,A,B,,", Verdict.INCOMPLETE, "“A B” in the column “right”"),
        ("single,Which?,,A,B,,", Verdict.INCOMPLETE, "No option is marked as right."),
        ("multiple,Which?,1 3,A,B,,", Verdict.CHANGED, "“1 3” in the column “right”"),
        ("multiple,Which?,1;2,A,B,,", Verdict.TAKEN, ""),
        ("true_false,Is it?,false,,,,", Verdict.TAKEN, ""),
        ("true_false,Is it?,perhaps,,,,", Verdict.CHANGED, "“perhaps” in the column “right”"),
        ("number,How many?,,5,,absolute,0.5", Verdict.TAKEN, ""),
    ],
)
def test_a_line_of_a_spreadsheet_says_what_it_lacks(line, verdict, note):
    (found,) = read_file((HEADING + line).encode()).found
    assert (found.verdict, note in " ".join(found.notes)) == (verdict, True)


def test_headings_of_a_spreadsheet_are_known_however_their_numbers_are_written():
    heading = HEADING.replace("option 1", "Option  01").replace("option 2", "OPTION 002")
    bank = read_file((heading + "single,Which?,01,A,B,,").encode())
    (found,) = bank.found
    assert found.verdict == Verdict.TAKEN
    assert said(found.question.options) == [("A", ALL, ""), ("B", 0, "")]


def test_a_heading_that_is_there_twice_is_said_to_be():
    heading = HEADING.replace("option 2", "option 01")
    bank = read_file((heading + "single,Which?,1,A,B,,").encode())
    assert "more than once the last was read: option 1" in " ".join(bank.notes.all())


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/workbook.bin", "content.xml"])
def test_a_spreadsheet_of_its_program_is_named(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, "<a/>")
    with pytest.raises(NotReadable, match="Save it as CSV"):
        read_file(out.getvalue())


def test_points_beyond_any_number_become_the_most_there_are():
    (found,) = read_file(f"kind,question,points\nopen,Why?,{'9' * 30}\n".encode()).found
    assert found.question.points == MOST_POINTS
    assert found.verdict == Verdict.CHANGED


def d2l_feedback(ident, words):
    return (
        f'<itemfeedback ident="{ident}"><material><mattext texttype="text/html">'
        f"&lt;p&gt;{words}&lt;/p&gt;</mattext></material></itemfeedback>"
    )


def d2l(weighting="1", *, conditions=None, rest=""):
    def label(number):
        return (
            f'<flow_label class="Block"><response_label ident="Q_A{number}"><flow_mat><material>'
            f'<mattext texttype="text/html">\n  &lt;p&gt;{number}&lt;/p&gt;</mattext></material>'
            "</flow_mat></response_label></flow_label>"
        )

    def equal(number):
        return f'<varequal respident="Q_LID">\n  Q_A{number}\n </varequal>'

    whole = (
        f"<respcondition><conditionvar>{equal(2)}{equal(4)}<not>{equal(1)}{equal(3)}</not>"
        '</conditionvar><setvar action="Add">1</setvar></respcondition>'
    )
    return (
        '<questestinterop><objectbank xmlns:d2l="http://desire2learn.com/xsd/d2lcp_v2p0"><section>'
        '<item title="Even" label="Q" d2l:page="1"><itemmetadata><qtimetadata><qti_metadatafield>'
        "<fieldlabel>qmd_weighting</fieldlabel>"
        f"<fieldentry>{weighting}</fieldentry></qti_metadatafield></qtimetadata></itemmetadata>"
        '<presentation><flow><material><mattext texttype="text/html">Which?</mattext></material>'
        '<response_lid ident="Q_LID" rcardinality="Multiple"><render_choice>'
        + "".join(map(label, (1, 2, 3, 4)))
        + "</render_choice></response_lid></flow></presentation>"
        f"<resprocessing>{conditions or whole}</resprocessing>"
        f"{rest}</item></section></objectbank></questestinterop>"
    ).encode()


@pytest.mark.parametrize(("weighting", "points"), [("3.000", 3), ("0", 1), ("x", 1)])
def test_several_answers_of_d2l_are_all_or_nothing_and_keep_their_points(weighting, points):
    (found,) = read_file(d2l(weighting)).found
    assert found.question.kind == QuestionKind.MULTIPLE
    assert found.question.rule == Rule.ALL
    assert found.question.points == points
    assert [one.text for one in found.question.options if one.is_right] == ["2", "4"]
    assert found.notes == ()


def test_feedback_of_d2l_stands_at_the_option_of_its_number_and_at_the_question_of_its_name():
    rest = d2l_feedback("Q", "Even numbers.") + d2l_feedback("Q_IF1", "No.")
    (found,) = read_file(d2l(rest=rest + d2l_feedback("Q_IF2", "Yes."))).found
    assert [one.feedback for one in found.question.options] == ["No.", "Yes.", "", ""]
    assert found.question.explanation == "Even numbers."
    assert found.notes == ()


def test_feedback_of_d2l_that_belongs_to_nothing_is_left_out_by_its_words():
    key = "<answer_key><answer_key_material><material><mattext>2, 4</mattext></material>"
    rest = d2l_feedback("Q_IF1", "No.") + d2l_feedback("Q_IF9", "Of none.")
    rest += d2l_feedback("X", "long " * 40) + f"{key}</answer_key_material></answer_key>"
    (found,) = read_file(d2l(rest=rest)).found
    assert found.verdict == Verdict.CHANGED
    assert found.notes == (
        "Feedback that belongs to no answer was left out: “Of none.”",
        f"Feedback that belongs to no answer was left out: “{('long ' * 16)[:79]}…”",
        "The answer key for markers was left out: “2, 4”",
    )


def test_what_d2l_counts_as_right_is_right():
    conditions = "".join(
        f'<respcondition continue="yes"><conditionvar><varequal respident="Q_LID">Q_A{number}'
        f'</varequal></conditionvar><setvar varname="{name}" action="Add">1</setvar>'
        "</respcondition>"
        for number, name in enumerate(["D2L_Incorrect", "D2L_Correct"] * 2, 1)
    )
    (found,) = read_file(d2l(conditions=conditions)).found
    assert [one.text for one in found.question.options if one.is_right] == ["2", "4"]
    assert found.verdict == Verdict.TAKEN


def pairs(*mapped):
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in mapped)
    sets = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{x}">{x}</simpleAssociableChoice>' for x in names
        )
        + "</simpleMatchSet>"
        for names in ("ab", "cd")
    )
    return (
        '<assessmentItem title="x"><responseDeclaration identifier="RESPONSE" '
        'cardinality="multiple" baseType="directedPair"><correctResponse><value>a c</value>'
        f"<value>b d</value></correctResponse><mapping>{entries}</mapping></responseDeclaration>"
        '<itemBody><p>Q</p><matchInteraction responseIdentifier="RESPONSE">'
        f"{sets}</matchInteraction></itemBody></assessmentItem>"
    ).encode()


@pytest.mark.parametrize(
    ("mapped", "verdict"),
    [
        ([("a c", 1), ("b d", 1)], Verdict.TAKEN),
        ([("a c", 1), ("b d", "0.5")], Verdict.CHANGED),
        ([("a c", 1), ("b d", 1), ("a d", -1)], Verdict.CHANGED),
    ],
)
def test_pairs_with_weights_of_their_own_say_so(mapped, verdict):
    (found,) = read_file(pairs(*mapped)).found
    assert found.verdict == verdict
    assert [bool(one.match) for one in found.question.options] == [True, True]
    assert ("weights of their own" in " ".join(found.notes)) == (verdict == Verdict.CHANGED)


NOTHING_EARNS = {
    "gift": b"Capital? {=%0%Paris =%0%Paname}",
    "gift number": b"How many? {#=%0%5:1}",
    "csv": b"kind,question,option 1,credit 1\nshort_text,Capital?,Paris,0\n",
    "moodle": (
        b'<quiz><question type="shortanswer"><questiontext><text>Capital?</text></questiontext>'
        b'<answer fraction="0"><text>Paris</text></answer></question></quiz>'
    ),
    "moodle number": (
        b'<quiz><question type="numerical"><questiontext><text>How many?</text></questiontext>'
        b'<answer fraction="0"><text>5</text></answer></question></quiz>'
    ),
    "qti 1.2": (
        b"<questestinterop><item><presentation><material><mattext>Capital?</mattext></material>"
        b'<response_str ident="r"><render_fib/></response_str></presentation><resprocessing>'
        b'<respcondition><conditionvar><varequal respident="r">Paris</varequal></conditionvar>'
        b'<setvar action="Set" varname="SCORE">0</setvar></respcondition></resprocessing></item>'
        b"</questestinterop>"
    ),
    "qti 2.1": (
        b'<assessmentItem title="x"><responseDeclaration identifier="RESPONSE" '
        b'cardinality="single" baseType="string"><mapping><mapEntry mapKey="Paris" '
        b'mappedValue="0"/></mapping></responseDeclaration><itemBody><p>Capital? '
        b'<textEntryInteraction responseIdentifier="RESPONSE"/></p></itemBody></assessmentItem>'
    ),
}


@pytest.mark.parametrize("data", NOTHING_EARNS.values(), ids=NOTHING_EARNS)
def test_accepted_answers_that_earn_nothing_are_said_in_every_format(data):
    (found,) = read_file(data).found
    assert found.verdict == Verdict.INCOMPLETE
    assert "No accepted answer earns points." in found.notes
    line = shown(Numbered(1, found)).lines[0]
    assert line.credit == "0"
