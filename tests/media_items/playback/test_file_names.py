"""Names of downloads."""

from __future__ import annotations

import pytest

from media_items.delivery.file_names import file_name_for


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Cell division, part 2", "Cell division, part 2.mp4"),
        ("  a\tb\n c ", "a b c.mp4"),
        ("../../etc/passwd", "etc passwd.mp4"),
        ("a/b\\c:d", "a b c d.mp4"),
        ("שיעור 7", "שיעור 7.mp4"),
        ("harmless\u202egnp", "harmlessgnp.mp4"),
        ("x" * 300, "x" * 120 + ".mp4"),
        ("...", "my chat.mp4"),
        ("\u200b", "my chat.mp4"),
    ],
)
def test_a_name_is_the_title_without_what_could_mislead(title, name):
    assert file_name_for(title, stored_name="x/original/ab.mp4", original_name="my chat.avi") == (
        name
    )


def test_a_file_without_any_name_is_called_file():
    assert file_name_for("", stored_name="x/ab.pdf") == "file.pdf"
