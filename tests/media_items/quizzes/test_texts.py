"""Mathematics within a text, wherever it stands in it."""

import pytest

from media_items.quizzes import texts

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("text", ["So: $$x^2$$ it is", "Compute:\n$$x^2$$", "$$x^2$$"])
def test_a_formula_between_double_dollars_leaves_none(text):
    for shown in (texts.block(text), texts.inline(text), texts.line(text)):
        assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in shown
        assert "$" not in shown
        assert "<p></p>" not in shown
    assert "$x^2$" in texts.plain(text)
    assert r"\[x^2\]" in texts.portable(text)
    assert r"\[x^2\]" in texts.portable_inline(text)
