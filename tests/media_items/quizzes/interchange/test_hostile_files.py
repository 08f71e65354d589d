"""Files that are made to do harm: refused with a sentence, soon, and nothing is fetched."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import stat
import zipfile
from pathlib import Path

import pytest

from media_items.quizzes import interchange, texts
from media_items.quizzes.interchange import (
    gift,
    markdown,
    neutral,
    opening,
    paragraph,
    pictures,
    rich,
    sheet,
)
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.neutral import Bank, CannotBeTaken, Notes, NotReadable
from media_items.quizzes.interchange.packages import read_package
from media_items.quizzes.interchange.rich import Rich

pytestmark = pytest.mark.no_database

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
SCRIPT = (
    '<script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a>'
)
ESCAPED = SCRIPT.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def moodle(text, *, way="html", more=""):
    return (
        f'<quiz><question type="essay"><questiontext format="{way}"><text><![CDATA[{text}]]>'
        f"</text></questiontext>{more}</question></quiz>"
    ).encode()


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in entries:
            package.writestr(name, data)
    return out.getvalue()


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "data",
    [
        f'<!DOCTYPE quiz [<!ENTITY l0 "ha">{LAUGHS}]><quiz>&l9;</quiz>'.encode(),
        b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz></quiz>',
        b'<?xml version="1.0"?><!DOCTYPE quiz><quiz/>',
        b"<quiz>" + b"<a>" * 100_000,
        b"<quiz>" + b"<a/>" * 300_000 + b"</quiz>",
        b"<quiz>&nbsp;</quiz>",
        b'<?xml version="1.0" encoding="no-such"?><quiz/>',
        zipped(("../../etc/quiz.xml", "<quiz/>")),
        zipped(("/etc/quiz.xml", "<quiz/>")),
        zipped(("C:\\quiz.xml", "<quiz/>")),
        zipped((link("quiz.xml"), "/etc/passwd")),
        zipped(("quiz.xml", b" " * 40_000_000)),
        zipped(*[(f"{number}.xml", "") for number in range(opening.MOST_ENTRIES + 1)]),
        zipped(("a.zip", zipped(("b.xml", "<quiz/>")))),
        zipped(("quiz.xml", "<quiz/>"))[:-10],
        b"PK\x03\x04" + b"\x00" * 1000,
        b"{" * 1_000_000,
        b"::" * 500_000 + b"{=a}",
        b"kind,question" + b",option 1" * 100_000,
        b'kind,question\nsingle,"' + b"x" * 1_000_000,
        b"\xff\xfe" + "kind,question\nsingle,\x00".encode("utf-16-le"),
    ],
    ids=range(22),
)
def test_a_hostile_file_is_refused_or_has_nothing_in_it(data):
    with contextlib.suppress(NotReadable):
        assert all(one.question is None for one in read_file(data).found)


def test_the_elements_of_all_files_of_a_package_count_together():
    each = b"<q>" + b"<a/>" * (opening.MOST_ELEMENTS // 2) + b"</q>"
    data = zipped(*((f"{number}.xml", each) for number in range(3)))
    with pytest.raises(opening.TooManyParts):
        read_file(data)


def test_a_table_of_more_cells_than_fit_stays_as_it_was_typed():
    wide = "|".join("a" * 1001) + "\n" + "|-" * 1001 + "\n" + "|\n" * 2900
    assert "<td" not in texts.block(wide)
    assert "<td>1</td>" in texts.block("|a|b|\n|-|-|\n|1|2|")


def test_a_lie_about_a_size_does_not_help():
    """The archive says that a file is small, and it is not."""
    data = bytearray(zipped(("quiz.xml", b" " * 20_000_000), method=zipfile.ZIP_STORED))
    for start in (data.index(b"PK\x01\x02") + 24, data.index(b"PK\x03\x04") + 22):
        data[start : start + 4] = (100).to_bytes(4, "little")
    with pytest.raises(NotReadable):
        read_file(bytes(data))


def test_a_million_options_are_refused_as_one_question():
    (found,) = read_file(b"Which? {" + b"~a" * 1_000_000 + b"=b}").found
    assert found.question is None
    (found,) = read_file(
        b'<quiz><question type="multichoice"><questiontext><text>x</text></questiontext>'
        + b'<answer fraction="0"><text>a</text></answer>' * 60_000
        + b"</question></quiz>"
    ).found
    assert found.question is None


def test_more_questions_than_a_quiz_can_have_are_refused():
    with pytest.raises(NotReadable, match="more than 500 questions"):
        read_file(b"A {T}\n\n" * 501)


FIELDS = {
    "gift": f"::{SCRIPT}::[html]{SCRIPT}{{\n~{SCRIPT}#{SCRIPT}\n\\=x\n####{SCRIPT}}}".replace(
        '=x onerror="', '\\=x onerror\\="'
    ).replace("href=", "href\\="),
    "moodle": (
        f'<quiz><question type="multichoice"><name><text>{ESCAPED}</text></name>'
        f'<questiontext format="html"><text>{ESCAPED}</text></questiontext>'
        f"<generalfeedback><text>{ESCAPED}</text></generalfeedback>"
        f'<answer fraction="100"><text>{ESCAPED}</text><feedback><text>{ESCAPED}</text></feedback>'
        f"</answer><hint><text>{ESCAPED}</text></hint></question></quiz>"
    ),
    "canvas": (
        f'<questestinterop><item title="{ESCAPED}"><presentation><material>'
        f'<mattext texttype="text/html">{ESCAPED}</mattext></material><response_lid ident="r">'
        f'<render_choice><response_label ident="a"><material><mattext>{ESCAPED}</mattext>'
        "</material>"
        "</response_label></render_choice></response_lid></presentation></item></questestinterop>"
    ),
    "qti": (
        '<assessmentItem title="x"><responseDeclaration identifier="RESPONSE"/><itemBody>'
        '<p onclick="alert(1)">Q</p><script>alert(1)</script><iframe src="http://127.0.0.1/"/>'
        '<choiceInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="a">'
        '<img src="x" onerror="alert(1)"/><a href="javascript:alert(1)">x</a></simpleChoice>'
        "</choiceInteraction></itemBody></assessmentItem>"
    ),
    "csv": 'kind,question,option 1,right,explanation,hint\nsingle,"{0}","{0}",1,"{0}","{0}"'.format(
        SCRIPT.replace('"', '""')
    ),
}


@pytest.mark.parametrize("name", list(FIELDS))
def test_a_script_in_any_field_reaches_no_page(name):
    (found,) = read_file(FIELDS[name].encode()).found
    question = found.question
    every = [question.text, question.explanation, question.hint]
    every += [text for one in question.options for text in (one.text, one.feedback)]
    for text in every:
        for html in (texts.block(text), texts.inline(text)):
            assert not re.search(r"<(script|img|iframe)|<[^>]*(onerror|onclick|javascript:)", html)


@pytest.mark.parametrize(
    "html",
    ["<b>" * 20_000, "<ul><li>" * 7_000, "<p>" * 20_000, "<math>" * 10_000, "*" * 60_000,
     "\\(" * 30_000, "&" * 60_000, "<a " * 20_000, "[" * 60_000, "`" * 60_000, "$" * 60_000,
     "<table><tr><td>" * 4_000, "<" * 60_000],
    ids=range(13),
)  # fmt: skip
def test_a_text_that_is_hard_to_read_is_read_in_a_moment(html):
    Rich(Notes()).block(html)


def test_the_bank_takes_no_picture_that_is_none():
    html = "&lt;img src=&quot;data:image/png;base64,AAAA&quot; alt=&quot;x&quot;&gt;"
    bank: Bank = read_file(
        f'<quiz><question type="essay"><questiontext format="html"><text>{html}</text>'
        "</questiontext></question></quiz>".encode()
    )
    assert bank.pictures == {}
    assert "not a picture" in " ".join(bank.found[0].notes)


def test_no_zero_byte_gets_in_among_letters_that_are_mixed():
    (found,) = read_file(b"\xef\xbb\xbf::A:: Wh\x00at\xff? {=a\x00 ~b}\n").found
    assert found.question.text.startswith("What")
    assert found.question.options[0].text == "a"


LONG = "\\(a\\) " * 20_000  # more than a text may have


@pytest.mark.parametrize(
    "read",
    [Rich.block, Rich.inline, Rich.question, Rich.words, Rich.block_of_plain, Rich.inline_of_plain,
     Rich.tex_in_markdown],
    ids=lambda read: read.__name__,
)  # fmt: skip
def test_no_work_is_done_on_a_text_that_is_too_long(read, monkeypatch):
    def work(*_args):
        raise AssertionError("It was looked at.")

    monkeypatch.setattr(rich, "tree_of", work)
    monkeypatch.setattr(rich, "text_of", work)
    monkeypatch.setattr(rich, "with_tex", work)
    monkeypatch.setattr(rich.tex, "formulas", work)
    with pytest.raises(CannotBeTaken, match="too long"):
        read(Rich(Notes()), LONG)


@pytest.mark.parametrize(
    "data",
    [
        f"Q{LONG} {{=a}}".encode(),
        f"Q {{={LONG} ~b}}".encode(),
        f"::t::[markdown]{LONG} {{=x}}".encode(),
        ("a\n" * 100_000 + "{=x}").encode(),
        ("." * 200_000 + "a {=x} )").encode(),
        moodle(LONG, way="plain_text"),
        moodle(LONG, way="markdown"),
        moodle(LONG, way="moodle_auto_format"),
        moodle("$" * 100_000, way="plain_text"),
        moodle("<table><tr>" + "<td>" * 6_000 + "<tr><td>" * 3_000),
    ],
    ids=range(10),
)
def test_a_question_with_a_text_that_is_too_long_is_refused_alone(data):
    (found,) = read_file(data).found
    assert found.question is None
    assert "too long" in found.notes[0]


def test_a_table_is_not_filled_up_to_more_cells_than_a_text_has_characters(monkeypatch):
    monkeypatch.setattr(markdown, "_MOST_CELLS", 6)
    table = "<table><tr><td>1<td>2<td>3<tr><td>4{}</table>"
    assert "| 4 |  |  |" in Rich(Notes()).block(table.format(""))
    with pytest.raises(CannotBeTaken):
        Rich(Notes()).block(table.format("<tr><td>5"))


def test_the_texts_of_a_file_count_together(monkeypatch):
    monkeypatch.setattr(neutral, "MOST_TEXT", 1_000)
    each = "a" * 300
    for data in (
        f"{each} {{T}}\n\n" * 4,
        f"kind,question\n{f'open,{each}\n' * 4}",
        "<quiz>" + moodle(each, way="plain_text").decode()[6:-7] * 4 + "</quiz>",
        "<quiz>" + moodle(each).decode()[6:-7] * 4 + "</quiz>",
        "<questestinterop>" + "<item title='x'><presentation><material><mattext>"
        f"{each}</mattext></material></presentation></item></questestinterop>".replace(
            "</item>", "</item>" + f"<item title='x'><presentation><material><mattext>{each}"
            "</mattext></material></presentation></item>" * 3,
        ),
    ):  # fmt: skip
        with pytest.raises(NotReadable, match="too large"):
            read_file(data.encode())


class Counted(str):
    """How many of its signs were looked at."""

    __slots__ = ("looked_at",)

    def __new__(cls, text):
        made = super().__new__(cls, text)
        made.looked_at = 0
        return made

    def __getitem__(self, key):
        self.looked_at += 1
        return super().__getitem__(key)


@pytest.mark.parametrize(
    ("text", "ends"),
    [("." * 50_000 + "a", False), ("." * 50_000, True), ("Why?)", True), ("_", False), ("", False)],
    ids=range(5),
)  # fmt: skip
def test_whether_a_sentence_ends_is_seen_from_its_end(text, ends):
    counted = Counted(text)
    assert gift._ends_a_sentence(counted) is ends
    assert counted.looked_at <= 4


def test_formulas_side_by_side_keep_their_distance():
    opened, closed = paragraph.TEX_OPEN, paragraph.TEX_CLOSE
    text = f"1{opened}a{closed}{opened}b{closed}2{opened} {closed}c{opened}d{closed}${opened}e"
    assert paragraph.with_tex(text) == "1 $a$ $b$ 2c$d$ $ $e$"
    assert paragraph.with_tex("none") == "none"


# On n of one sign they take n times n steps.
SLOW = (r"\W*$", r"\s*$", "[^>]*>")


def test_no_pattern_begins_anew_at_each_sign():
    found = []
    for path in Path(interchange.__file__).parent.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [(path.name, node.value) for slow in SLOW if slow in node.value]
    assert found == []


def test_a_formula_of_brackets_becomes_words():
    notes = Notes()
    assert Rich(notes).block(f"<math {'<' * 59_000}x</math>").endswith("x")
    assert notes.all() == ["A formula could not be read and became plain text."]


def test_signs_of_ours_do_not_come_in_as_entities():
    html = "&#xe000;a&#xe010;<i title='&#xe020;'>b</i>&#57344;" + "&#xe001;" * 100
    assert Rich(Notes()).block(html) == "a*b*"


@pytest.mark.parametrize("number", ["1e27", "1e30", "1e99", "9" * 30, "9" * 39, "9" * 100_000])
def test_points_that_are_huge_are_no_error(number):
    for data in (
        moodle("x", more=f"<defaultgrade>{number}</defaultgrade>"),
        f"kind,question,points,option 1,right,option 2\nsingle,a,{number},x,1,y\n".encode(),
        b"<questestinterop><item title='x'><itemmetadata><qtimetadata><qtimetadatafield>"
        b"<fieldlabel>points_possible</fieldlabel><fieldentry>%b</fieldentry></qtimetadatafield>"
        b"</qtimetadata></itemmetadata><presentation><material><mattext>x</mattext></material>"
        b"<response_str ident='r'/></presentation></item></questestinterop>" % number.encode(),
        b"<assessmentItem><outcomeDeclaration identifier='MAXSCORE'><defaultValue><value>%b</value>"
        b"</defaultValue></outcomeDeclaration><itemBody><p>x</p><extendedTextInteraction/>"
        b"</itemBody></assessmentItem>" % number.encode(),
    ):  # fmt: skip
        (found,) = read_file(data).found
        assert found.question is None or found.question.points in {1, 1000}


def test_an_item_without_a_title_that_is_too_long_is_refused_alone():
    item = (
        "<item title='{}'><presentation><material><mattext>{}</mattext></material></presentation>"
        "</item>"
    )
    items = item.format("", "a" * 60_001) + item.format("B", "b")
    first, second = read_file(f"<questestinterop>{items}</questestinterop>".encode()).found
    assert first.question is None
    assert second.question.text == "b"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_of_another_method_is_refused_before_it_is_unpacked(method):
    data = bytearray(zipped(("quiz.xml", b"<quiz/>" * 100), method=method))
    data[60:70] = b"\xff" * 10
    with pytest.raises(NotReadable, match="ordinary ZIP"):
        read_file(bytes(data))


def test_the_names_of_a_package_are_looked_through_once(monkeypatch):
    """And not for each of its files with questions."""
    names = opening.Package.names.fget
    asked = []
    monkeypatch.setattr(
        opening.Package, "names", property(lambda self: asked.append(1) or names(self))
    )
    counts = []
    for number in (1, 50):
        asked.clear()
        read_package(zipped(*((f"{n}.xml", "<questestinterop/>") for n in range(number))))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_file_of_a_package_counts_once(monkeypatch):
    monkeypatch.setattr(opening, "MOST_UNPACKED_BYTES", 1_500)
    package = opening.Package(zipped(("a.png", bytes(range(250)) * 4)))
    assert len({id(package.read("a.png")) for _mention in range(90)}) == 1


def test_a_picture_that_was_refused_is_not_decoded_again(monkeypatch):
    seen = []

    def clean(file):
        seen.append(file)
        raise pictures.NotAcceptedFile("no picture")

    monkeypatch.setattr(pictures, "clean_whole_picture", clean)
    bank = Bank()
    for name in ("a.png", "b.png"):
        notes = Notes()
        taken = pictures.Pictures(bank, lambda _source: b"broken")
        assert taken.finder(notes)(name) == ""
        assert notes.all() == [f"{name}: no picture"]
    assert len(seen) == 1


def test_a_line_of_too_many_options_makes_none(monkeypatch):
    made = []
    monkeypatch.setattr(sheet, "option", lambda *_args, **_more: made.append(1))
    heading = ",".join(f"option {number}" for number in range(1, 101))
    data = f"kind,question,{heading}\n" + f"single,q,{','.join('x' * 100)}\n" * 3
    assert [one.question for one in read_file(data.encode()).found] == [None] * 3
    assert made == []


@pytest.mark.parametrize(
    "data",
    [
        b"Q {#5..3}",
        b"kind,question,option 1,tolerance 1,margin 1\nnumber,Q,5,interval,3\n",
        (
            b"<questestinterop><item title='x'><presentation><material><mattext>Q</mattext>"
            b"</material><response_num ident='r'/></presentation><resprocessing><respcondition>"
            b"<conditionvar><vargte respident='r'>5</vargte><varlte respident='r'>3</varlte>"
            b"</conditionvar><setvar>100</setvar></respcondition></resprocessing></item>"
            b"</questestinterop>"
        ),
    ],
    ids=["gift", "csv", "qti1"],
)
def test_an_interval_that_is_the_wrong_way_round_is_turned(data):
    (found,) = read_file(data).found
    (accepted,) = found.question.options
    assert (accepted.text, accepted.margin) == ("3", "5")
    assert "wrong order" in found.notes[0]
