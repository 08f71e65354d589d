"""A slip of the finger within an address: nobody else is invited, and the host sees all of it."""

from __future__ import annotations

import pytest

from access.email_addresses import is_good_email
from access.people_lists.parsing import read_people
from access.typed_addresses import lone_address

SLIPS = [
    "ada@example.co|m",
    "ada@example.co,m",
    "ada@uni.de,com",
    "ada@uni.de;com",
    "ada@uni.de|evil.com",
    "ada@uni.de\u037ecom",  # the Greek question mark
    "ada@uni.de\uff0cevil.de",
    "ada@uni.de\uff1bcom",
    "ada@uni.de\u060ccom",
    "ada@uni.de,.com",
    "ada@uni.de;;com",
    "ada@uni.de,com,",
    "ADA@UNI.DE,COM",
    "ada@uni,de",
    "ada@uni.de,ma",  # a title, and the ending of a country
    "Ada Lovelace ada@uni.de,com",
    "Ada Lovelace,ada@uni.de,com",
    "Ada <ada@uni.de,com>",
    '"ada@uni.de,com"',
    "'thooft@x.nl",
    "\u2019thooft@x.nl",
    "\u2018thooft@x.nl",
    "`thooft@x.nl",
    "Gerard <'thooft@x.nl>",
]


def read(text):
    return [(one.email, one.first_name, one.last_name) for one in read_people(text)]


@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_makes_nobody_elses_address_of_it(line):
    [one] = read_people(line)
    assert (one.email, one.typed) == ("", line)
    alone = lone_address(line)  # typed into a field of its own
    assert not is_good_email(alone) or alone in {line, "'thooft@x.nl"}


@pytest.mark.parametrize("line", SLIPS)
def test_neither_does_one_among_others(line):
    people = read_people(f"bob@y.org\n{line}\ngrace@z.org")
    assert [one.email for one in people] == ["bob@y.org", "", "grace@z.org"]
    assert people[1].typed == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bob@y.org,ada@uni.de,com", ["bob@y.org", "ada@uni.de,com"]),
        ("ada@uni.de,com,bob@y.org", ["ada@uni.de,com", "bob@y.org"]),
        ("ada@uni.de;com; bob@y.org; g@z.org|com", ["ada@uni.de;com", "bob@y.org", "g@z.org|com"]),
        ("Bob <bob@y.org>, Ada <ada@uni.de,com>", ["bob@y.org", "Ada <ada@uni.de,com>"]),
        ("Ada <ada@uni.de,com>, Bob <bob@y.org>", ["Ada <ada@uni.de,com>", "bob@y.org"]),
    ],
)
def test_others_on_the_line_are_read(text, expected):
    assert [one.email or one.typed for one in read_people(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Email,Name\nada@uni.de,Ada\nx@y.de,com,Grace",  # more cells than headings
        "Name,Email\nAda,ada@uni.de\nGrace,x@y.de,com",
        "Name,Email\nAda,ada@uni.de\nGrace,x@y.de;com",
        'Name,Email\nAda,ada@uni.de\nGrace,"x@y.de,com"',
        "ada@uni.de,Ada\nbob@y.org,Bob\nx@y.de,evil",  # names elsewhere are no such words
        "ada@uni.de,ada\nbob@y.org,bob\nx@y.de,com",
    ],
)
def test_a_slip_in_a_sheet_is_seen_too(text):
    people = read_people(text)
    assert "x@y.de" not in [one.email for one in people]
    assert people[0].email == "ada@uni.de"
    assert people[-1].typed == text.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@uni.de,ada,lovelace", [("ada@uni.de", "ada", "lovelace")]),
        ("ada@uni.de,Ada", [("ada@uni.de", "Ada", "")]),
        ("ada@uni.de, ada", [("ada@uni.de", "ada", "")]),
        ("ada@uni.de\tada", [("ada@uni.de", "ada", "")]),
        ("ada,ada@uni.de", [("ada@uni.de", "ada", "")]),
        ("ada@uni.de,bob@y.org", [("ada@uni.de", "", ""), ("bob@y.org", "", "")]),
        ("Email,Name\nada@uni.de,ada", [("ada@uni.de", "ada", "")]),
        ('"ada@uni.de","ada"', [("ada@uni.de", "ada", "")]),
        (
            "ada@uni.de,ada\nbob@y.org,bob",
            [("ada@uni.de", "ada", ""), ("bob@y.org", "bob", "")],
        ),
        (
            "Ada Lovelace,ada@uni.de,1\nBob Stone,bob@y.org,2",
            [("ada@uni.de", "Ada", "Lovelace"), ("bob@y.org", "Bob", "Stone")],
        ),
        (
            "ada;ada@uni.de;bob;bob@y.org",
            [("ada@uni.de", "ada", ""), ("bob@y.org", "bob", "")],
        ),
        ("'thooft@x.nl'", [("thooft@x.nl", "", "")]),
        ("'ada@uni.de', 'bob@y.org'", [("ada@uni.de", "", ""), ("bob@y.org", "", "")]),
        ("o'hara@uni.de", [("o'hara@uni.de", "", "")]),
    ],
)
def test_cells_and_quotes_are_read_as_they_were(text, expected):
    assert read(text) == expected
