"""How an address names a moment of a recording."""

from __future__ import annotations

import pytest

from media_items.playback.moments import moment_within, read_moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1m30s", 90),
        ("1m30", 90),
        ("1h2m3s", 3723),
        ("2h", 7200),
        ("75m", 4500),
        ("1:30", 90),
        ("1:02:03", 3723),
        ("0", None),
        ("0:00", None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1:2:3:4", None),
        ("1:5", None),
        ("3s2m", None),
        ("٩٠", None),
        ("9" * 5000, None),
    ],
)
def test_a_moment_is_read_as_people_write_it(text, seconds):
    assert read_moment(text) == seconds


@pytest.mark.parametrize(
    ("duration_ms", "moment"), [(90_001, 90), (90_000, None), (60_000, None), (None, 90)]
)
def test_what_lies_behind_the_end_is_no_moment(duration_ms, moment):
    assert moment_within("1:30", duration_ms) == moment
