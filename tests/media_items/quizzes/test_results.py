"""What hosts read of a quiz: people, one attempt, questions, the trail, files."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from media_items.quizzes import numbering
from media_items.quizzes.attempts.marking import keep_score, mark_attempt
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.content import Content, Option, to_json
from media_items.quizzes.grading.queue import asked_questions
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Attempt,
    QuizChange,
    QuizVersion,
    Taker,
    TakerKey,
)
from media_items.quizzes.results import acts, analysis, naming, people, psychometrics, sums, trail
from media_items.quizzes.results.choices import choices_of
from media_items.quizzes.results.scores import score_of
from media_items.quizzes.taking.scores import score_of as as_takers_read_it
from media_items.refusals import NotNow
from media_items.visitors import Certainty, Identity, IdentityKind
from tests.factories import GuestAdmissionFactory
from tests.quiz_factories import (
    EVERY_KIND,
    OPEN,
    REFLECTION,
    RIGHT_ANSWERS,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    publish_content,
    published_quiz,
)

pytestmark = pytest.mark.django_db
THREE = Content((SINGLE, TRUE_FALSE, SHORT_TEXT))
WRONG = {"single": {"chosen": "b"}, "true_false": {"chosen": "f"}, "short_text": {"text": "x"}}


@pytest.fixture
def quiz(owner):
    return published_quiz(THREE, item__owner=owner, pass_percent=50)


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


def take(quiz, name="Ada", *, right=(), wrong=(), state=AttemptState.HANDED_IN, **taker):
    """Somebody with one attempt."""
    facts = {"kind": "guest", "role": "guest", "certainty": Certainty.TYPED.value, **taker}
    person = Taker.objects.create(quiz=quiz, name=name, **facts)
    return again(person, right=right, wrong=wrong, state=state)


def again(taker, *, right=(), wrong=(), state=AttemptState.HANDED_IN, minutes=10):
    quiz = taker.quiz
    ids = [one.id for one in quiz.published.questions.questions]
    ended = timezone.now()
    attempt = Attempt.objects.create(
        quiz=quiz,
        taker=taker,
        version=quiz.published,
        number=taker.attempts.count() + 1,
        state=state,
        order={"questions": ids, "options": {"single": ["c", "a", "b"]}, "choices": {}},
        started_at=ended - timedelta(minutes=minutes),
        ended_at=None if state == AttemptState.OPEN else ended,
        certainty=taker.certainty,
        is_preview=taker.is_preview,
    )
    for answers, questions in ((RIGHT_ANSWERS, right), (WRONG, wrong)):
        for question in questions:
            Answer.objects.create(attempt=attempt, question=question, response=answers[question])
    if state in {AttemptState.HANDED_IN, AttemptState.TIME_UP}:
        mark_attempt(attempt)
    keep_score(taker, quiz)
    attempt.refresh_from_db()
    return attempt


def read(browser, name, *args, query=None, **kwargs):
    answer = browser.get(reverse(f"media_items:{name}", args=args), query or {}, **kwargs)
    assert answer.status_code == 200
    return answer.content.decode()


def post(browser, view, *args, **data):
    return browser.post(reverse(f"media_items:{view}", args=args), data)


def people_of(browser, quiz, **query):
    return read(browser, "quiz_results", quiz.item.public_id, query=query)


# --- people ---------------------------------------------------------------------------------------


def test_people_are_listed_with_their_score_and_how_sure_we_are(quiz, browser):
    take(quiz, "Ada", right=["single", "true_false"], came_by="Webinar")
    take(quiz, "Grace", wrong=["single"], certainty="confirmed", kind="invitee")
    page = people_of(browser, quiz)
    for words in ("Ada", "Not verified", "Guest link “Webinar”", "2 of 3", "66.67%", "Passed"):
        assert words in page
    for words in ("Grace", "Verified", "Invitation", "0 of 3", "Not passed", "10 min"):
        assert words in page


def test_editors_and_those_merged_are_not_listed(quiz, browser):
    take(quiz, "Preview", is_preview=True)
    source, into = take(quiz, "Twice").taker, take(quiz, "Once").taker
    naming.merge(source=source, into=into, by=quiz.item.owner)
    page = people_of(browser, quiz)
    assert "Preview" not in page
    assert "Twice" not in page
    assert "Once" in page


def test_each_filter_shows_whom_it_counts(quiz, browser):
    take(quiz, "Zoe Open", state=AttemptState.OPEN)
    take(quiz, "Zoe Stopped", state=AttemptState.INTERRUPTED)
    take(quiz, "Zoe Done", right=["single"])
    counts = people.counts_of(quiz).shown
    assert counts == {
        "": 3,
        "open": 1,
        "finished": 1,
        "to-mark": 0,
        "interrupted": 1,
        "not-come": 0,
    }
    for show, name in (("open", "Open"), ("interrupted", "Stopped"), ("finished", "Done")):
        page = people_of(browser, quiz, show=show)
        found = [one for one in ("Open", "Stopped", "Done") if f"Zoe {one}" in page]
        assert found == [name]


def test_an_open_answer_waits_to_be_marked(owner, browser):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner)
    take(quiz, "Ada", right=["single", "open"])
    assert people.counts_of(quiz).shown["to-mark"] == 1
    assert "To mark" in people_of(browser, quiz, show="to-mark")


@pytest.mark.parametrize("passes", [20, 90])
def test_while_an_answer_that_counts_is_not_marked_nobody_has_passed_or_not(owner, browser, passes):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner, pass_percent=passes)
    attempts = [take(quiz, name, right=["single", "open"]) for name in "ABCDE"]
    identity = of_proof(TakerKey.objects.create(quiz=quiz, taker=attempts[0].taker, key="guest:1"))
    where = [quiz.item.public_id, attempts[0].public_id]
    pages = [people_of(browser, quiz), read(browser, "attempt_results", *where)]
    for page in pages:
        assert "so far" in page
        assert ">Passed<" not in page
        assert "Not passed" not in page
    assert "% on average so far" in pages[0]
    assert "0 passed" in pages[0]
    assert "5 have answers that are not marked yet" in pages[0]
    heading, *rows = rows_of_file(browser, "quiz_people_export", quiz)
    assert {row[heading.index("Passed")] for row in rows} == {"To mark"}
    heading, *rows = rows_of_file(browser, "quiz_answers_export", quiz)
    assert {row[heading.index("Answers to mark")] for row in rows} == {"1"}
    assert score_of(quiz, identity).is_passed is None
    assert as_takers_read_it(quiz, attempts[0]).is_passed is None
    Answer.objects.filter(question="open").update(given=Decimal(2))
    for attempt in attempts:
        mark_attempt(Attempt.objects.get(pk=attempt.pk))
        keep_score(attempt.taker, quiz)
    page = people_of(browser, quiz)
    assert "so far" not in page
    assert ("Passed<" in page or "Passed " in page) == (passes == 20)
    assert ("5 passed" in page) == (passes == 20)
    assert "not marked yet" not in page


def test_what_waits_in_an_attempt_that_does_not_count_yet_is_listed_too(owner, browser):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner)
    person = take(quiz, "Ada", right=["single"]).taker
    again(person, wrong=["single"], right=["open"])
    person.refresh_from_db()
    assert person.waiting == 0
    assert people.counts_of(quiz).shown["to-mark"] == 1
    page = people_of(browser, quiz, show="to-mark")
    assert "Ada" in page
    assert page.count("To mark") > 1


def test_a_search_finds_names_links_and_whole_addresses(quiz, browser):
    from media_items.quizzes.attempts.persons import person_digest

    take(quiz, "Ada", came_by="Webinar", person=person_digest("ada@example.org"))
    take(quiz, "Grace", came_by="Course")
    for words, found in (("webi", "Ada"), ("GRA", "Grace"), ("Ada@Example.org", "Ada")):
        page = people_of(browser, quiz, q=words)
        assert [one for one in ("Ada", "Grace") if f">{one}</a>" in page] == [found]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", "Ada Bob Cleo"), ("newest", "Bob Ada Cleo"), ("highest", "Cleo Bob Ada"),
     ("lowest", "Ada Bob Cleo")],
)  # fmt: skip
def test_people_are_sorted(quiz, sort, order):
    take(quiz, "Cleo", right=["single", "true_false"])
    take(quiz, "Ada", wrong=["single"])
    take(quiz, "Bob", right=["single"])
    found = people.ordered(people.takers_of(quiz), sort)
    assert [one.name for one in found] == order.split()


def test_a_renamed_guest_stands_where_the_new_name_belongs(quiz):
    first, second = take(quiz, "Mickey Mouse").taker, take(quiz, "Bob").taker
    naming.rename(taker=first, name="Ada", by=quiz.item.owner)
    assert list(people.ordered(people.takers_of(quiz), "")) == [first, second]


def test_a_list_costs_the_same_with_one_person_and_with_eleven(
    quiz, browser, django_assert_num_queries, django_assert_max_num_queries
):
    take(quiz, "Ada", right=["single"])
    people_of(browser, quiz)
    with django_assert_max_num_queries(60) as one:
        people_of(browser, quiz)
    for number in range(10):
        take(quiz, f"Person {number}", right=["single"])
    with django_assert_num_queries(len(one) + 1):  # the drawing of five and more
        people_of(browser, quiz)


def test_scores_are_drawn_and_listed_once_there_are_five(quiz, browser):
    for number in range(4):
        take(quiz, f"Person {number}", right=["single"])
    assert "<rect" not in people_of(browser, quiz)
    take(quiz, "Ada", right=["single", "true_false", "short_text"])
    page = people_of(browser, quiz)
    assert page.count("<rect") == people.BARS
    assert people.distribution_of(quiz) == [0, 0, 0, 4, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("score", "possible", "band"),
    [("0", "1", 0), ("0.1", "1", 1), ("0.7", "1", 7), ("4.35", "8.7", 5), ("1", "1", 9),
     ("0.5699999999", "1", 5), ("2.1", "3", 7), ("0.0999999", "1", 0)],
)  # fmt: skip
def test_a_score_belongs_to_the_band_that_it_begins(quiz, score, possible, band):
    taker = take(quiz).taker
    Taker.objects.filter(pk=taker.pk).update(score=Decimal(score), possible=Decimal(possible))
    found = people.distribution_of(quiz)
    assert found[band] == 1
    assert sum(found) == 1


def test_a_survey_shows_no_scores(owner, browser):
    quiz = published_quiz(THREE, item__owner=owner, is_scored=False)
    take(quiz, "Ada", right=["single"])
    page = people_of(browser, quiz)
    assert "1 of 3" not in page
    assert "33.33" not in page


def test_names_are_shown_as_they_were_typed(quiz, browser):
    attempt = take(quiz, "<script>alert(1)</script>", right=["single"])
    for page in (
        people_of(browser, quiz),
        read(browser, "attempt_results", quiz.item.public_id, attempt.public_id),
    ):
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_quiz_without_questions_has_a_page_of_results(owner, browser):
    from media_items.catalogue.models import Kind
    from tests.factories import MediaItemFactory

    item = MediaItemFactory(owner=owner, kind=Kind.QUIZ)
    for name in ("quiz_results", "quiz_results_questions", "quiz_trail"):
        read(browser, name, item.public_id)


# --- one attempt ----------------------------------------------------------------------------------


def attempt_page(browser, attempt):
    return read(browser, "attempt_results", attempt.quiz.item.public_id, attempt.public_id)


def test_an_attempt_is_read_with_answers_marks_and_events(quiz, browser):
    attempt = take(quiz, "Ada", right=["single"], wrong=["true_false"])
    attempt.events.create(what="saved", question="single", response={"chosen": "b"})
    page = attempt_page(browser, attempt)
    for words in ("Metaphase", "1 of 1", "Right", "Wrong", "No answer", "Answer saved", "Anaphase"):
        assert words in page


def test_a_question_has_one_number_for_the_host_and_the_takers_beside_it(quiz, browser):
    attempt = take(quiz, "Ada", right=["single", "true_false"])
    attempt.order = attempt.order | {"questions": ["true_false", "single", "short_text"]}
    attempt.save()
    AnswerEvent.objects.create(attempt=attempt, question="single", what="saved", response=None)
    page = attempt_page(browser, attempt)
    assert "Question 1 (2 for <bdi>Ada</bdi>)" in page
    assert "Question 2 (1 for <bdi>Ada</bdi>)" in page
    assert ">Question 3<" in page
    assert ">1 (2 for <bdi>Ada</bdi>)<" in page
    links = dict(re.findall(r'href="([^"]+)">Change the marks of question (.)<', page))
    assert set(links.values()) == {"1", "2", "3"}
    for url, number in links.items():
        assert f"Question {number}</h1>" in browser.get(url).content.decode()


def test_what_only_an_earlier_version_had_has_the_same_number_everywhere(quiz, browser):
    attempt = take(quiz, "Ada", right=["single", "true_false"], wrong=["short_text"])
    publish_content(quiz, Content((SHORT_TEXT, OPEN, SINGLE)))
    quiz.refresh_from_db()
    expected = {"short_text": 1, "open": 2, "single": 3, "true_false": 4}
    assert numbering.paper_numbers(quiz) == expected
    assert {one: row.number for one, row in asked_questions(quiz).items()} == expected
    told = {one.question.id: one.number for one in analysis.analysis_of(quiz).questions}
    assert told == expected
    assert "Question 4 (2 for <bdi>Ada</bdi>)" in attempt_page(browser, attempt)
    heading = rows_of_file(browser, "quiz_answers_export", quiz)[0]
    assert f"Points for {expected['true_false']}" in heading


def test_an_attempt_of_another_quiz_is_not_there(quiz, owner, browser):
    other = take(published_quiz(THREE, item__owner=owner))
    address = reverse("media_items:attempt_results", args=[quiz.item.public_id, other.public_id])
    assert browser.get(address).status_code == 404


def test_an_interrupted_attempt_goes_on_and_is_in_the_trail(quiz, browser):
    attempt = take(quiz, state=AttemptState.INTERRUPTED)
    assert "Let them continue" in attempt_page(browser, attempt)
    post(browser, "let_attempt_go_on", quiz.item.public_id, attempt.public_id)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.OPEN
    assert QuizChange.objects.get().what == "continued"
    post(browser, "let_attempt_go_on", quiz.item.public_id, attempt.public_id)  # not twice
    assert QuizChange.objects.count() == 1


@pytest.mark.parametrize("state", [AttemptState.OPEN, AttemptState.INTERRUPTED])
def test_an_attempt_is_ended_and_what_was_saved_counts(quiz, browser, state):
    attempt = take(quiz, right=["single"], state=state)
    for _twice in range(2):
        post(browser, "end_attempt", quiz.item.public_id, attempt.public_id)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (AttemptState.HANDED_IN, 1)
    assert attempt.taker.__class__.objects.get().score == 1
    assert QuizChange.objects.get().was == {"state": state}


@pytest.mark.parametrize("state", [AttemptState.INTERRUPTED, AttemptState.OPEN])
def test_nobody_lets_somebody_erased_go_on_or_ends_it(quiz, browser, state):
    one = take(quiz, state=state, right=["single"])
    if state == AttemptState.INTERRUPTED:
        Attempt.objects.filter(pk=one.pk).update(ended_at=timezone.now())
    Taker.objects.filter(pk=one.taker_id).update(erased_at=timezone.now())
    page = attempt_page(browser, one)
    for words in ("Let them continue", "End now", "Change the marks"):
        assert words not in page
    for view in ("let_attempt_go_on", "end_attempt"):
        assert post(browser, view, quiz.item.public_id, one.public_id).status_code == 302
    one.refresh_from_db()
    assert one.state == state


@pytest.mark.parametrize("state", AttemptState)
def test_marks_are_changed_where_there_are_some(quiz, browser, state):
    one = take(quiz, state=state, right=["single"])
    Attempt.objects.filter(pk=one.pk).update(ended_at=timezone.now())
    is_finished = state in {AttemptState.HANDED_IN, AttemptState.TIME_UP}
    assert ("Change the marks of question 1" in attempt_page(browser, one)) == is_finished


def test_every_event_is_told_in_words(quiz, browser):
    one = take(quiz, right=["single"])
    for what in ("older", "deadline", "hint", "continued", *AttemptState.values):
        AnswerEvent.objects.create(attempt=one, what=what)
    page = attempt_page(browser, one)
    assert "Older answer not taken" in page
    assert "Deadline changed" in page
    assert not [what for what in ("older", "deadline") if f">{what}<" in page]


def test_an_attempt_that_does_not_count_can_count_again(quiz, browser):
    better = take(quiz, right=["single", "true_false"], state=AttemptState.TIME_UP)
    again(better.taker, right=["single"])
    address = reverse("media_items:void_attempt", args=[quiz.item.public_id, better.public_id])
    assert browser.get(address).status_code == 200
    browser.post(address, {"reason": "Somebody else took it"})
    taker = Taker.objects.get()
    assert (taker.score, taker.finished) == (1, 1)
    assert QuizChange.objects.get().reason == "Somebody else took it"
    post(browser, "count_attempt", quiz.item.public_id, better.public_id)
    taker.refresh_from_db()
    better.refresh_from_db()
    assert (taker.score, better.state) == (2, AttemptState.TIME_UP)


def test_an_open_attempt_cannot_be_left_out(quiz):
    with pytest.raises(NotNow):
        acts.void(attempt=take(quiz, state=AttemptState.OPEN), by=quiz.item.owner)


# --- names ----------------------------------------------------------------------------------------


def test_a_guest_gets_another_name_and_the_old_one_stays_beside_it(quiz, browser):
    attempt = take(quiz, "Mickey Mouse", right=["single"])
    post(browser, "rename_taker", quiz.item.public_id, attempt.taker_id, name="  Ada   Lovelace ")
    page = people_of(browser, quiz)
    assert ">Ada Lovelace</a>" in page
    assert "entered as <bdi>Mickey Mouse</bdi>" in page
    change = QuizChange.objects.get()
    assert (change.what, change.was) == ("renamed", {"name": "Mickey Mouse"})
    assert change.now == {"name": "Ada Lovelace"}
    post(browser, "rename_taker", quiz.item.public_id, attempt.taker_id, name="")
    assert Taker.objects.get().shown_name == "Mickey Mouse"


def test_two_people_become_one_and_two_again(quiz, browser):
    mine = take(quiz, "Ada", right=["single"])
    theirs = take(quiz, "Ada L.", right=["single", "true_false"], certainty="confirmed", person="p")
    key = TakerKey.objects.create(quiz=quiz, taker=mine.taker, key="guest:1")
    page = read(browser, "merge_taker", quiz.item.public_id, mine.taker_id)
    assert "Ada L." in page
    for _twice in range(2):
        post(browser, "merge_taker", quiz.item.public_id, mine.taker_id, into=theirs.taker_id)
    key.refresh_from_db()
    into = Taker.objects.get(pk=theirs.taker_id)
    assert (into.finished, into.score, key.taker) == (2, 2, into)
    assert [one.number for one in into.attempts.order_by("number")] == [1, 2]
    assert QuizChange.objects.count() == 1
    assert "was merged into this person" in attempt_page(browser, theirs)
    post(browser, "separate_taker", quiz.item.public_id, mine.taker_id)
    mine.refresh_from_db()
    key.refresh_from_db()
    source = Taker.objects.get(pk=key.taker_id)
    assert (mine.taker, mine.number, mine.moved_from) == (source, 1, None)
    assert (source.score, source.certainty, source.merged_into) == (1, "typed", None)
    assert Taker.objects.get(pk=theirs.taker_id).score == 2
    read(browser, "quiz_trail", quiz.item.public_id)


def test_whoever_nobody_is_like_can_be_anybody(quiz, browser):
    mickey = take(quiz, "Mickey Mouse").taker
    take(quiz, "Ada Lovelace")
    assert "Ada Lovelace" in read(browser, "merge_taker", quiz.item.public_id, mickey.pk)
    address = reverse("media_items:merge_taker", args=[quiz.item.public_id, mickey.pk])
    assert "No results" in browser.get(address, {"q": "Grace"}).content.decode()


@pytest.mark.parametrize("is_source", [True, False])
def test_a_proven_person_can_be_merged_and_separated(quiz, is_source):
    """They stand for both, whoever was chosen."""
    proven = take(quiz, certainty="confirmed", person="p").taker
    typed = take(quiz, certainty="typed", person="q").taker
    source, into = (proven, typed) if is_source else (typed, proven)
    by = quiz.item.owner
    assert naming.merge(source=source, into=into, by=by)
    assert naming.merge(source=source, into=into, by=by) is None
    proven.refresh_from_db()
    assert (proven.merged_into, proven.attempts.count()) == (None, 2)
    typed = naming.separate(source=typed, by=by)
    assert (typed.certainty, typed.attempts.count(), proven.attempts.count()) == ("typed", 1, 1)


def test_two_who_have_proven_different_addresses_stay_two(quiz, browser):
    first = take(quiz, certainty="confirmed", person="p").taker
    second = take(quiz, certainty="signed_in", person="q").taker
    shown = read(browser, "merge_taker", quiz.item.public_id, first.pk)
    assert "another verified email, so somebody else" in shown
    answer = post(browser, "merge_taker", quiz.item.public_id, first.pk, into=second.pk)
    assert "they stay two people here" in answer.content.decode()
    assert not Taker.objects.exclude(merged_into=None).exists()


def test_whom_a_host_merges_is_shown_as_sure_as_those_to_choose_from(quiz, browser):
    typed = take(quiz, "Ada L", certainty="typed").taker
    take(quiz, "Ada L", certainty="confirmed", person="p")
    shown = read(browser, "merge_taker", quiz.item.public_id, typed.pk)
    assert (shown.count("Not verified"), shown.count("Verified")) == (1, 1)


@pytest.mark.parametrize("state", [AttemptState.OPEN, AttemptState.INTERRUPTED])
def test_nobody_unproven_is_merged_in_the_middle_of_an_attempt(quiz, owner, state):
    typed = take(quiz, state=state, certainty="typed").taker
    for certainty, person in (("confirmed", "p"), ("typed", "q")):
        other = take(quiz, certainty=certainty, person=person).taker
        for source, into in ((typed, other), (other, typed)):
            with pytest.raises(NotNow, match="still in the middle"):
                naming.merge(source=source, into=into, by=owner)


def test_attempts_begun_before_under_the_same_address_are_told(quiz, browser):
    """Somebody has verified it in the browser of the last one alone."""
    quiz.attempts_allowed = 1
    quiz.save()
    take(quiz, "Ada", certainty="typed", person="p")
    proven = take(quiz, "Ada", certainty="confirmed", person="p")
    later = take(quiz, "Ada", certainty="typed", person="p")
    Attempt.objects.filter(pk=later.pk).update(started_at=timezone.now() + timedelta(hours=1))
    take(quiz, "Bo", certainty="typed", person="q")
    assert "1 other was begun under the same email" in attempt_page(browser, proven)
    Taker.objects.filter(certainty="typed").update(claim="not_theirs")
    shown = attempt_page(browser, proven)
    assert "1 other was begun under the same email" in shown
    assert "says that 1 of them isn’t theirs" in shown


def test_whom_nobody_merges(quiz, owner):
    one = take(quiz, state=AttemptState.OPEN).taker
    two = take(quiz, state=AttemptState.OPEN).taker
    other = take(published_quiz(THREE)).taker
    for source, into in ((one, two), (one, one), (one, other)):
        with pytest.raises(NotNow):
            naming.merge(source=source, into=into, by=owner)


def test_the_trail_says_what_every_room_changes(quiz, browser):
    from media_items.quizzes.attempts import claims
    from media_items.quizzes.grading import marks, regrading

    kinds = {
        "settings",
        "exemption",
        claims.CLAIMED,
        marks.MARKS,
        regrading.KEY,
        regrading.REGRADED,
    }
    for what in kinds:
        QuizChange.objects.create(quiz=quiz, what=what)
    page = read(browser, "quiz_trail", quiz.item.public_id)
    assert "Something else was changed" not in page
    QuizChange.objects.create(quiz=quiz, what="unheard_of")
    assert "Something else was changed" in read(browser, "quiz_trail", quiz.item.public_id)


def test_the_trail_rounds_as_the_pages_do(quiz, browser):
    one = take(quiz, right=["single"])
    trail.note_change(
        quiz, "marks", by=quiz.item.owner, attempt=one, was={"points": "0.125"}, now={"points": "1"}
    )
    assert "0.13" in read(browser, "quiz_trail", quiz.item.public_id)


def test_the_trail_says_of_which_question_and_attempt_and_what(quiz, browser):
    attempt = take(quiz, "Ada")
    settings = {"attempts_allowed": 2, "is_scored": True, "time_limit_minutes": None}
    exempt = {"time_factor": "1.50", "closes_at": "2027-01-02 10:00:00+00:00"}
    for what, now in (
        ("marks", {"points": "0.5"}),
        ("regraded", {"score": "11.3333334000", "possible": "12.3333334000"}),
    ):
        QuizChange.objects.create(
            quiz=quiz, what=what, now=now, attempt=attempt, question=THREE.questions[1].id
        )
    QuizChange.objects.create(quiz=quiz, what="settings", now=settings)
    QuizChange.objects.create(quiz=quiz, what="exemption", now=exempt)
    QuizChange.objects.create(quiz=quiz, what="published", now={"number": 3})
    rows = {
        one.one.what: one
        for one in browser.get(
            reverse("media_items:quiz_trail", args=[quiz.item.public_id])
        ).context["rows"]
    }
    assert rows["marks"].about == ("Question 2", "Attempt 1")
    assert rows["marks"].now == "0.5"
    assert rows["regraded"].now == "11.33 / 12.33"
    assert rows["settings"].now == "Gives a score: Yes; Attempts: 2; Time limit: –"
    assert rows["exemption"].now.startswith("Time: 1.5; Closes: ")
    assert (rows["published"].sentence, rows["published"].now) == ("Questions published", "3")


def test_the_trail_says_both_names_both_people_and_how_many_got_an_email(quiz, browser):
    ada, bea = take(quiz, "Ada").taker, take(quiz, "Bea").taker
    naming.rename(taker=ada, name="Countess Ada", by=quiz.item.owner)
    naming.merge(source=ada, into=bea, by=quiz.item.owner)
    QuizChange.objects.create(quiz=quiz, what="mailed", now={"people": 1})
    page = browser.get(reverse("media_items:quiz_trail", args=[quiz.item.public_id]))
    rows = {one.one.what: one for one in page.context["rows"]}
    assert (rows["renamed"].was, rows["renamed"].now) == ("Ada", "Countess Ada")
    assert (rows["merged"].one.taker, rows["merged"].other) == (ada, "Bea")
    assert "and <bdi>Bea</bdi>" in page.content.decode()
    assert rows["mailed"].now == "1 person"


# --- the score of a person ------------------------------------------------------------------------


def of_proof(key):
    return Identity(key, IdentityKind.GUEST, "Ada", "", Certainty.TYPED)


def test_the_score_of_a_person_is_one_call_away(quiz):
    taker = take(quiz, right=["single", "true_false"]).taker
    TakerKey.objects.create(quiz=quiz, taker=taker, key="guest:1")
    found = score_of(quiz, of_proof("guest:1"))
    assert (found.points, found.possible, found.percent) == (2, 3, Decimal("66.67"))
    assert (found.is_passed, found.waiting, found.certainty) == (True, 0, "typed")
    assert score_of(quiz, of_proof("guest:2")) is None


def test_who_has_no_score(quiz):
    open_one = take(quiz, state=AttemptState.OPEN).taker
    editor = take(quiz, right=["single"], is_preview=True).taker
    TakerKey.objects.create(quiz=quiz, taker=open_one, key="guest:1")
    TakerKey.objects.create(quiz=quiz, taker=editor, key="account:1")
    assert score_of(quiz, of_proof("guest:1")) is None
    assert score_of(quiz, of_proof("account:1")) is None


# --- questions ------------------------------------------------------------------------------------


def test_too_few_people_are_counted_and_nothing_else(quiz, browser):
    for number in range(4):
        take(quiz, f"P{number}", right=["single"])
    found = analysis.analysis_of(quiz)
    assert (found.people, found.questions[0].people, found.questions[0].answered) == (4, 4, 4)
    assert found.questions[0].facility is None
    assert found.whole.mean is None
    page = read(browser, "quiz_results_question", quiz.item.public_id, "single")
    assert "With fewer than 5 people only counts are shown." in page
    assert "Upper third" not in page


def test_a_mean_says_of_how_many_and_a_question_how_many_are_not_marked(owner, browser):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner)
    for name in "ABCDE":
        take(quiz, name, right=["single", "open"])
    page = read(browser, "quiz_results_questions", quiz.item.public_id)
    assert "1 of 1 · 100%" in re.sub(r"\s+", " ", page)
    assert "+ 5 not marked" in page


def test_the_hardest_come_first_and_a_key_is_corrected_from_the_page_of_its_question(quiz, browser):
    for name in "ABCDE":
        take(quiz, name, right=["single"], wrong=["true_false"])
    where = [quiz.item.public_id]
    page = read(browser, "quiz_results_questions", *where, query={"sort": "hardest"})
    order = re.findall(r'dir="auto">(\d)\. ', page)
    assert order[-1] == "1"
    regrade = reverse("media_items:regrade_question", args=[*where, "true_false"])
    assert f'href="{regrade}">Correct the key<' in page
    assert regrade in read(browser, "quiz_results_question", *where, "true_false")


def test_a_reflection_point_was_read_and_not_answered(owner, browser):
    quiz = published_quiz(Content((REFLECTION,)), item__owner=owner)
    for name in ("Ada", "Grace"):
        take(quiz, name, right=["reflection"])
    assert "2 have read it" in read(browser, "quiz_results_questions", quiz.item.public_id)


def test_a_question_is_told_by_those_whose_attempt_counts(quiz, browser):
    take(quiz, "Preview", right=["single"], is_preview=True)
    for number in range(12):
        again(take(quiz, f"A{number}", wrong=["single"]).taker, right=["single", "true_false"])
    for number in range(12):
        take(quiz, f"B{number}", wrong=["single", "true_false"])
    found = analysis.analysis_of(quiz)
    single = found.questions[0]
    assert (found.people, single.people, single.answered) == (24, 24, 24)
    assert single.facility == pytest.approx(50)
    assert single.discrimination == pytest.approx(100)
    page = read(browser, "quiz_results_question", quiz.item.public_id, "single")
    for words in ("Metaphase", "Upper third", "No answer", "8 · 100%"):
        assert words in page


def test_a_wrong_key_is_pointed_at(quiz, browser):
    for number in range(12):
        take(quiz, f"A{number}", wrong=["single"], right=["true_false", "short_text"])
        take(quiz, f"B{number}", right=["single"], wrong=["true_false", "short_text"])
    page = read(browser, "quiz_results_questions", quiz.item.public_id)
    assert page.count("The key may be wrong") == 1


def test_of_who_waits_to_be_marked_every_mark_counts(owner, browser):
    """T is over what is marked of everybody; of an open question whoever is marked counts."""
    quiz = published_quiz(Content((SINGLE, TRUE_FALSE, OPEN)), item__owner=owner)
    marks = []
    for number in range(24):
        right = ["single"] if number % 2 else ["single", "true_false"]
        one = take(quiz, f"P{number}", right=[*right, "open"] if number < 23 else right)
        marks.append((1.0, 0.0 if number % 2 else 1.0, 4.0 * (1 - number % 2)))
        if 0 < number < 23:
            Answer.objects.filter(attempt=one, question="open").update(given=int(marks[-1][2]))
            mark_attempt(one)
            keep_score(one.taker, quiz)
    found = analysis.analysis_of(quiz)
    single, true_false, opened = found.questions
    assert (found.people, found.waiting) == (24, 1)
    assert (single.people, true_false.people, opened.people) == (24, 24, 23)
    assert (opened.answered, opened.unmarked, single.unmarked) == (23, 1, 0)
    assert true_false.facility == pytest.approx(50)
    assert opened.facility == pytest.approx(100 * 11 / 23)
    kept = [(x, t) for _one, t, x in marks[1:23]] + [(0.0, 0.0)]
    by_hand = psychometrics.Sums.of([x for x, _t in kept], [x + 1 + t for x, t in kept])
    assert opened.discrimination == pytest.approx(psychometrics.discrimination(by_hand))
    assert opened.weight is None
    assert found.whole.mean == pytest.approx(1.5)
    page = read(browser, "quiz_results_questions", quiz.item.public_id)
    assert "1 of them has open answers that are not marked yet" in page
    page = read(browser, "quiz_results_question", quiz.item.public_id, "open")
    assert "1 answer is not marked yet and is left out." in page
    assert "Upper third" in page


@pytest.mark.parametrize(("before", "after"), [("2", "1"), ("1", "2"), ("1", "1")])
def test_versions_with_other_points_are_told_in_shares(owner, before, after):
    """Half of them are right in either version, all by the same rule."""
    quiz = published_quiz(
        Content((replace(SINGLE, points=Decimal(before)), TRUE_FALSE)), item__owner=owner
    )
    shares = []
    for points in (before, after):
        if points == after:
            changed = (
                replace(SINGLE, points=Decimal(after)),
                replace(TRUE_FALSE, points=Decimal(5)),
            )
            publish_content(quiz, Content(changed))
        for number in range(12):
            right = [["single", "true_false"], ["single"], ["true_false"], []][number % 4]
            if number == 0:
                right = []
            take(quiz, f"P{number}", right=right)
            shares.append((float("single" in right), float("true_false" in right)))
        if before == after:
            break
    found = analysis.analysis_of(quiz)
    by_hand = psychometrics.Sums.of([x for x, _r in shares], [x + r for x, r in shares])
    single = found.questions[0]
    assert single.facility == pytest.approx(100 * by_hand.x / len(shares))
    if len(shares) >= psychometrics.FEWEST_FOR_DISCRIMINATION:
        assert single.discrimination == pytest.approx(psychometrics.discrimination(by_hand))
        assert single.weight + found.questions[1].weight == pytest.approx(100)
    given = sums.given_to(quiz, single.question)
    assert sorted(given.values_list("x", "rest")) == sorted(shares)


def test_a_question_that_was_not_marked_before_is_told_by_those_it_was_marked_for(owner):
    quiz = published_quiz(Content((replace(SINGLE, points=Decimal(0)), TRUE_FALSE)))
    for number in range(6):
        take(quiz, f"P{number}", right=["single"])
    publish_content(quiz, Content((SINGLE, TRUE_FALSE)))
    for number in range(6):
        take(quiz, f"Q{number}", right=["single"])
    single = analysis.analysis_of(quiz).questions[0]
    assert (single.people, single.answered, single.facility) == (12, 12, pytest.approx(100))
    marks = sums.given_to(quiz, single.question).values_list("x", flat=True)
    assert list(marks) == pytest.approx([1.0] * 6)


def test_what_was_answered_to_a_question_that_is_marked_nowhere_is_told_too(owner):
    quiz = published_quiz(Content((replace(SINGLE, points=Decimal(0)), TRUE_FALSE)))
    for number in range(6):
        take(quiz, f"P{number}", right=["single"])
    assert sums.given_to(quiz, quiz.published.questions.questions[0]).count() == 6


def test_who_was_erased_before_they_were_marked_holds_nothing_up(owner):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner)
    gone = take(quiz, "Ada", right=["single", "open"])
    take(quiz, "Grace", right=["single"])
    Answer.objects.filter(attempt=gone, question="open").update(response=None)
    Taker.objects.filter(pk=gone.taker_id).update(erased_at=timezone.now())
    found = analysis.analysis_of(quiz)
    assert (found.people, found.waiting, found.questions[1].unmarked) == (1, 0, 0)


@pytest.mark.parametrize("kind", EVERY_KIND.questions, ids=lambda one: one.id)
def test_the_database_finds_the_thirds_that_the_formula_finds(owner, kind):
    """Against a reading of every answer, one by one."""
    quiz = published_quiz(Content((kind, TRUE_FALSE, SINGLE)[: 2 if kind == SINGLE else 3]))
    dice = Random(kind.id)
    ids = list(quiz.published.questions.question_of)
    for number in range(17):
        right = [one for one in ids if dice.random() < 0.6]
        take(quiz, f"P{number}", right=right)
    Answer.objects.filter(question="open").update(given=Decimal(2))
    given = sums.given_to(quiz, kind)
    order = list(given.order_by("pk").values_list("x", "rest", "one__response"))
    thirds = psychometrics.thirds([rest for _x, rest, _said in order])
    found = choices_of(kind, given)
    nothing = [0, 0, 0]
    for third, (_x, _rest, said) in zip(thirds, order, strict=True):
        nothing[third] += said is None
    assert list(found.rows[-1].counts) == nothing
    assert found.sizes == tuple(thirds.count(third) for third in range(3))
    xs, rests = [one[0] for one in order], [one[1] for one in order]
    expected = psychometrics.efficiency(xs, rests)
    assert found.efficiency == (expected if expected is None else pytest.approx(expected))


def test_what_was_typed_is_listed_by_how_often(quiz):
    for number in range(30):
        one = take(quiz, f"P{number}")
        said = ["Centromere", "  centromere ", "kinetochore"][number % 3]
        Answer.objects.create(attempt=one, question="short_text", response={"text": said})
    for number in range(25):
        one = take(quiz, f"Q{number}")
        Answer.objects.create(attempt=one, question="short_text", response={"text": f"x{number}"})
    rows = choices_of(SHORT_TEXT, sums.given_to(quiz, SHORT_TEXT)).rows
    assert [(one.text, one.people, one.is_right) for one in rows[:2]] == [
        ("centromere", 20, True),
        ("kinetochore", 10, True),
    ]
    assert (len(rows), rows[-1].text, rows[-1].people) == (21, "No answer", 0)


@pytest.mark.parametrize("question", [SINGLE, SHORT_TEXT])
def test_one_question_costs_the_same_for_few_and_many(quiz, question, django_assert_num_queries):
    for count in (6, 12):
        for number in range(count):
            take(quiz, f"P{number}", right=["single", "short_text"])
        with django_assert_num_queries(3):
            choices_of(question, sums.given_to(quiz, question))


def test_sums_cost_the_same_for_few_and_many(quiz, django_assert_num_queries):
    take(quiz, right=["single"])
    for count in (0, 8):
        for number in range(count):
            take(quiz, f"P{number}", right=["single"])
        with django_assert_num_queries(4):
            analysis.analysis_of(quiz)


def test_the_total_is_the_same_whether_answers_are_joined_or_summed(owner, monkeypatch):
    opens = [replace(OPEN, id=f"open{number}") for number in range(3)]
    quiz = published_quiz(Content((SINGLE, *opens)), item__owner=owner)
    for number in range(12):
        attempt = take(quiz, f"P{number}", right=["single"] if number % 2 else [])
        for one in opens[: number % 4]:
            points = Decimal(number) / 4 if number % 3 else None
            Answer.objects.create(
                attempt=attempt, question=one.id, response={"text": "So."}, given=points
            )
        mark_attempt(attempt)
    keys = {quiz.published.pk: quiz.published.questions}
    left_out = sums.unmarked_in(quiz, keys)
    assert len(left_out) == 3
    found = []
    for most in (6, 0):
        monkeypatch.setattr(sums, "_MOST_JOINED", most)
        rows = sums.with_total(sums.attempts_analysed(quiz), left_out)
        answers = sums.with_total(Answer.objects.all(), left_out, "attempt")
        found.append(
            (
                list(rows.order_by("pk").values_list("pk", "t")),
                list(answers.order_by("pk").values_list("pk", "t")),
                repr(analysis.analysis_of(quiz)),
            )
        )
    assert found[0] == found[1]
    assert len(found[0][0]) == 12


TEX = replace(
    SINGLE,
    text="What is $2^{3}$, as in [a book](https://example.org)?",
    options=(Option("a", "$8$", Decimal(100)), Option("b", "**six**")),
)


def test_lists_show_mathematics_and_no_link_within_a_link(owner, browser):
    quiz = published_quiz(Content((TEX, OPEN)), item__owner=owner)
    attempts = [take(quiz, f"P{number}", right=["single"], wrong=[]) for number in range(5)]
    wrong = take(quiz, "W", wrong=["single"])
    pages = [
        read(browser, "quiz_results_questions", quiz.item.public_id),
        read(browser, "marking", quiz.item.public_id),
    ]
    for page in pages:
        assert "<msup><mn>2</mn>" in page
        assert "$2^{3}$" not in page
        assert "https://example.org" not in page
    page = read(browser, "quiz_results_question", quiz.item.public_id, "single")
    assert "<mn>8</mn>" in page
    assert "$8$" not in page
    assert "<mn>8</mn>" in attempt_page(browser, attempts[0])
    assert 'dir="auto"><strong>six</strong></p>' in attempt_page(browser, wrong)


def test_what_somebody_typed_is_never_html(owner, browser):
    quiz = published_quiz(Content((SHORT_TEXT,)), item__owner=owner)
    for number in range(5):
        one = take(quiz, f"P{number}")
        said = {"text": "<b>$2^3$</b>"}
        Answer.objects.create(attempt=one, question="short_text", response=said)
    page = read(browser, "quiz_results_question", quiz.item.public_id, "short_text")
    assert "&lt;b&gt;$2^3$&lt;/b&gt;" in page
    assert "&lt;b&gt;$2^3$&lt;/b&gt;" in attempt_page(browser, one)


# --- files ----------------------------------------------------------------------------------------


def rows_of_file(browser, name, quiz, form="csv", **query):
    address = reverse(f"media_items:{name}", args=[quiz.item.public_id, form])
    answer = browser.get(address, query)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    body = b"".join(answer.streaming_content)
    if form == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]


def test_people_go_into_a_file_as_the_list_shows_them(quiz, browser):
    take(quiz, "Ada", right=["single"], came_by="Webinar")
    take(quiz, "Grace", state=AttemptState.OPEN)
    heading, ada, grace = rows_of_file(browser, "quiz_people_export", quiz)
    assert heading[:3] == ["Name", "Email", "Verification"]
    assert ada[:10] == [
        "Ada", "", "Not verified", "Guest link “Webinar”", "Handed in", "1", "1.00", "3.00",
        "33.33", "No",
    ]  # fmt: skip
    assert grace[4:10] == ["In progress", "0", "", "", "", ""]
    assert len(rows_of_file(browser, "quiz_people_export", quiz, show="open")) == 2


def test_a_file_has_the_address_of_whom_the_host_may_write_to(quiz, browser):
    admission = GuestAdmissionFactory(guest__link__item=quiz.item, guest__email="ada@example.org")
    taker = take(quiz, "Ada", right=["single"]).taker
    TakerKey.objects.create(quiz=quiz, taker=taker, key=f"guest:{admission.pk}")
    assert rows_of_file(browser, "quiz_people_export", quiz)[1][1] == "ada@example.org"
    assert rows_of_file(browser, "quiz_answers_export", quiz)[1][1] == "ada@example.org"
    assert "ada@example.org" in people_of(browser, quiz)


def test_a_file_has_the_name_that_was_entered_and_all_that_is_to_be_marked(owner, browser):
    quiz = published_quiz(Content((SINGLE, OPEN)), item__owner=owner)
    person = take(quiz, "xX_Batman_Xx", right=["single"]).taker
    waiting = again(person, wrong=["single"], right=["open"])
    assert not waiting.is_kept
    naming.rename(taker=person, name="Bruno Klein", by=owner)
    heading, row = rows_of_file(browser, "quiz_people_export", quiz)
    told = dict(zip(heading, row, strict=True))
    assert (told["Name"], told["Entered as"]) == ("Bruno Klein", "xX_Batman_Xx")
    assert (told["Status"], told["Answers to mark"]) == ("To mark", "1")
    where = [quiz.item.public_id, "open", waiting.public_id]
    assert "This attempt doesn’t count at the moment" in read(browser, "mark_answer", *where)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_answers_go_into_a_file_with_their_points(quiz, browser, form):
    take(quiz, "Ada", right=["single"], wrong=["short_text"])
    heading, ada = rows_of_file(browser, "quiz_answers_export", quiz, form)
    assert heading[13:16] == [
        "1. In which phase do chromosomes line up?",
        "Points for 1",
        "2. Sister chromatids part in the anaphase.",
    ]
    assert [ada[0], ada[13], float(ada[14])] == ["Ada", "Metaphase", 1]
    assert [ada[15] or "", ada[17], float(ada[18])] == ["", "x", 0]


def test_the_points_of_a_file_add_up_where_everybody_got_all_of_them(quiz, browser):
    by_hand = take(quiz, "Ada", wrong=["single"])
    by_hand.answers.update(given=Decimal("0.25"))
    take(quiz, "Grace", right=["true_false"])
    version = quiz.published
    key = QuizVersion.objects.create(
        quiz=quiz,
        number=2,
        content=to_json(version.questions.with_questions([replace(SINGLE, full_marks=True)])),
        draft=quiz.draft,
        key_of=version,
    )
    for attempt in Attempt.objects.order_by("pk"):
        mark_attempt(attempt, key=key)
    _heading, ada, grace = rows_of_file(browser, "quiz_answers_export", quiz)
    assert [ada[9], ada[14], ada[16]] == ["1.00", "1.00", "0.00"]
    assert [grace[9], grace[14], grace[16]] == ["2.00", "1.00", "1.00"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(quiz, browser, form, hostile):
    attempt = take(quiz, hostile, right=["single"])
    Answer.objects.create(attempt=attempt, question="short_text", response={"text": hostile})
    name = rows_of_file(browser, "quiz_people_export", quiz, form)[1][0]
    row = rows_of_file(browser, "quiz_answers_export", quiz, form)[1]
    assert name.startswith("'")
    assert row[17].startswith("'")


# --- many -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", people.SORTS)
def test_a_long_list_is_read_by_an_index(quiz, sort):
    plan = str(people.ordered(people.takers_of(quiz), sort)[:50].explain())
    if connection.vendor == "sqlite":
        assert "USING INDEX taker_" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("show", ["open", "interrupted"])
def test_those_in_a_state_are_found_by_an_index(quiz, show):
    plan = str(people.shown(people.takers_of(quiz), quiz, show).explain())
    if connection.vendor == "sqlite":
        assert "INDEX attempt_newest" in plan
