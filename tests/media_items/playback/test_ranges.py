"""The arithmetic of byte ranges, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date
from hypothesis import given
from hypothesis import strategies as st

from media_items.delivery.ranges import (
    ByteRange,
    RangeNotSatisfiable,
    still_the_same,
    wanted_range,
)


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-4", 0, 4),
        ("bytes=3-", 3, 9),
        ("bytes=9-", 9, 9),
        ("bytes=5-500", 5, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-500", 0, 9),
        ("bytes=000-004", 0, 4),
        ("Bytes=0-4", 0, 4),
        (" bytes= 0-4 ", 0, 4),
        ("bytes=0-" + "9" * 5000, 0, 9),
        ("bytes=-" + "9" * 5000, 0, 9),
    ],
)
def test_a_range_inside_the_file_is_cut_to_the_file(header, first, last):
    assert wanted_range(header, size=10) == ByteRange(first, last)


@pytest.mark.parametrize(
    "header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_outside_the_file_cannot_be_satisfied(header):
    with pytest.raises(RangeNotSatisfiable):
        wanted_range(header, size=10)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=1-2,4-5",
        "bytes=1 -2",
        "bytes=+1-2",
        "bytes=1--2",
        "bytes=٣-٤",
        "items=0-4",
        "bytes=0x1-0x2",
    ],
)
def test_what_is_no_single_range_means_the_whole_file(header):
    assert wanted_range(header, size=10) is None


def test_of_an_empty_file_only_its_end_can_be_asked_for():
    assert wanted_range("bytes=-5", size=0) is None
    with pytest.raises(RangeNotSatisfiable):
        wanted_range("bytes=0-", size=0)


@given(header=st.text(max_size=40) | st.from_regex(r"bytes=\d*-\d*"), size=st.integers(0, 10**12))
def test_no_header_ever_leads_outside_the_file(header, size):
    try:
        part = wanted_range(header, size=size)
    except RangeNotSatisfiable:
        return
    assert part is None or 0 <= part.first <= part.last < size


LONG_AGO = datetime(2026, 1, 1, 12, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("if_range", "same"),
    [
        ("", True),
        ('"abc"', True),
        ('W/"abc"', False),
        ('"abcd"', False),
        (http_date(LONG_AGO.timestamp()), True),
        (http_date(LONG_AGO.timestamp() + 1), False),
        (http_date(LONG_AGO.timestamp() - 1), False),
        ("yesterday", False),
    ],
)
def test_a_part_is_completed_only_when_the_file_is_still_the_same(if_range, same):
    assert still_the_same(if_range, etag='"abc"', changed_at=LONG_AGO) is same


def test_the_date_of_a_file_changed_this_moment_proves_nothing():
    now = timezone.now()
    assert not still_the_same(http_date(now.timestamp()), etag='"abc"', changed_at=now)
    before = now - timedelta(seconds=5)
    assert still_the_same(http_date(before.timestamp()), etag='"abc"', changed_at=before)
