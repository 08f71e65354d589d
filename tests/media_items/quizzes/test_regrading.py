"""Regrading: a corrected key, who changes, every attempt marked with it, and back again."""

import re
from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from media_items.quizzes.attempts import ending, starting
from media_items.quizzes.content import Content, Option
from media_items.quizzes.grading import regrading
from media_items.quizzes.grading.keys import Correction, corrected, correction_of
from media_items.quizzes.grading.preview import preview_of, versions_with
from media_items.quizzes.models import Attempt, QuizChange, QuizVersion, Regrade, Taker
from media_items.quizzes.models.trail import RegradeWay
from media_items.quizzes.writing.differences import differences_of
from media_items.quizzes.writing.publishing import content_of, publish, questions_changed
from media_items.refusals import ChangedMeanwhile, Invalid, NotNow
from tests.media_items.quizzes.test_attempts import TAKE, account_identity
from tests.media_items.quizzes.test_marking import give, taken
from tests.quiz_factories import (
    EVERY_KIND,
    MATCHING,
    NUMBER,
    ORDERING,
    SHORT_TEXT,
    SINGLE,
    DraftFactory,
    OptionFactory,
    QuizFactory,
    publish_content,
    published_quiz,
)
from tests.tasks import run_tasks

B_IS_RIGHT = Correction(RegradeWay.NEW_KEY, credits={"a": Decimal(0), "b": Decimal(100)})
BOTH_ARE_RIGHT = Correction(RegradeWay.NEW_KEY, credits={"b": Decimal(100)})
DROP = Correction(RegradeWay.DROP)
FULL = Correction(RegradeWay.FULL_MARKS)

CORRECTIONS = {
    "single": B_IS_RIGHT,
    "multiple": Correction(RegradeWay.NEW_KEY, credits={"c": Decimal(100), "a": Decimal(0)}),
    "short_text": Correction(RegradeWay.NEW_KEY, accepted=(Option("z", "Glue", Decimal(100)),)),
    "number": Correction(RegradeWay.NEW_KEY, accepted=(Option("z", "2", Decimal(100)),)),
    "matching": Correction(RegradeWay.NEW_KEY, matches={"p": "2", "q": "1"}),
    "ordering": Correction(RegradeWay.NEW_KEY, order=("kd", "kc", "kb", "ka")),
}


@pytest.fixture
def quiz(db):
    return published_quiz(Content((SINGLE, SHORT_TEXT)))


def regrade(quiz, correction, question="single", **kwargs):
    number = regrading.newest_key_number(versions_with(quiz, question))
    return regrading.regrade(
        quiz=quiz,
        question_id=question,
        correction=correction,
        key_number=kwargs.pop("key_number", number),
        by=quiz.item.owner,
        **kwargs,
    )


def scores(quiz):
    rows = quiz.attempts.order_by("pk").values_list("score", "possible")
    return [(float(score), float(possible)) for score, possible in rows]


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            made = act()
        run_tasks()
        return made

    return run


@pytest.fixture
def three(quiz):
    """Who chose a, b and nothing."""
    return [
        taken(quiz, {"single": {"chosen": "a"}}),
        taken(quiz, {"single": {"chosen": "b"}}),
        taken(quiz, {}),
    ]


@pytest.mark.parametrize(
    ("correction", "after"),
    [
        (B_IS_RIGHT, [(0, 2), (1, 2), (0, 2)]),
        (BOTH_ARE_RIGHT, [(1, 2), (1, 2), (0, 2)]),
        (FULL, [(1, 2), (1, 2), (1, 2)]),
        (DROP, [(0, 1), (0, 1), (0, 1)]),
    ],
)
def test_every_attempt_is_marked_with_the_new_key_and_with_the_old_one_again(
    quiz, three, run, correction, after
):
    before = scores(quiz)
    row = run(lambda: regrade(quiz, correction))
    assert scores(quiz) == after
    assert [float(one.score) for one in Taker.objects.order_by("pk")] == [one for one, _ in after]
    row.refresh_from_db()
    assert row.finished_at
    assert (row.attempts_done, row.attempts_total) == (3, 3)
    run(lambda: regrade(quiz, correction_of(SINGLE)))
    assert scores(quiz) == before


@pytest.mark.parametrize("correction", [B_IS_RIGHT, BOTH_ARE_RIGHT, FULL, DROP])
def test_the_preview_says_what_will_be(quiz, three, run, correction):
    preview = preview_of(quiz, "single", correction)
    said = {one.attempt.pk: (float(one.now), float(one.now_of)) for one in preview.changes}
    before = dict(zip([one.pk for one in three], scores(quiz), strict=True))
    assert preview.attempts == 3
    row = run(lambda: regrade(quiz, correction))
    assert dict(zip(before, scores(quiz), strict=True)) == before | said
    row.refresh_from_db()
    assert row.attempts_changed == len(said)


def test_the_preview_says_how_many_pass_and_fail(quiz, three):
    quiz.pass_percent = 50
    quiz.save()
    preview = preview_of(quiz, "single", B_IS_RIGHT)
    assert (preview.newly_passed, preview.passed_no_more) == (1, 1)
    preview = preview_of(quiz, "single", FULL)
    assert (preview.newly_passed, preview.passed_no_more) == (2, 0)


def test_the_preview_says_it_also_where_wrong_answers_cost_points(run, db):
    quiz = published_quiz(Content((replace(SINGLE, may_be_negative=True), SHORT_TEXT)))
    for chosen in "ab":
        taken(quiz, {"single": {"chosen": chosen}, "short_text": {"text": "kinetochore"}})
    costs = Correction(RegradeWay.NEW_KEY, credits={"a": Decimal(-100), "b": Decimal(100)})
    said = [float(one.now) for one in preview_of(quiz, "single", costs).changes]
    run(lambda: regrade(quiz, costs))
    assert sorted(said) == sorted(score for score, _ in scores(quiz)) == [0, 1.5]


def test_the_preview_of_what_is_behind_counts_with_the_newest_key(quiz, three, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    Attempt.objects.filter(pk=three[1].pk).update(marked_with=quiz.published, score=0)
    [change] = [one for one in preview_of(quiz, "single", FULL).changes if one.attempt == three[1]]
    assert change.now == 1


def test_a_preview_changes_nothing(quiz, three):
    before = (scores(quiz), QuizVersion.objects.count(), QuizChange.objects.count())
    preview = preview_of(quiz, "single", B_IS_RIGHT)
    assert (preview.up, preview.down) == (1, 1)
    assert before == (scores(quiz), QuizVersion.objects.count(), QuizChange.objects.count())


def test_the_score_before_stands_in_the_trail(quiz, three, run):
    run(lambda: regrade(quiz, B_IS_RIGHT, reason="The key was wrong."))
    change = QuizChange.objects.get(what="regraded", attempt=three[0])
    assert (Decimal(change.was["score"]), Decimal(change.now["score"])) == (1, 0)
    assert (change.by, change.reason) == (quiz.item.owner, "The key was wrong.")
    key = QuizChange.objects.get(what="key")
    assert [one["id"] for one in key.was["options"] if one.get("credit")] == ["a"]
    assert [one["id"] for one in key.now["options"] if one.get("credit")] == ["b"]


def test_what_is_taken_afterwards_is_marked_with_the_new_key(quiz, three, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    later = taken(quiz, {"single": {"chosen": "b"}})
    assert later.score == 1
    assert later.version == quiz.published
    assert later.marked_with.key_of == quiz.published


def test_each_version_with_the_question_gets_a_key_of_its_own(quiz, three, run):
    publish_content(quiz, Content((replace(SINGLE, text="Reworded?"),)))
    newer = taken(quiz, {"single": {"chosen": "b"}})
    run(lambda: regrade(quiz, B_IS_RIGHT))
    assert scores(quiz) == [(0, 2), (1, 2), (0, 2), (1, 1)]
    newer.refresh_from_db()
    assert newer.marked_with.questions.question_of["single"].text == "Reworded?"
    assert QuizVersion.objects.exclude(key_of=None).count() == 2


def test_what_a_person_gave_stays_when_the_key_changes(quiz, three, run):
    give(three[0], "0.25", question="single")
    run(lambda: regrade(quiz, B_IS_RIGHT))
    assert scores(quiz)[0] == (0.25, 2)
    run(lambda: regrade(quiz, FULL))
    assert scores(quiz)[0] == (1, 2)


def test_a_comment_is_changed_also_where_the_question_gives_no_points_any_more(
    quiz, three, host, run
):
    give(three[0], "0.25", question="single", comment="Nearly.")
    run(lambda: regrade(quiz, DROP))
    address = reverse(
        "media_items:mark_answer", args=[quiz.item.public_id, "single", three[0].public_id]
    )
    assert 'name="points"' not in host.get(address).text
    typed = {"comment": "Well done.", "marking": 1, "reason": ""}
    assert host.post(address, typed).status_code == 302
    answer = three[0].answers.get(question="single")
    assert (answer.given, answer.comment) == (Decimal("0.25"), "Well done.")
    with pytest.raises(Invalid):
        give(three[0], "1", question="single", marking=2)


def test_one_regrading_at_a_time_and_none_that_changes_nothing(quiz, three, run):
    with pytest.raises(Invalid):
        regrade(quiz, correction_of(SINGLE))
    regrade(quiz, B_IS_RIGHT)
    with pytest.raises(NotNow):
        regrade(quiz, DROP)


def test_a_key_that_has_changed_since_the_preview_is_not_overwritten(quiz, three, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    with pytest.raises(ChangedMeanwhile):
        regrade(quiz, DROP, key_number=1)


def test_where_it_was_killed_it_goes_on(quiz, three, run, time_machine):
    row = regrade(quiz, B_IS_RIGHT)
    assert regrading.regrade_next(regrade_id=row.pk, most=1)
    assert scores(quiz) == [(0, 2), (0, 2), (0, 2)]
    assert regrading.take_up() == 0
    time_machine.move_to(row.made_at + 2 * regrading.QUIET)
    assert regrading.take_up() == 1
    assert regrading.take_up() == 0
    run_tasks()
    row.refresh_from_db()
    assert scores(quiz) == [(0, 2), (1, 2), (0, 2)]
    assert (row.attempts_done, row.attempts_changed) == (3, 2)
    assert row.finished_at


def test_a_task_that_runs_twice_counts_nothing_twice(quiz, three, run):
    row = run(lambda: regrade(quiz, B_IS_RIGHT))
    regrading.regrade_attempts.call(row.pk)
    row.refresh_from_db()
    assert row.attempts_done == 3
    assert QuizChange.objects.filter(what="regraded").count() == 2


def test_what_ended_with_the_old_key_in_that_very_moment_is_caught_up(quiz, three, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    Attempt.objects.filter(pk=three[1].pk).update(marked_with=quiz.published, score=0)
    assert regrading.take_up() == 1
    run_tasks()
    assert scores(quiz)[1] == (1, 2)


def test_an_open_attempt_is_left_alone_and_ends_with_the_new_key(quiz, run):
    attempt = starting.start(quiz=quiz, identity=account_identity(), abilities=TAKE)
    run(lambda: regrade(quiz, FULL))
    attempt.refresh_from_db()
    assert attempt.score is None
    assert ending.hand_in(attempt=attempt).score == 1


def written_quiz(*questions):
    """Published from what is written, with the ids of these questions."""
    quiz = QuizFactory()
    for position, one in enumerate(questions):
        draft = DraftFactory(
            quiz=quiz,
            public_id=one.id,
            kind=one.kind,
            text=one.text,
            points=one.points,
            rule=one.rule,
            hint=one.hint,
            explanation=one.explanation,
            unit=one.unit,
            position=position,
        )
        fitting = {option.match for option in one.options}
        rows = [
            (option, one.choice_of[option.match] if option.match else None)
            for option in one.options
        ]
        rows += [(Option(f"d-{c.id}"), c) for c in one.choices if c.id not in fitting]
        for place, (option, choice) in enumerate(rows):
            OptionFactory(
                question=draft,
                public_id=option.id,
                text=option.text,
                credit=option.credit,
                feedback=option.feedback,
                tolerance=option.tolerance,
                margin=option.margin,
                match=choice.text if choice else "",
                match_id=choice.id if choice else f"no-{option.id}",
                position=place,
            )
    publish(quiz=quiz, by=quiz.item.owner)
    quiz.refresh_from_db()
    assert quiz.published.questions.questions == questions
    return quiz


@pytest.mark.parametrize("name", [*CORRECTIONS, "none fits"])
def test_what_is_written_follows_the_key_and_goes_back_with_it(client_of, run, name, db):
    correction = CORRECTIONS.get(name) or Correction(RegradeWay.NEW_KEY, matches={"p": "2"})
    question = EVERY_KIND.question_of.get(name, MATCHING)
    quiz = written_quiz(question)
    run(lambda: regrade(quiz, correction, question=question.id))
    assert content_of(quiz).questions == (corrected(question, question, correction),)
    assert not differences_of(quiz).is_changed
    undo(client_of(quiz.item.owner), quiz, question.id)
    assert content_of(quiz).questions == (question,)


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: OptionFactory(question=draft, credit=100),
        lambda draft: draft.options.filter(public_id="a").update(credit=50),
        lambda draft: type(draft).objects.filter(pk=draft.pk).update(text="Which does not?"),
    ],
)
def test_what_somebody_has_written_since_stays_and_the_host_is_told(client_of, run, change, db):
    quiz = written_quiz(SINGLE)
    change(quiz.questions.get())
    written, draft = content_of(quiz), quiz.draft
    host = client_of(quiz.item.owner)
    typed = {"way": "new_key", "key_number": 1, "credit-a": "0", "credit-b": "100", "credit-c": "0"}
    page = host.get(at(quiz), typed)
    assert "What is written there stays as it is" in page.text
    answer = run(lambda: host.post(at(quiz), dict(page.context["hidden"]), follow=True))
    assert "What is written there stays as it is" in answer.text
    assert "What is written there stays as it is" in undo(host, quiz).text
    quiz.refresh_from_db()
    assert content_of(quiz) == written
    assert quiz.draft == draft


def test_undoing_full_marks_leaves_what_is_being_written(client_of, run, db):
    quiz = written_quiz(SINGLE)
    host = client_of(quiz.item.owner)
    run(lambda: regrade(quiz, FULL))
    quiz.questions.get().options.filter(public_id="a").update(credit=50)
    written = content_of(quiz)
    answer = run(lambda: undo(host, quiz))
    assert content_of(quiz) == written
    assert "What is written there stays as it is" not in answer.text


def test_the_questions_being_written_get_the_new_key(run, db):
    quiz = QuizFactory()
    draft = DraftFactory(quiz=quiz, public_id="single")
    right = OptionFactory(question=draft, credit=100)
    wrong = OptionFactory(question=draft, position=1)
    publish(quiz=quiz, by=quiz.item.owner)
    quiz.refresh_from_db()
    run(
        lambda: regrade(
            quiz,
            Correction(
                RegradeWay.NEW_KEY,
                credits={right.public_id: Decimal(0), wrong.public_id: Decimal(100)},
            ),
        )
    )
    [question] = content_of(quiz).questions
    assert question.option_of[wrong.public_id].is_right
    assert not question.option_of[right.public_id].is_right


# --- every kind, pure -----------------------------------------------------------------------------


def test_a_new_key_of_each_kind_is_what_it_says():
    kinds = EVERY_KIND.question_of
    made = {name: corrected(kinds[name], kinds[name], one) for name, one in CORRECTIONS.items()}
    assert [one.id for one in made["multiple"].options if one.is_right] == ["b", "c"]
    assert [one.text for one in made["short_text"].options] == ["Glue"]
    assert [one.text for one in made["number"].options] == ["2"]
    assert [one.match for one in made["matching"].options] == ["2", "1", "3"]
    assert [one.id for one in made["ordering"].options] == ["kd", "kc", "kb", "ka"]


@pytest.mark.no_database
@given(st.data())
def test_correcting_back_gives_the_question_before(data):
    question = data.draw(st.sampled_from(EVERY_KIND.questions))
    way = st.sampled_from([DROP, FULL, CORRECTIONS.get(question.id, FULL)])
    now = question
    for correction in data.draw(st.lists(way, max_size=4)):
        now = corrected(now, question, correction)
    assert corrected(now, question, correction_of(question)) == question


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def host(client_of, quiz):
    return client_of(quiz.item.owner)


def at(quiz, question="single"):
    return reverse("media_items:regrade_question", args=[quiz.item.public_id, question])


def test_the_page_shows_who_changes_and_does_it_when_asked(host, quiz, three, run):
    typed = {"way": "new_key", "key_number": 1, "right-b": "yes"}
    page = host.get(at(quiz), typed)
    assert page.status_code == 200
    assert "3 attempts are marked again. 2 scores change." in page.text
    assert three[0].taker.shown_name in page.text
    assert scores(quiz) == [(1, 2), (0, 2), (0, 2)]
    sent = dict(page.context["hidden"])
    assert run(lambda: host.post(at(quiz), sent)).status_code == 302
    assert scores(quiz) == [(0, 2), (1, 2), (0, 2)]
    run(lambda: undo(host, quiz))
    assert scores(quiz) == [(1, 2), (0, 2), (0, 2)]


def test_part_of_the_points_can_be_given_for_an_option(host, quiz, three, run):
    page = host.get(at(quiz))
    assert "right-b" in page.context["form"].fields
    [offered] = re.findall(r'href="([^"]*percents[^"]*)"', page.text)
    form = host.get(at(quiz) + offered).context["form"]
    assert {name: form[f"credit-{name}"].value() for name in "abc"} == {
        "a": "100",
        "b": "0",
        "c": "0",
    }
    typed = {
        "way": "new_key",
        "key_number": 1,
        "credit-a": "100",
        "credit-b": "50",
        "credit-c": "0",
    }
    page = host.get(at(quiz), typed)
    assert "1 score changes." in page.text
    assert "percents" not in page.text
    run(lambda: host.post(at(quiz), dict(page.context["hidden"])))
    assert scores(quiz) == [(1, 2), (0.5, 2), (0, 2)]
    assert "credit-b" in host.get(at(quiz)).context["form"].fields


def test_of_other_kinds_an_option_is_right_or_not(client_of, db):
    quiz = published_quiz(EVERY_KIND)
    for name in ("multiple", "true_false", "matching"):
        page = client_of(quiz.item.owner).get(at(quiz, name), {"percents": "yes"})
        assert "percents" not in page.text
        assert not any(one.startswith("credit-") for one in page.context["form"].fields)


def test_a_preview_reads_each_version_once(host, quiz, three):
    typed = {"way": "new_key", "key_number": 1, "right-b": "yes"}
    with CaptureQueriesContext(connection) as before:
        host.get(at(quiz))
    with CaptureQueriesContext(connection) as after:
        host.get(at(quiz), typed)

    def lists(queries):
        return sum('"key_of_id" IS NULL' in one["sql"] for one in queries)

    assert lists(after) == lists(before)


def undo(host, quiz, question="single"):
    """As its page does: the preview, and what the form below it sends."""
    page = host.get(at(quiz, question))
    page = host.get(at(quiz, question) + page.context["before"][0].undo)
    assert page.context["preview"]
    answer = host.post(at(quiz, question), dict(page.context["hidden"]), follow=True)
    assert answer.redirect_chain
    return answer


def accepted(*texts):
    return tuple(Option(f"x{n}", one, Decimal(100), f"On {one}") for n, one in enumerate(texts))


def test_undoing_gives_back_every_accepted_answer_with_its_feedback(client_of, run, db):
    question = replace(SHORT_TEXT, options=accepted("a", "b", "c", "d", "e", "f"))
    quiz, host = written_quiz(question), None
    host = client_of(quiz.item.owner)
    for text in "abcdef":
        taken(quiz, {"short_text": {"text": text}})
    fewer = Correction(RegradeWay.NEW_KEY, accepted=question.options[:2])
    run(lambda: regrade(quiz, fewer, question="short_text"))
    assert [score for score, _ in scores(quiz)] == [1, 1, 0, 0, 0, 0]
    run(lambda: undo(host, quiz, "short_text"))
    assert [score for score, _ in scores(quiz)] == [1] * 6
    assert content_of(quiz).questions == (question,)
    assert regrading.key_for(quiz.published).questions.questions == (question,)


def test_undoing_full_marks_leaves_every_version_its_own_key(quiz, three, host, run):
    publish_content(quiz, Content((corrected(SINGLE, SINGLE, B_IS_RIGHT),)))
    newer = taken(quiz, {"single": {"chosen": "b"}})
    assert newer.score == 1
    run(lambda: regrade(quiz, FULL))
    assert scores(quiz) == [(1, 2), (1, 2), (1, 2), (1, 1)]
    run(lambda: undo(host, quiz))
    assert scores(quiz) == [(1, 2), (0, 2), (0, 2), (1, 1)]


def test_what_was_published_since_is_not_undone(quiz, three, host, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    publish_content(quiz, Content((corrected(SINGLE, SINGLE, B_IS_RIGHT),)))
    taken(quiz, {"single": {"chosen": "b"}})
    run(lambda: undo(host, quiz))
    assert scores(quiz) == [(1, 2), (0, 2), (0, 2), (1, 1)]


def test_what_was_undone_can_be_undone(quiz, three, host, run):
    run(lambda: regrade(quiz, B_IS_RIGHT))
    run(lambda: undo(host, quiz))
    run(lambda: undo(host, quiz))
    assert scores(quiz) == [(0, 2), (1, 2), (0, 2)]
    page = host.get(at(quiz))
    assert [one.row.way for one in page.context["before"]] == ["undo", "undo", "new_key"]
    assert [bool(one.undo) for one in page.context["before"]] == [True, False, False]
    assert "Undone: marked as before" in page.text


def test_regradings_from_before_know_their_keys_before(quiz, three, run):
    publish_content(quiz, Content((replace(SINGLE, text="Reworded?"),)))
    for correction, question in ((B_IS_RIGHT, "single"), (DROP, "short_text"), (FULL, "single")):
        run(lambda c=correction, q=question: regrade(quiz, c, question=q))
    known = list(Regrade.objects.order_by("pk").values_list("keys_before", flat=True))
    assert [len(one) for one in known] == [2, 1, 2]
    Regrade.objects.update(keys_before={})
    name = "media_items.quizzes.migrations.0004_what_is_undone_goes_back"
    import_module(name).name_keys_before(apps, None)
    assert list(Regrade.objects.order_by("pk").values_list("keys_before", flat=True)) == known


def test_only_the_last_regrading_is_undone_and_only_as_it_was_seen(quiz, three, host, run):
    first = run(lambda: regrade(quiz, B_IS_RIGHT))
    second = run(lambda: regrade(quiz, FULL))
    before = scores(quiz)
    assert "preview" not in host.get(at(quiz), {"undo": first.pk}).context
    number = regrading.newest_key_number(versions_with(quiz, "single"))
    for sent in (
        {"undo": first.pk, "key_number": number},
        {"undo": second.pk, "key_number": number - 1},
        {"undo": second.pk},
        {"undo": "x", "key_number": number},
    ):
        assert run(lambda sent=sent: host.post(at(quiz), sent)).status_code == 302
    assert scores(quiz) == before
    assert Regrade.objects.count() == 2


@pytest.mark.parametrize("question", EVERY_KIND.questions, ids=lambda one: one.id)
def test_the_form_of_each_kind_says_the_key_that_it_has(client_of, question, db):
    quiz = published_quiz(Content((question,)))
    client = client_of(quiz.item.owner)
    page = client.get(at(quiz, question.id))
    assert page.status_code == 200
    form = page.context["form"]
    sent = {one.html_name: one.value() for one in form if one.value() not in {None, "", False}}
    answer = client.post(at(quiz, question.id), sent)
    assert answer.status_code == 422
    assert "This is how the question is marked already." in answer.text
    assert Regrade.objects.count() == 0


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (SINGLE, {}),
        (SINGLE, {"credit-a": "0", "credit-b": "0", "credit-c": "0"}),
        (SINGLE, {"credit-a": "101", "credit-b": "0", "credit-c": "0"}),
        (SHORT_TEXT, {}),
        (NUMBER, {"text-0": "about two"}),
        (NUMBER, {"text-0": "5", "tolerance-0": "interval", "margin-0": "3"}),
        (NUMBER, {"text-0": "5", "credit-0": "0"}),
        (ORDERING, {"place-ka": 1, "place-kb": 1, "place-kc": 2, "place-kd": 3}),
        (MATCHING, {"match-p": "9", "match-q": "1", "match-r": "2"}),
    ],
)
def test_a_key_that_is_none_is_refused(client_of, question, typed, db):
    quiz = published_quiz(Content((question,)))
    answer = client_of(quiz.item.owner).get(
        at(quiz, question.id), {"way": "new_key", "key_number": 1, **typed}
    )
    assert answer.status_code == 422
    assert "What changes" not in answer.text


def test_while_it_is_under_way_the_page_says_how_far(host, quiz, three):
    row = regrade(quiz, B_IS_RIGHT)
    regrading.regrade_next(regrade_id=row.pk, most=1)
    assert "Regrading: 1 of 3 attempts" in host.get(at(quiz)).text
    fragment = host.get(at(quiz), headers={"HX-Request": "true"}).text
    assert "Regrading: 1 of 3 attempts" in fragment
    assert "<form" not in fragment
    Regrade.objects.update(starts=3)
    assert "The regrading has stopped after 1 of 3 attempts." in host.get(at(quiz)).text
    host.post(at(quiz), {"continue": "yes"})
    assert Regrade.objects.get().starts == 0


def test_a_corrected_key_is_no_change_since_publishing(db, run, client):
    quiz = QuizFactory()
    draft = DraftFactory(quiz=quiz)
    right = OptionFactory(question=draft, credit=100)
    other = OptionFactory(question=draft)
    publish(quiz=quiz, by=None)
    client.force_login(quiz.item.owner)
    flip = Correction(
        RegradeWay.NEW_KEY,
        credits={right.public_id: Decimal(0), other.public_id: Decimal(100)},
    )
    run(lambda: regrade(quiz, flip, question=draft.public_id))
    quiz = type(quiz).objects.get(pk=quiz.pk)
    assert not differences_of(quiz).is_changed
    paper = reverse("media_items:quiz_questions", args=[quiz.item.public_id])
    assert not client.get(paper).context["summary"].is_new
    assert publish(quiz=quiz, by=None) == quiz.published
    draft.text = "Another?"
    draft.save()
    questions_changed(quiz)
    quiz = type(quiz).objects.get(pk=quiz.pk)
    assert [one.number for one in differences_of(quiz).changed] == [1]
    assert client.get(paper).context["summary"].is_new
