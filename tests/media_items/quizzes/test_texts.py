"""Mathematics within a text, wherever it stands in it."""

from inspect import unwrap

import pytest

from media_items.quizzes import texts
from media_items.quizzes.mathematics import MOST_TEX, Unread
from media_items.quizzes.writing.unread import said_of_unread
from tests.growth import assert_takes_its_length

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("text", ["So: $$x^2$$ it is", "Compute:\n$$x^2$$", "$$x^2$$"])
def test_a_formula_between_double_dollars_leaves_none(text):
    for shown in (texts.block(text), texts.inline(text), texts.line(text)):
        assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in shown
        assert "$" not in shown
        assert "<p></p>" not in shown
    assert "x²" in texts.plain(text)
    assert r"\[x^2\]" in texts.portable(text)
    assert r"\[x^2\]" in texts.portable_inline(text)


@pytest.mark.parametrize(
    ("text", "display"), [(r"So \(x^2\) is", "inline"), (r"So \[x^2\] is", "block")]
)
def test_the_brackets_of_tex_are_mathematics_too(text, display):
    for shown in (texts.block(text), texts.inline(text), texts.line(text)):
        assert f'display="{display}"' in shown
        assert "\\" not in shown
    assert texts.plain(text) == "So x² is"
    assert not texts.is_plain(text)


@pytest.mark.parametrize(
    "text", [r"\\(x\\)", r"`\(x\)`", r"\(x", r"x\)", r"\(\)", r"\[ \]", r"\(" * 9_000]
)
def test_brackets_that_hold_no_mathematics_are_text(text):
    assert "<math" not in texts.block(text)


@pytest.mark.parametrize(
    "text", [r"\(a \\) b\)", r"\(a\\\)", r"\(\(a\)", r"\(a\) \(b", r"[\(a\) \(b"]
)
def test_brackets_end_where_they_are_closed_and_no_backslash_is_before_them(text):
    assert texts.block(text).count("<math") == 1
    assert texts.inline(text).count("<math") == 1


_NEVER_CLOSED = {
    "inline": r"\(",
    "display": r"\[",
    "both": r"\(\[",
    "with letters": r"\(a ",
    "closed behind a backslash": r"\(\\)",
    "paragraphs": "$$x\n\n",
    "list": "- $$x\n",
    "within": "$$x$$y\n\n",
}


@pytest.mark.parametrize("text", _NEVER_CLOSED.values(), ids=_NEVER_CLOSED)
@pytest.mark.parametrize("read", [texts.block, texts.plain, texts.unread])
def test_a_long_text_of_signs_that_nothing_closes_takes_its_length_only(read, text):
    assert_takes_its_length(
        unwrap(read), lambda length: text * (length // len(text)), length=texts.MOST_CHARACTERS
    )


def test_a_number_behind_a_formula_is_text():
    assert texts.plain("$$x^2$$ (1)") == "x² (1)"
    assert "<a" not in texts.block("$$x^2$$ (1)")


@pytest.mark.parametrize("signs", ["$$", r"\(\)", r"\[\]"])
def test_a_formula_that_is_too_long_is_said_to_be_and_not_repeated_whole(signs):
    tex = "x+" * (MOST_TEX // 2) + "x"
    opens, closes = signs[: len(signs) // 2], signs[len(signs) // 2 :]
    [said] = said_of_unread(f"So {opens}{tex}{closes} is")
    assert "is too long for a formula" in said
    assert len(said) < 250
    assert tex in texts.block(f"So {opens}{tex}{closes} is")


def test_of_a_formula_that_cannot_be_read_the_beginning_is_repeated():
    [said] = said_of_unread(f"${'x' * 500}^a^b$")
    assert "can’t be read as mathematics" in said
    assert len(said) < 250


def test_a_command_that_is_not_known_is_named_and_not_shown():
    text = r"$\ce{H2O}$ and $\nope$ and $x^a^b$ and \(\ce{O2}\) and `$\code$`"
    assert texts.unread(text) == Unread((r"\ce", r"\nope"), ("x^a^b",))
    for shown in (texts.block(text), texts.inline(text), texts.line(text), texts.plain(text)):
        assert "\\ce" not in shown
        assert "\\nope" not in shown
        assert "x^a^b" in shown
    assert texts.unread("costs 5 $") == Unread()


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\frac13", "1/3"),
        (r"\frac{x^3}{2a}", "x³/(2a)"),
        (r"\frac{-b}{2}", "(−b)/2"),
        (r"\sqrt{b^2-4ac}", "√(b²−4ac)"),
        (r"\sqrt[3]{x}", "³√x"),
        (r"e^{2x}", "e^(2x)"),
        (r"x_1 \le \alpha_{ij}^2", "x₁≤α_(ij)²"),
        (r"\sin x", "sin x"),
        (r"\hat{x}", "x̂"),
        (r"f'", "f′"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "(a, b; c, d)"),
        (r"\text{if } x<3", "if x<3"),
    ],
)
def test_mathematics_in_a_line_of_plain_text(tex, words):
    assert texts.plain(f"${tex}$") == words


def test_a_long_line_is_cut_in_plain_text():
    assert texts.plain("$x^2$ " + "a" * 90, 10) == "x² aaaaaa…"
    assert texts.line("$x^2$ " + "a" * 90, 10) == "x² aaaaaa…"
    assert "<math" in texts.line("$x^2$", 10)
