"""Files that are made to do harm: refused with a sentence, soon, and nothing is fetched."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile

import pytest

from media_items.quizzes import texts
from media_items.quizzes.interchange import opening
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.neutral import Bank, Notes, NotReadable
from media_items.quizzes.interchange.rich import Rich

pytestmark = pytest.mark.no_database

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
SCRIPT = (
    '<script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a>'
)
ESCAPED = SCRIPT.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


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
