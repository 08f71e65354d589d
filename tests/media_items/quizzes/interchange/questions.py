"""Questions as they may come, for round trips, and what of them two must have in common."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from media_items.public_ids import new_public_id
from media_items.quizzes import texts
from media_items.quizzes.content import Choice, Content, Option, Question
from media_items.quizzes.kinds import RULES_OF, QuestionKind, Tolerance

# Words, marks, and what is a mark in one of the formats and means nothing here.
_WORDS = [
    "cell", "Zelle", "תא", "ćelija", "x", "7", "1.5", "a = b", "{x}", "~y", "#3", "a -> b", "%50%",
    "::", "5 $", "&amp;", "<b>", "a_b", "2 * 3", "[x] (y)", "`code`", "**bold**", "*em*",
    "~~gone~~", "$x^2$", r"$\frac{1}{2}$", "&", '"', "'", ";", ",", "\\*", "|", "“quoted”", "=",
    "a - b",
    "[see](https://example.org/?a=1&b=2)", "]]>", "<!--",
]  # fmt: skip
_STARTS = [
    "",
    "- one\n- two\n\n",
    "- one\n\n- two\n\n",
    "1. one\n2. two\n\n",
    "$$x + y$$\n\n",
    "```\nif a < b:\n  b = {}\n```\n\n",
]

inline_texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)
block_texts = st.builds(
    lambda start, paragraphs: start + "\n\n".join(paragraphs),
    st.sampled_from(_STARTS),
    st.lists(inline_texts, min_size=1, max_size=2),
)
_answers = st.lists(
    st.sampled_from(["Zelle", "תא", "a=b", "{x}", "5 %", "a # b", "x:y", "R&D", "<b>", "\\", "~"]),
    min_size=1, max_size=3,
).map(" ".join)  # fmt: skip
_optional = st.one_of(st.just(""), inline_texts)
_numbers = st.decimals(-1000, 1000, places=2, allow_nan=False).map(lambda x: f"{x:f}")
_positive = st.decimals(Decimal("0.01"), 50, places=2).map(lambda x: f"{x:f}")
_credits = st.sampled_from([Decimal(0), Decimal(50), Decimal("33.33333"), Decimal(100)])


def _option(**more):
    return st.builds(Option, id=st.builds(new_public_id), **more)


@st.composite
def _lines(draw, kind):
    if kind == QuestionKind.TRUE_FALSE:
        is_true = draw(st.booleans())
        return tuple(
            Option(new_public_id(), text, Decimal(100 if right else 0), draw(_optional))
            for text, right in (("true", is_true), ("false", not is_true))
        )
    if kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
        one = _option(text=inline_texts, credit=_credits, feedback=_optional, at_end=st.booleans())
        found = draw(st.lists(one, min_size=2, max_size=5))
        right = Option(new_public_id(), draw(inline_texts), Decimal(100))
        return (*found, right)
    if kind == QuestionKind.SHORT_TEXT:
        one = _option(text=_answers, credit=_credits, feedback=_optional)
        return tuple(draw(st.lists(one, min_size=1, max_size=3, unique_by=lambda x: x.text)))
    if kind == QuestionKind.NUMBER:
        return tuple(_number(draw) for _ in range(draw(st.integers(1, 3))))
    if kind == QuestionKind.ORDERING:
        return tuple(
            draw(
                st.lists(
                    _option(text=inline_texts, credit=st.just(Decimal(0))), min_size=2, max_size=5
                )
            )
        )
    return ()


def _number(draw):
    way = draw(st.sampled_from(Tolerance))
    number = draw(_numbers)
    margin = "" if way == Tolerance.EXACT else draw(_positive)
    if way == Tolerance.INTERVAL:
        margin = f"{Decimal(number) + Decimal(margin):f}"
    credit, feedback = draw(_credits), draw(_optional)
    return Option(new_public_id(), number, credit, feedback, tolerance=way, margin=margin)


@st.composite
def questions(draw, kinds=tuple(QuestionKind)):
    kind = draw(st.sampled_from(list(kinds)))
    options, choices = draw(_lines(kind)), ()
    if kind == QuestionKind.MATCHING:
        partners = draw(st.lists(inline_texts, min_size=2, max_size=4, unique_by=texts.inline))
        choices = tuple(Choice(new_public_id(), text) for text in partners)
        options = tuple(
            Option(new_public_id(), draw(inline_texts), match=draw(st.sampled_from(choices)).id)
            for _ in range(draw(st.integers(2, 4)))
        )
    is_typed = kind == QuestionKind.SHORT_TEXT
    has_score = kind != QuestionKind.REFLECTION
    return Question(
        id=new_public_id(),
        kind=kind,
        text=draw(block_texts),
        points=draw(st.decimals(0, 20, places=2)) if has_score else Decimal(1),
        rule=draw(st.sampled_from(RULES_OF[kind])),
        options=options,
        choices=choices,
        hint=draw(_optional),
        explanation=draw(_optional),
        is_required=draw(st.booleans()),
        may_be_negative=has_score and draw(st.booleans()),
        case_matters=is_typed and draw(st.booleans()),
        accents_matter=not is_typed or draw(st.booleans()),
        unit=draw(st.sampled_from(["", "km/h", "%"])) if kind == QuestionKind.NUMBER else "",
        at_ms=draw(st.one_of(st.none(), st.integers(0, 10_000_000))),
    )


def contents(kinds=tuple(QuestionKind)):
    return st.lists(questions(kinds), min_size=1, max_size=4).map(
        lambda found: Content(tuple(found))
    )


def essence(question: Question) -> dict:
    """All but the random ids, texts as they are read on a page."""
    of_choice = {one.id: str(texts.inline(one.text)) for one in question.choices}
    is_typed = question.kind in {QuestionKind.SHORT_TEXT, QuestionKind.NUMBER}
    return {
        "kind": question.kind,
        "text": texts.block(question.text),
        "points": question.points,
        "rule": question.rule,
        "options": [
            (
                _typed(question, one.text) if is_typed else texts.inline(one.text),
                one.credit,
                texts.inline(one.feedback),
                one.at_end,
                of_choice.get(one.match, ""),
                one.tolerance,
                Decimal(one.margin) if one.margin else None,
            )
            for one in question.options
        ],
        "choices": sorted(of_choice.values()),
        **{
            name: getattr(question, name)
            for name in (
                "is_required", "may_be_negative", "case_matters", "accents_matter", "unit", "at_ms",
                "picture_alt", "full_marks",
            )
        },
        "hint": texts.block(question.hint),
        "explanation": texts.block(question.explanation),
    }  # fmt: skip


def _typed(question: Question, text: str) -> object:
    return Decimal(text) if question.kind == QuestionKind.NUMBER else " ".join(text.split())
