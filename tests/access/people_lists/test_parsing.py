"""Reading people out of pasted words and files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.email_addresses import is_good_email
from access.people_lists.parsing import MOST_PEOPLE, TooManyPeople, read_people
from access.typed_text import clean_words
from media_items.text_encodings import readings
from tests.examples import examples

ADA = ("ada@x.edu", "Ada", "Lovelace")
BOB = ("bob@y.org", "Bob", "Stone")


def read(text):
    return [(one.email, one.first_name, one.last_name) for one in read_people(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace <ada@x.edu>; Bob Stone <bob@y.org>",
        "Ada Lovelace <ada@x.edu>, Bob Stone <bob@y.org>,",
        "Ada Lovelace <ada@x.edu>\nBob Stone <bob@y.org>\n",
        "Ada Lovelace <ada@x.edu>\r\n\r\nBob Stone <bob@y.org>",
        '"Lovelace, Ada" <ada@x.edu>; "Stone, Bob" <bob@y.org>',
        '"Ada Lovelace" <ADA@X.edu>, Bob Stone <mailto:bob@y.org>',
        "Lovelace, Ada <ada@x.edu>; Stone, Bob <bob@y.org>",
        "Ada Lovelace ada@x.edu\nBob Stone bob@y.org",
        "ada@x.edu (Ada Lovelace)\nbob@y.org (Bob Stone)",
        "ada@x.edu\tAda\tLovelace\nbob@y.org\tBob\tStone",
        "Ada\tLovelace\tada@x.edu\nBob\tStone\tbob@y.org",
        "1,Ada,Lovelace,ada@x.edu\n2,Bob,Stone,bob@y.org",
        "Ada Lovelace;ada@x.edu\nBob Stone;bob@y.org",
        '"Lovelace, Ada",ada@x.edu\n"Stone, Bob",bob@y.org',
        "Email,First name,Last name\nada@x.edu,Ada,Lovelace\nbob@y.org,Bob,Stone",
        "Last Name;E-Mail;First Name;Group\nLovelace;ada@x.edu;Ada;1\nStone;bob@y.org;Bob;2",
        "\ufeffName,Vorname,E-Mail\nLovelace,Ada,ada@x.edu\nStone,Bob,bob@y.org",
        "Full name\tEmail address\nAda Lovelace\tada@x.edu\nBob Stone\tbob@y.org",
        'name,email\n"Lovelace, Ada",ada@x.edu\n"Stone, Bob",bob@y.org',
        'sep=;\nEmail;First name;Last name\n"ada@x.edu";"Ada";"Lovelace"\nbob@y.org;Bob;Stone',
        "Sähköposti;Etunimi;Sukunimi\nada@x.edu;Ada;Lovelace\nbob@y.org;Bob;Stone",
    ],
)
def test_people_are_read_from_any_usual_form(text):
    assert read(text) == [ADA, BOB]


@pytest.mark.parametrize(
    "text",
    [
        "Name\tEmail\tRole\nAlan\tTuring\talan@x.edu",
        "Name\tEmail\tRole\nAlan\tTuring\talan@x.edu\tViewer",
        "Name\tEmail\nAlan\tTuring\talan@x.edu",
        "Name;E-Mail;Rolle\nAlan;Turing;alan@x.edu",
        "Name\tEmail\tRole\nAlan Turing\talan@x.edu\tViewer",
        "Name,Email,Role\nTuring, Alan,alan@x.edu,Viewer",
        '"Name","Email","Role"\n"Turing, Alan","alan@x.edu","Viewer"',
        "Name\tRole\tEmail\nAlan Turing\tViewer\talan@x.edu",
    ],
)
def test_a_name_under_name_email_and_role_is_not_turned(text):
    assert read(text) == [("alan@x.edu", "Alan", "Turing")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Dr. Ada King, Countess <ada@x.edu>", "Dr. Ada", "King, Countess"),
        ('"Dr. Ada King, Countess" <ada@x.edu>', "Dr. Ada", "King, Countess"),
        ("Ada King, Countess of Lovelace <ada@x.edu>", "Ada", "King, Countess of Lovelace"),
        ("Ada King, Countess <ada@x.edu>", "Ada", "King, Countess"),
        ("Ada, Countess <ada@x.edu>", "Ada, Countess", ""),
        ("King, Lady Ada <ada@x.edu>", "Lady Ada", "King"),
        ("Dr. King, Ada <ada@x.edu>", "Ada", "Dr. King"),
        ("King, Jr., Ada <ada@x.edu>", "Ada Jr.", "King"),
        ("van der Berg, Ada <ada@x.edu>", "Ada", "van der Berg"),
        ("Last, First; ada@x.edu", "First", "Last"),
    ],
)
def test_a_title_does_not_turn_a_name(text, first, last):
    assert read(text) == [("ada@x.edu", first, last)]
    assert [one.typed for one in read_people(text)] == [text]


@pytest.mark.parametrize("more", ["", "\tviewer"])
@pytest.mark.parametrize("heading", ["Name\tEmail", "Name\tEmail\tRole"])
def test_names_in_two_columns_under_the_one_heading_name(heading, more):
    text = f"{heading}\nAda\tLovelace\tada@x.edu{more}\nBob\tStone\tbob@y.org{more}"
    assert read(text) == [ADA, BOB]


@pytest.mark.parametrize(
    "text",
    [
        "ada@x.edu, bob@y.org",
        "ada@x.edu; bob@y.org;",
        "ada@x.edu\nbob@y.org",
        "ada@x.edu bob@y.org",
        "<ada@x.edu>,<bob@y.org>",
        "  ada@x.edu \t bob@y.org ",
        "E-mail\nada@x.edu\nbob@y.org",
        "mailto:ada@x.edu\nmailto:bob@y.org",
    ],
)
def test_bare_addresses_are_read_without_names(text):
    assert read(text) == [("ada@x.edu", "", ""), ("bob@y.org", "", "")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
        ("latin-1", b""),
    ],
)
def test_a_file_is_read_in_its_encoding(encoding, mark):
    text = "Name;Email\nJürgen Groß;jg@x.edu\nZoé Müller;zm@x.edu\n"
    data = mark + text.encode(encoding)
    assert read(readings(data)[0].text) == [
        ("jg@x.edu", "Jürgen", "Groß"),
        ("zm@x.edu", "Zoé", "Müller"),
    ]


def test_a_cell_that_runs_over_two_lines_is_one_cell():
    assert read('Email,Name\nada@x.edu,"Ada\nLovelace"\nbob@y.org,Bob Stone') == [ADA, BOB]


def test_a_quote_that_is_never_closed_swallows_nobody():
    lines = ['Email,Name\nada@x.edu,"Ada Lovelace'] + [f"p{n}@x.edu,P" for n in range(20)]
    found = read("\n".join(lines))
    assert found[-1][0] == "p19@x.edu"
    assert len(found) > 14


def test_what_is_no_address_is_kept_as_typed_to_be_mended():
    people = read_people("Ada Lovelace\nada@@x.edu\nbob@nowhere\nbob@y.org")
    assert [is_good_email(one.email) for one in people] == [False, False, False, True]
    assert people[0].typed == "Ada Lovelace"
    assert people[2].email == "bob@nowhere"


def test_a_row_of_a_sheet_without_an_address_is_kept():
    [person] = read_people("Email,Name\n,Ada Lovelace")
    assert (person.email, person.first_name) == ("", "Ada")


def test_a_formula_is_text():
    [person] = read_people('name,email\n"=HYPERLINK(""http://evil"",""x"")",eve@x.edu')
    assert "=HYPERLINK(" in f"{person.first_name} {person.last_name}"
    assert person.email == "eve@x.edu"


def test_noughts_bidi_marks_and_line_breaks_do_not_get_into_names():
    [person] = read_people("Eve\u202e moc\x00\x07 Stone <eve@x.edu>")
    assert (person.first_name, person.last_name) == ("Eve moc", "Stone")
    assert clean_words("a\u2066b\r\nم\u200cم", most=100) == "ab م\u200cم"
    assert "\u202e" not in person.typed


def test_bidi_in_an_address_makes_it_a_bad_one_or_is_taken_out():
    [person] = read_people("<eve\u202e@x.edu>")
    assert "\u202e" not in person.email


def test_a_huge_field_is_cut_and_the_rest_is_read():
    people = read_people(f"name,email\n{'x' * 300_000},big@x.edu\nBob Stone,bob@y.org")
    assert len(people[0].first_name) <= 100
    assert len(people[0].typed) <= 500
    assert (people[1].email, people[1].first_name, people[1].last_name) == BOB


def test_as_many_as_fit_are_read_and_one_more_is_refused():
    lines = [f"p{number}@x.edu" for number in range(MOST_PEOPLE)]
    assert len(read_people("\n".join(lines))) == MOST_PEOPLE
    with pytest.raises(TooManyPeople):
        read_people("\n".join([*lines, "one@more.edu"]))


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@@b.edu", "a b@c.edu", "a@b.edu\n", "x" * 250 + "@b.edu", "@b.edu"],
)
def test_a_bad_address_is_known(address):
    assert not is_good_email(address)


@given(st.text(max_size=400))
def test_whatever_is_pasted_is_read_without_an_error(text):
    for person in read_people(text):
        assert len(person.typed) <= 500
        assert len(person.email) <= 254
        assert "\x00" not in person.typed + person.email + person.first_name + person.last_name
        assert person.first_name == clean_words(person.first_name, most=100)


@given(st.binary(max_size=400))
@examples(100)
def test_whatever_is_uploaded_is_read_without_an_error(data):
    for reading in readings(data):
        read_people(reading.text)
