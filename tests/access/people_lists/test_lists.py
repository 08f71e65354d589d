"""Lists as programs and people make them: sheets with odd quotes, exports, clipboards."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.email_addresses import is_good_email
from access.people_lists.columns import sheets_in
from access.people_lists.parsing import read_list, read_people
from access.people_lists.sheets import delimiter_of, lines_of, rows_of
from media_items.text_encodings import readings
from tests.examples import examples

CASES = Path(__file__).parent / "cases"
ADA = ("ada@example.edu", "Ada", "Lovelace")
GRACE = ("grace@example.org", "Grace", "Hopper")


def read(text):
    return [(one.email, one.first_name, one.last_name) for one in read_people(text)]


def good(text):
    return [one for one in read(text) if is_good_email(one[0])]


@pytest.mark.parametrize(
    ("name", "people"),
    [
        (
            "inch-mark-sheet.txt",
            [(f"p{n}@example.edu", f"P{n}", f"Q{n}") for n in range(1, 10)],
        ),
        (
            "one-quote-sheet.tsv",
            [
                ("p1@example.co.il", 'ד"ר יוסי', "כהן"),
                ("p2@example.co.il", "שרה", "לוי"),
                ("p3@example.co.il", "רון", "גל"),
                ("p4@example.co.il", "דנה", "בר"),
                ("p5@example.co.il", "אבי", "נוי"),
                ("p6@example.co.il", "מיה", "רז"),
                ("p7@example.co.il", "גיל", "דן"),
                ("p8@example.co.il", "טל", "אור"),
            ],
        ),
        (
            "canvas-gradebook.csv",
            [("ada.cv@example.edu", *ADA[1:]), ("grace.cv@example.org", *GRACE[1:])],
        ),
        (
            "google-contacts.csv",
            [("grace.gc@example.org", *GRACE[1:]), ("ada.gc@example.edu", *ADA[1:])],
        ),
        ("outlook-mailto.txt", [("ada.ol@example.edu", "", ""), ("grace.ol@example.org", "", "")]),
        ("arabic-comma.txt", [("ada.ar@example.edu", "", ""), ("grace.ar@example.org", "", "")]),
        (
            "hebrew-excel-cp1255.csv",
            [("yossi.c@example.co.il", "יוסי", "כהן"), ("sara.c@example.co.il", "שרה", "לוי")],
        ),
    ],
)
def test_a_list_that_was_read_wrongly_once(name, people):
    possible = readings((CASES / name).read_bytes())
    # Few letters tell little: it is enough that the right reading is among those to choose from.
    assert people in [read(one.text) for one in possible]
    assert read(possible[0].text) == people or not possible[0].certain


@pytest.mark.parametrize(
    "text",
    [
        # odd quotes
        '"Lovelace, Ada" <ada@example.edu>\n"Grace Hopper <grace@example.org>',
        'First,Last,Email,Room\nAda,Lovelace,ada@example.edu,19"\nGrace,Hopper,grace@example.org,"',
        (
            'Email;Name;Note\nada@example.edu;Ada Lovelace;"said: ""yes""\nand more"\n'
            "grace@example.org;Grace Hopper;"
        ),
        # the heading is not the first line, or no known one
        (
            "Course 101\nExported 2026-09-01\n\nName,User Email,Join Time\n"
            "Ada Lovelace,ada@example.edu,1\nGrace Hopper,grace@example.org,2"
        ),
        (
            "Teilnehmerliste;;\n;;\nNachname;Vorname;Kontakt\nLovelace;Ada;ada@example.edu\n"
            "Hopper;Grace;grace@example.org"
        ),
        (
            "Voornaam;Achternaam;E-mailadres;Manager\n"
            "Ada;Lovelace;ada@example.edu;boss@example.com\n"
            "Grace;Hopper;grace@example.org;boss@example.com"
        ),
        (
            "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"
            '"Lovelace, Ada",1,ada@example.edu,A\n"Hopper, Grace",3,grace@example.org,A'
        ),
        (
            'שם פרטי\tשם משפחה\tדוא"ל\nAda\tLovelace\tada@example.edu\n'
            "Grace\tHopper\tgrace@example.org"
        ),
        "Имя;Фамилия;Эл. почта\nAda;Lovelace;ada@example.edu\nGrace;Hopper;grace@example.org",
        (
            "Full Name,First,Email\nAda Lovelace,Ada,ada@example.edu\n"
            "Grace Hopper,Grace,grace@example.org"
        ),
        "Name,Email\nLovelace, Ada,ada@example.edu\nHopper, Grace,grace@example.org",
        (
            "First name,Middle name,Last name,Email\nAda,King,Lovelace,ada@example.edu\n"
            "Grace,Brewster,Hopper,grace@example.org"
        ),
        # no heading
        "1;A;Ada;Lovelace;ada@example.edu;A\n2;A;Grace;Hopper;grace@example.org;A",
        '"Lovelace, Ada";ada@example.edu\n"Hopper, Grace";grace@example.org',
        # clipboards
        "1. Ada Lovelace <ada@example.edu>\n2. Grace Hopper <grace@example.org>",
        "1) Ada Lovelace ada@example.edu\n2) Grace Hopper grace@example.org",
        "To: Ada Lovelace <ada@example.edu>; Grace Hopper <grace@example.org>",
        "Cc: Ada Lovelace <ada@example.edu>,\n An: Grace Hopper <grace@example.org>",
        "- Ada Lovelace <ada@example.edu>\n– Grace Hopper <grace@example.org>",
        "* Ada Lovelace: ada@example.edu\n• Grace Hopper – grace@example.org",
        (
            "Ada Lovelace <ada@example.edu<mailto:ada@example.edu>>\n"
            "Grace Hopper <grace@example.org> (mailto:grace@example.org)"
        ),
        "'Lovelace, Ada' <ada@example.edu>; 'Hopper, Grace' <grace@example.org>",
        "Lovelace, Ada, Dr. <ada@example.edu>; Hopper, Grace, PhD <grace@example.org>",
        "“Ada Lovelace” <ada@example.edu>、„Grace Hopper“ <grace@example.org>",
        "Ada Lovelace ＜ada＠example.edu＞； Grace Hopper ＜grace＠example.org＞",
    ],
)
def test_everybody_is_read_with_their_own_name(text):
    assert good(text) == [ADA, GRACE]


@pytest.mark.parametrize(
    "between",
    [
        "، ",
        "؛ ",
        "，",
        "；",
        "、",
        "。 ",
        " · ",
        "” “",
        "» «",
        "\u3000",
        "\u00a0",
        " • ",
        "\u2028",
        "\x0b",
    ],
)
def test_foreign_punctuation_separates_addresses(between):
    assert good(f"ada@example.edu{between}grace@example.org") == [
        ("ada@example.edu", "", ""),
        ("grace@example.org", "", ""),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.edu–x",
        "anna–maria@example.edu",
        "o’brien@example.edu",
        "ada@example.edu’s",
        "ada@example。edu",
        "ada@@example.edu",
        "ada@bob@example.edu",
        "ada:bob@example.edu",
        "ada：bob@example.edu",
        "ada@example.edu:8080",
        "ada@example.edu?bob@example.org",
    ],
)
def test_an_address_with_signs_that_belong_to_none_is_refused_whole(typed):
    people = read_people(f"{typed}\ngrace@example.org")
    assert not is_good_email(people[0].email)
    assert people[0].typed.startswith(typed[:3])
    assert people[1].email == "grace@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        'a"b@example.edu',
        "a<b@example.edu",
        "b@example.edu<a",
        "a>b@example.edu",
        'ada@example.edu"Ada"',
        '"Ada"ada@example.edu',
        'x"ada"@example.edu',
        "(Ada)ada@example.edu",
        "a{b@example.edu",
        "ad•••ce@example.edu",
        "ad·ce@example.edu",
        "ada@example.co。uk",
        "ada@example.edu。grace@example.org",
        "a”b@example.edu",
    ],
)
@pytest.mark.parametrize("around", ["{}", "Name,Email\nAda,{}", "Ada Lovelace {}", "<x@y.de> {}"])
def test_what_is_cut_out_of_a_word_is_looked_at_and_never_written_to(typed, around):
    text = around.format(typed)
    shown = read_people(text)
    assert [one.email for one in shown if is_good_email(one.email)] in ([], ["x@y.de"])
    assert any(typed in one.typed for one in shown)


@pytest.mark.parametrize(
    "typed",
    [
        "Ada<ada@example.edu>",
        "ada@example.edu(Ada)",
        "[Ada](mailto:ada@example.edu)",
        "Ada: <ada@example.edu>;",
        "•Ada <ada@example.edu>",
        "Ada <ada@example.edu",
        "Ada: “ada@example.edu”.",
    ],
)
def test_brackets_with_both_ends_stand_around_an_address_of_their_own(typed):
    assert good(typed) == [("ada@example.edu", "Ada", "")]


def test_a_word_with_more_in_it_does_not_hide_the_address_alone():
    assert [one[0] for one in good('a"ada@example.edu ada@example.edu')] == ["ada@example.edu"]


@pytest.mark.parametrize(
    "text",
    [
        "1. ada@example.edu",
        "To: ada@example.edu",
        "- ada@example.edu",
        "* ada@example.edu",
        "• ada@example.edu",
        "12) ada@example.edu",
        "E-Mail: ada@example.edu",
        "To:ada@example.edu",
        "cc:mailto:ada@example.edu",
        "ada@example.edu:",
        "אל: ada@example.edu",
        "ada@example.edu<mailto:ada@example.edu>",
        "[ada@example.edu](mailto:ada@example.edu)",
        "ada@example.edu <ada@example.edu>",
        '"ada@example.edu" <ada@example.edu>',
        "mailto:ada@example.edu?subject=Hello",
        "Name,Email\nada@example.edu,ada@example.edu",
        "First,Last,Email\n1.,-,ada@example.edu",
    ],
)
def test_nobody_is_greeted_by_an_address_a_number_or_a_label(text):
    assert read(text) == [("ada@example.edu", "", "")]


def test_both_addresses_of_one_cell_are_found():
    text = "Name,Email\nAda Lovelace,ada@example.edu ::: grace@example.org"
    assert read(text) == [ADA, ("grace@example.org", "", "")]


def test_two_sheets_below_each_other_have_columns_of_their_own():
    text = (
        "Topic,User Email,Participants\nLecture,host@example.com,2\n\n"
        "Name (Original Name),User Email,Guest\n"
        "Ada Lovelace,ada@example.edu,No\nGrace Hopper,grace@example.org,Yes"
    )
    assert read(text) == [("host@example.com", "", ""), ADA, GRACE]


def test_what_reads_like_a_heading_among_people_is_a_person_to_correct():
    found = read_list("Participants\nAda,ada@x.edu\nBob,bob@x.edu\nName\nEve,eve@x.edu")
    assert [one.email for one in found.people] == ["ada@x.edu", "bob@x.edu", "", "eve@x.edu"]
    assert [sheet.above for sheet in found.sheets] == [1]


def test_a_cell_that_swallows_an_address_is_none():
    text = 'Name\tNote\tEmail\nAda\t"x\tada@example.edu\nGrace\ty"\tgrace@example.org'
    assert [one[0] for one in read(text)] == ["ada@example.edu", "grace@example.org"]


def test_a_whole_class_on_one_line_is_read_whole():
    text = "; ".join(f"First{n} Last{n} <p{n}@example.edu>" for n in range(2_000))
    assert [one[0] for one in read(text)] == [f"p{n}@example.edu" for n in range(2_000)]


def test_what_was_guessed_is_told():
    found = read_list((CASES / "canvas-gradebook.csv").read_text())
    [sheet] = found.sheets
    assert sheet.columns == ["full", "", "", "email", ""]
    assert {entry.sheet for entry in found.entries} == {0}
    sign, lines = delimiter_of(lines_of("a\tb@x.edu\tc"))
    assert [one.heading for one in sheets_in(list(rows_of(lines, sign)))] == [[]]


_SIGNS = st.sampled_from("\"'“”„«»<>()[]\t;,|،、。： \u00a0-•*:.1aBשל中@’·")
_WORDS = st.lists(_SIGNS, max_size=12).map("".join)


@st.composite
def lists_with_addresses(draw):
    """Lines of signs that separate, quote and confuse, each with an address of its own."""
    number = draw(st.integers(1, 8))
    lines = [
        f"{draw(_WORDS)}{draw(st.sampled_from(' ;,<'))}p{n}@example.edu"
        f"{draw(st.sampled_from(' ;,>'))}{draw(_WORDS)}"
        for n in range(number)
    ]
    heading = draw(st.sampled_from(["", "Email", "Name\tEmail", "First,Last,E-mail", "a;b", '"']))
    return [heading, *lines] if heading else lines


@given(lists_with_addresses(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_with_an_address_is_found_again(lines, end):
    people = read_people(end.join(lines))
    for number in range(sum("@example" in line for line in lines)):
        assert any(f"p{number}@example.edu" in one.typed for one in people)
    assert not any("@" in one.first_name + one.last_name for one in people)


@given(st.text(max_size=300))
def test_every_line_with_an_at_sign_is_found_again(text):
    """Whatever the line is: the letters around its @ stand in what is shown to the host."""
    shown = " ".join(f"{one.typed} {one.email}" for one in read_people(text))
    for _number, line in lines_of(text):
        if "@" in line:
            assert "@" in shown
            assert {sign for sign in line if sign.isalnum() and sign.isascii()} <= set(shown)


# --- signs within names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Name,Email\nAda\tLovelace,ada@example.edu\nGrace Hopper,grace@example.org",
        "Name,Email\nAda\tLovelace,ada@example.edu\nGrace\tHopper,grace@example.org",
        "Ada\tLovelace <ada@example.edu>\nGrace Hopper <grace@example.org>",
        "Ada\tLovelace; ada@example.edu\nGrace Hopper; grace@example.org",
        "Last,First,Email\nLovelace,Ada,ada@example.edu\nHopper;Grace;grace@example.org",
        "Last;First;Email\nLovelace;Ada;ada@example.edu\nHopper\tGrace\tgrace@example.org",
        "Email;Last;First\nada@example.edu;Lovelace;Ada\ngrace@example.org|Hopper|Grace",
        "Name;Email\nLovelace; Ada;ada@example.edu\nGrace Hopper;grace@example.org",
        "Email,Name,Room\nada@example.edu,Lovelace, Ada,1\ngrace@example.org,Grace Hopper,2",
        # the last name first, and the address behind another sign
        "Lovelace, Ada; ada@example.edu\nHopper, Grace; grace@example.org",
        "Lovelace, Ada; ada@example.edu; Hopper, Grace; grace@example.org",
        "Name; Email\nLovelace, Ada; ada@example.edu\nHopper, Grace; grace@example.org",
    ],
)
def test_a_sign_in_a_name_tears_no_row(text):
    assert read(text) == [ADA, GRACE]


def test_of_a_row_with_a_sign_too_many_the_address_is_read_and_all_of_the_name():
    text = (
        "First,Last,Email,Room\nAda,King,Lovelace,ada@example.edu,1\n"
        "Grace,Hopper,grace@example.org,2"
    )
    assert read(text) == [("ada@example.edu", "Ada", "King, Lovelace"), GRACE]


def test_where_nobody_can_tell_which_cell_is_the_name_there_is_none():
    text = (
        "First,Room,Last,Email\nAda,1,2,Lovelace,ada@example.edu\nGrace,2,Hopper,grace@example.org"
    )
    assert read(text) == [("ada@example.edu", "", ""), GRACE]


@given(
    st.sampled_from("\t;,|"),
    st.lists(st.sampled_from(["", " ", "\t", ";", ",", "|"]), min_size=4, max_size=4),
    st.booleans(),
)
@examples(100)
def test_however_a_name_is_torn_every_address_is_found_once(sign, torn, headed):
    rows = [f"A{odd}da{sign}Love{n}{sign}p{n}@example.edu" for n, odd in enumerate(torn)]
    heading = [f"First name{sign}Last name{sign}Email"] if headed else []
    found = [one for one in read("\n".join([*heading, *rows])) if one[0]]
    assert [one[0] for one in found] == [f"p{n}@example.edu" for n in range(4)]


# --- where it stands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ada@x.edu\n\n\nbob@x.edu", [1, 4]),
        ("\n\r\n ; \r\nada@x.edu\r\rbob@x.edu", [4, 6]),
        ("sep=;\nEmail;Name\nada@x.edu;Ada\n;;\nbob@x.edu;Bob", [3, 5]),
        ("Course 101\n\nName,Email\nAda,ada@x.edu\n\nBob,bob@x.edu", [4, 6]),
        ('Name,Email\n"Ada\nLovelace",ada@x.edu\nBob,bob@x.edu', [2, 4]),
        ('Name,Email\n"Ada\n\nLovelace",ada@x.edu\n\nBob,bob@x.edu', [2, 6]),
        ("ada@x.edu, bob@x.edu\n\ncyd@x.edu\u2028dan@x.edu", [1, 1, 3, 3]),
        ("Name,Email\nAda,ada@x.edu bob@x.edu\nCyd,cyd@x.edu", [2, 2, 3]),
        ("Participants:\nada@x.edu\nTeachers\nnobody\nbob@x.edu", [2, 3, 4, 5]),
        ("Topic,Email,No\nA,ada@x.edu,2\n\nName,Email,Guest\nBob,bob@x.edu,No", [2, 5]),
    ],
)
def test_each_person_has_the_line_of_the_text(text, lines):
    assert [entry.line for entry in read_list(text).entries] == lines


_LINES = ["", " ", ";", "Ada <p@x.edu>", "p@x.edu, Ada", '"a', "a\tp@x.edu"]


@given(st.lists(st.sampled_from(_LINES)))
@examples(100)
def test_the_line_of_each_address_is_one_on_which_it_stands(lines):
    for entry in read_list("\n".join(lines)).entries:
        if "@" in entry.person.email:
            assert "p@x.edu" in lines[entry.line - 1]


@pytest.mark.parametrize(
    "heading",
    [
        "Name",
        "Names:",
        "Participants",
        "Students:",
        "E-mail",
        "E-Mail-Adressen",
        "First name, email",
        "First Last Email",
        "Name and e-mail",
        "Teilnehmer",
        "Name; E-Mail; Rolle",
        "No. Name Email",
    ],
)
@pytest.mark.parametrize(
    "form", ["Ada <ada@x.edu>\nBob <bob@x.edu>", "Ada ada@x.edu\nBob bob@x.edu"]
)
def test_a_heading_is_no_bad_address(heading, form):
    assert read(f"{heading}\n{form}") == [("ada@x.edu", "Ada", ""), ("bob@x.edu", "Bob", "")]
