"""What stands in the circle beside somebody's name."""

import pytest

from media_items.templatetags.initials import initials


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("", ""),
        (None, ""),
        ("  ", ""),
        ("Ada King Lovelace", "AL"),
        ("Dr. Ada Lovelace", "AL"),
        ("Dr. Lovelace", "DL"),
        ("J. R. Tolkien", "JT"),
        ("ßen <b>", "SS<"),
        ("עדה לאבלייס", "על"),
    ],
)
def test_the_initials_of_a_name(name, said):
    assert initials(name) == said
