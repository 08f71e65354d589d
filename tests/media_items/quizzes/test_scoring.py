"""What a response earns: the published examples of each rule, and what is true of all of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_items.quizzes.content import Content, Option, Question, from_json, to_json
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.scoring.responses import BadResponse, checked
from media_items.quizzes.scoring.rules import mark, rounded, total
from tests.quiz_factories import (
    EVERY_KIND,
    MATCHING,
    MULTIPLE,
    NUMBER,
    OPEN,
    ORDERING,
    REFLECTION,
    RIGHT_ANSWERS,
    SHORT_TEXT,
    SINGLE,
)

pytestmark = pytest.mark.no_database


def several(right: int, wrong: int, rule: Rule, *, negative: bool = False) -> Question:
    lines = [Option(f"r{n}", credit=Decimal(100)) for n in range(right)]
    lines += [Option(f"w{n}") for n in range(wrong)]
    return Question(
        "m",
        QuestionKind.MULTIPLE,
        "?",
        rule=rule,
        options=tuple(lines),
        may_be_negative=negative,
    )


def share(question, *chosen):
    return mark(question, {"chosen": sorted(chosen)}).earned


def test_all_right_answers_earn_all_but_what_is_marked_by_hand():
    found = total(EVERY_KIND, RIGHT_ANSWERS)
    assert found.possible == Fraction(EVERY_KIND.points)
    assert found.earned == found.possible - 4
    assert found.waiting == 1
    by_hand = total(EVERY_KIND, RIGHT_ANSWERS, {"open": Decimal("3.5")})
    assert (by_hand.earned, by_hand.waiting) == (found.earned + Fraction(7, 2), 0)


def test_what_a_person_gave_counts_before_the_rule_but_not_before_a_corrected_key():
    gave = {"single": Decimal("0.25")}
    wrong = {"single": {"chosen": "b"}}
    for question, earned, possible in [
        (SINGLE, Fraction(1, 4), 1),
        (replace(SINGLE, full_marks=True), Fraction(1), 1),
        (replace(SINGLE, points=Decimal(0)), Fraction(0), 0),
    ]:
        found = total(Content((question,)), wrong, gave)
        assert (found.earned, found.possible, found.waiting) == (earned, possible, 0)


def test_nothing_answered_earns_nothing_and_waits_for_nobody():
    found = total(EVERY_KIND, {})
    assert (found.earned, found.waiting) == (0, 0)


def test_a_quiz_without_marked_questions_has_no_score():
    """Kaltura shows 100 % (field notes, 20)."""
    assert total(Content((REFLECTION,)), {"reflection": {"seen": True}}).share is None


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [
        (("r0", "r1"), Fraction(1)),
        (("r0",), Fraction(1, 2)),
        (("r0", "w0"), Fraction(0)),
        (("r0", "r1", "w0"), Fraction(1, 2)),
        (("w0", "w1"), Fraction(0)),
        (("r0", "r1", "w0", "w1"), Fraction(0)),
    ],
)
def test_right_minus_wrong_is_as_in_canvas(chosen, earned):
    """p/k for each right one, −p/k for each wrong one, never below 0 (field notes, 68)."""
    assert share(several(2, 2, Rule.BALANCED), *chosen) == earned


def test_wrong_answers_cost_points_where_the_host_wants_it():
    assert share(several(2, 2, Rule.BALANCED, negative=True), "w0") == Fraction(-1, 2)
    question = several(2, 2, Rule.BALANCED, negative=True)
    found = total(Content((question,)), {"m": {"chosen": ["w0", "w1"]}})
    assert found.earned == 0  # of a whole quiz never below 0


def test_all_or_nothing():
    """Kaltura by its guide, QTI match_correct (field notes, 67 and 70)."""
    question = several(2, 2, Rule.ALL)
    assert share(question, "r0", "r1") == 1
    assert share(question, "r0") == 0
    assert share(question, "r0", "r1", "w0") == 0


def test_each_option_counts():
    question = several(2, 2, Rule.PER_OPTION)
    assert share(question, "r0", "r1") == 1
    assert share(question, "r0") == Fraction(3, 4)
    assert share(question, "w0", "w1") == 0


def test_any_right_option():
    """rstudio/learnr#382."""
    question = several(2, 2, Rule.ANY)
    assert share(question, "r1", "w0") == 1
    assert share(question, "w0") == 0


def test_credits_of_single_choice_are_shares_and_may_cost():
    question = replace(
        SINGLE,
        may_be_negative=True,
        options=(
            Option("a", credit=Decimal(100)),
            Option("b", credit=Decimal("33.33333")),
            Option("c", credit=Decimal(-50)),
        ),
    )
    assert mark(question, {"chosen": "b"}).earned == Fraction("0.3333333")
    assert mark(question, {"chosen": "c"}).earned == Fraction(-1, 2)
    assert mark(replace(question, may_be_negative=False), {"chosen": "c"}).earned == 0


@pytest.mark.parametrize(
    "typed",
    ["Centromere", " centromere ", "CENTROMERE", "centro\u00admere", "ＣＥＮＴＲＯＭＥＲＥ"],
)
def test_a_text_is_compared_in_one_form(typed):
    assert mark(SHORT_TEXT, {"text": typed}).earned == 1


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [
        ("don’t", "don't"),
        ("“so”", '"so"'),
        ("well–being", "well-being"),
        ("a  b", "a b"),
        ("a b ", "a b"),
    ],
)
def test_quotes_dashes_and_spaces_are_one(accepted, typed):
    question = replace(SHORT_TEXT, options=(Option("x", accepted, Decimal(100)),))
    assert mark(question, {"text": typed}).earned == 1


def test_case_and_accents_count_where_the_host_wants_it():
    question = replace(SHORT_TEXT, options=(Option("x", "Élève", Decimal(100)),))
    assert mark(question, {"text": "élève"}).earned == 1
    assert mark(question, {"text": "eleve"}).earned == 0
    assert mark(replace(question, accents_matter=False), {"text": "eleve"}).earned == 1
    assert mark(replace(question, case_matters=True), {"text": "élève"}).earned == 0


def test_of_accepted_answers_the_one_with_the_most_credit_counts():
    assert mark(SHORT_TEXT, {"text": "kinetochore"}).earned == Fraction(1, 2)
    assert mark(SHORT_TEXT, {"text": "membrane"}).earned == 0


@pytest.mark.parametrize(
    ("accepted", "margin", "typed", "fits"),
    [
        ("45.8", "0.2", "46.0", True),  # qlicker/qlicker#624
        ("-11.7", "0.02", "−11.72", True),  # Canvas
        ("-11.7", "0.02", "-11.721", False),
        ("0.1", "0.2", "0.3", True),
        ("1.5", "0", "1,5", True),
        ("1000", "0", "1 000", True),
    ],
)
def test_the_bounds_of_a_number_fit_exactly(accepted, margin, typed, fits):
    option = Option("n", accepted, Decimal(100), tolerance=Tolerance.ABSOLUTE, margin=margin)
    assert mark(replace(NUMBER, options=(option,)), {"text": typed}).earned == int(fits)


@pytest.mark.parametrize(
    ("tolerance", "text", "margin", "typed", "fits"),
    [
        (Tolerance.RELATIVE, "200", "5", "210", True),
        (Tolerance.RELATIVE, "-200", "5", "-190", True),
        (Tolerance.RELATIVE, "200", "5", "210.0001", False),
        (Tolerance.INTERVAL, "1", "2", "2", True),
        (Tolerance.INTERVAL, "1", "2", "0.99", False),
        (Tolerance.EXACT, "3", "9", "3.1", False),
    ],
)
def test_other_tolerances(tolerance, text, margin, typed, fits):
    option = Option("n", text, Decimal(100), tolerance=tolerance, margin=margin)
    assert mark(replace(NUMBER, options=(option,)), {"text": typed}).earned == int(fits)


def test_what_is_no_number_earns_nothing():
    for typed in ("", "much", "1e999999", "9" * 5000, "NaN", "Infinity", "0x10"):
        assert mark(NUMBER, {"text": typed}).earned == 0


def test_each_right_pair_counts_and_distractors_cost_nothing():
    assert mark(MATCHING, {"pairs": {"p": "1", "q": "4"}}).earned == 1
    whole = replace(MATCHING, rule=Rule.ALL)
    assert mark(whole, {"pairs": {"p": "1", "q": "2"}}).earned == 0
    assert mark(whole, RIGHT_ANSWERS["matching"]).earned == 3


def test_order():
    neighbours = replace(ORDERING, rule=Rule.NEIGHBOURS)
    assert mark(neighbours, {"order": ["kb", "kc", "kd", "ka"]}).earned == Fraction(2, 3)
    assert mark(ORDERING, {"order": ["kb", "kc", "kd", "ka"]}).earned == 0


def test_open_text_waits_and_nothing_written_does_not():
    assert mark(OPEN, {"text": "x"}).earned is None
    assert mark(OPEN, None).earned == 0


def test_three_thirds_are_one_and_five_thousandths_round_up():
    third = replace(several(3, 0, Rule.BALANCED), id="t")
    thirds = [replace(third, id=f"t{n}") for n in range(3)]
    found = total(Content(tuple(thirds)), {one.id: {"chosen": ["r0"]} for one in thirds})
    assert (found.earned, rounded(found.earned)) == (1, Decimal("1.00"))
    assert rounded(Fraction(5, 1000)) == Decimal("0.01")
    assert rounded(Fraction(4999, 1_000_000)) == Decimal("0.00")


def test_questions_survive_being_stored():
    assert from_json(to_json(EVERY_KIND)) == EVERY_KIND


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (SINGLE, {"chosen": "z"}),
        (SINGLE, {"chosen": 0}),
        (SINGLE, {"chosen": ["a"]}),
        (MULTIPLE, {"chosen": "a"}),
        (MULTIPLE, {"chosen": ["a", "z"]}),
        (MATCHING, {"pairs": {"p": "z"}}),
        (MATCHING, {"pairs": ["p"]}),
        (ORDERING, {"order": ["ka", "kb", "kc"]}),
        (ORDERING, {"order": ["ka", "ka", "kb", "kc", "kd"]}),
        (ORDERING, {"order": [1, 2, 3, 4]}),
        (SHORT_TEXT, {"text": 5}),
        (SHORT_TEXT, {"text": "x" * 501}),
    ],
)
def test_a_response_that_does_not_fit_is_refused(question, response):
    with pytest.raises(BadResponse):
        checked(question, response)


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        (SINGLE, {"chosen": ""}),
        (MULTIPLE, {"chosen": []}),
        (SHORT_TEXT, {"text": " "}),
        (NUMBER, {"text": ""}),
        (MATCHING, {"pairs": {"p": ""}}),
        (ORDERING, {"order": []}),
        (OPEN, {"text": "\n"}),
        (REFLECTION, {"seen": False}),
    ],
)
def test_an_empty_response_is_no_answer(question, nothing):
    assert checked(question, nothing) is None
    assert checked(question, {}) is None
    assert checked(question, None) is None


# --- what is true of all rules ------------------------------------------------------------------

MANY = st.integers(0, 6)


@st.composite
def multiple_with_choice(draw):
    right, wrong = draw(MANY), draw(MANY)
    rule = draw(st.sampled_from([Rule.ALL, Rule.BALANCED, Rule.PER_OPTION, Rule.ANY]))
    question = several(right, max(wrong, 1 if not right else 0), rule, negative=draw(st.booleans()))
    ids = [one.id for one in question.options]
    return question, sorted(draw(st.sets(st.sampled_from(ids))))


@given(multiple_with_choice(), st.decimals(0, 1000, places=2))
def test_points_stay_within_bounds(case, points):
    question, chosen = case
    made = mark(replace(question, points=points), {"chosen": chosen})
    lowest = -Fraction(points) if question.may_be_negative else 0
    assert made.earned is None or lowest <= made.earned <= Fraction(points)


@given(multiple_with_choice(), st.randoms())
def test_the_order_of_options_does_not_matter(case, dice):
    question, chosen = case
    shuffled = list(question.options)
    dice.shuffle(shuffled)
    other = replace(question, options=tuple(shuffled))
    assert mark(question, {"chosen": chosen}) == mark(other, {"chosen": chosen[::-1]})


@given(st.lists(multiple_with_choice(), min_size=1, max_size=6), st.randoms())
def test_the_order_of_questions_does_not_matter_and_rounding_happens_once(cases, dice):
    questions = [replace(one, id=f"q{n}") for n, (one, _chosen) in enumerate(cases)]
    responses = {f"q{n}": {"chosen": chosen} for n, (_one, chosen) in enumerate(cases)}
    shuffled = list(questions)
    dice.shuffle(shuffled)
    found = total(Content(tuple(questions)), responses)
    assert found == total(Content(tuple(shuffled)), responses)
    exact = sum(
        (mark(one, responses[one.id]).earned or Fraction(0) for one in questions), Fraction(0)
    )
    assert found.earned == max(Fraction(0), exact)
    assert abs(Fraction(rounded(found.earned)) - found.earned) <= Fraction(1, 200)


@given(
    st.sampled_from(EVERY_KIND.questions),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.sampled_from(["a", "b", "p", "1", "ka"]),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from(["chosen", "text", "pairs", "order", "seen"]),
)
def test_whatever_is_sent_is_marked_or_refused(question, value, name):
    try:
        response = checked(question, {name: value})
    except BadResponse:
        return
    made = mark(question, response)
    assert made.earned is None or 0 <= made.earned <= made.possible
    assert checked(question, response) == response
