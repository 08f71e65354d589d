"""Whatever stands in an address, reading a number from it harms nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_items.numbers import LARGEST_ID, LARGEST_PAGE, ids, page_number, whole_number

NONSENSE = [
    None,
    "",
    " ",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "1_000",
    " 7",
    "7\n",
    "seven",
    "\0",
    "٣",  # a digit in Arabic
    "７",  # a digit in full width
    "²",
    "9" * 5_000,  # more digits than Python reads
    str(LARGEST_ID + 1),
]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_the_default(text):
    assert whole_number(text, default=None) is None
    assert whole_number(text, at_most=10, default=3) == 3


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)]
)
def test_digits_are_their_number(text, number):
    assert whole_number(text, default=None) == number


def test_what_is_larger_than_the_largest_is_the_default():
    assert whole_number("10", at_most=10, default=None) == 10
    assert whole_number("11", at_most=10, default=None) is None


@pytest.mark.parametrize("text", [*NONSENSE, "0", "00"])
def test_a_page_that_is_none_is_the_first(text):
    assert page_number(text) == 1


def test_a_page_may_be_far_away_and_not_endlessly():
    assert page_number("12") == 12
    assert page_number(str(LARGEST_PAGE)) == LARGEST_PAGE
    assert page_number(str(LARGEST_PAGE + 1)) == 1


def test_what_is_no_key_of_a_row_is_left_out():
    assert ids(["3", "x", "", "٣", "9" * 30, "4"]) == [3, 4]


@given(st.text())
def test_any_text_is_read(text):
    assert whole_number(text, at_most=50, default=-1) in range(-1, 51)
    assert page_number(text) >= 1
