"""A role behind the address of a line, and in a column that no heading names."""

from __future__ import annotations

import pytest

from access.people_lists.parsing import read_list
from access.typed_roles import role_meant, roles_in_line


def read(text):
    return [
        (one.person.email, one.person.first_name, one.person.last_name, role_meant(one.role))
        for one in read_list(text).entries
    ]


ADA = ("ada@x.edu", "Ada", "Lovelace")


@pytest.mark.parametrize(
    ("line", "person", "role"),
    [
        ("ada@x.edu speaker", ("ada@x.edu", "", ""), "speaker"),
        ("ada@x.edu, Moderator", ("ada@x.edu", "", ""), "moderator"),
        ("ada@x.edu,moderator", ("ada@x.edu", "", ""), "moderator"),
        ("ada@x.edu;VIEWER", ("ada@x.edu", "", ""), "viewer"),
        ("ada@x.edu (speaker)", ("ada@x.edu", "", ""), "speaker"),
        ("ada@x.edu – speaker", ("ada@x.edu", "", ""), "speaker"),
        ("ada@x.edu: speaker", ("ada@x.edu", "", ""), "speaker"),
        ("Ada Lovelace <ada@x.edu> speaker", ADA, "speaker"),
        ("Ada Lovelace <ada@x.edu>, Speaker", ADA, "speaker"),
        ("Ada Lovelace <ada@x.edu> - Collaborator", ADA, "collaborator"),
        ("Lovelace, Ada <ada@x.edu>; speaker", ADA, "speaker"),
        ("Ada Lovelace ada@x.edu moderator", ADA, "moderator"),
        ("Ada\tLovelace\tada@x.edu\tmoderator", ADA, "moderator"),
        ("Ada,Lovelace,ada@x.edu,Moderator", ADA, "moderator"),
        ("moderator;ada@x.edu;Ada Lovelace", ADA, "moderator"),
        ("ada@x.edu", ("ada@x.edu", "", ""), ""),
        ("Ada Lovelace <ada@x.edu>", ADA, ""),
    ],
)
def test_a_role_behind_the_address_is_read(line, person, role):
    assert read(line) == [(*person, role)]


@pytest.mark.parametrize(
    "text",
    [
        "ada@x.edu speaker; bob@y.org; eve@z.net moderator",
        "ada@x.edu speaker\nbob@y.org\neve@z.net, moderator",
        "ada@x.edu, speaker, bob@y.org, eve@z.net, moderator",
        "ada@x.edu (speaker), bob@y.org, eve@z.net (moderator)",
    ],
)
def test_each_person_has_the_role_behind_their_own_address(text):
    assert [(one[0], one[3]) for one in read(text)] == [
        ("ada@x.edu", "speaker"),
        ("bob@y.org", ""),
        ("eve@z.net", "moderator"),
    ]


def test_a_column_of_roles_needs_no_heading():
    found = read_list("Ada;Lovelace;ada@x.edu;Speaker\nBob;Stone;bob@y.org;Viewer")
    assert [one.role for one in found.entries] == ["Speaker", "Viewer"]
    assert [str(one) for one in found.sheets[0].columns] == ["first", "last", "email", "role"]


def test_one_who_is_called_like_a_role_takes_nobody_their_name():
    rows = [f"Ada{n};Lovelace;p{n}@x.edu" for n in "abcdefghijk"]
    found = read_list("\n".join([*rows, "Ben;Speaker;ben@x.edu"]))
    assert [str(one) for one in found.sheets[0].columns] == ["first", "last", "email"]
    assert found.people[-1].last_name == "Speaker"
    assert found.people[0].last_name == "Lovelace"


def test_a_column_of_other_words_is_none():
    found = read_list("Ada;Lovelace;ada@x.edu;Student\nBob;Stone;bob@y.org;TA")
    assert [one.role for one in found.entries] == ["", ""]


@pytest.mark.parametrize("word", ["student", "Speaker Bob", "viewers", "the speaker"])
def test_other_words_behind_an_address_are_no_roles(word):
    assert list(roles_in_line(f"ada@x.edu {word}")) == [(f"ada@x.edu {word}", "")]


def test_a_slip_of_the_finger_is_still_one():
    [entry] = read_list("ada@uni.de,com").entries
    assert (entry.person.email, entry.role) == ("", "")


def test_the_time_is_that_of_the_length_of_the_text():
    for line in ("@" * 50_000, "a@b " * 20_000, "ada@x.edu" + " " * 50_000 + "x", "@b, c" * 20_000):
        assert list(roles_in_line(line)) == [(line, "")]
