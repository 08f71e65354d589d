"""What the pages of a quiz promise whoever takes it, and what becomes of it when the host changes
something."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.choices import AttemptState, KeptScore, Preset, ShownWhen
from media_items.quizzes.models import Attempt, Exemption, Quiz
from tests.quiz_factories import EVERY_KIND, publish_content
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def change(quiz, **fields):
    Quiz.objects.filter(pk=quiz.pk).update(**fields)


def shown_on(guest, page):
    return re.search(r'name="shown" value="([^"]+)"', guest.get(page).content.decode())[1]


# --- the time of an attempt under way ---------------------------------------------------------


def more_time(attempt):
    stored = Attempt.objects.get(public_id=attempt.rstrip("/").rsplit("/", 1)[1])
    Exemption.objects.create(quiz=stored.quiz, taker=stored.taker, time_factor=Decimal(2))
    bring_up_to_date(stored.quiz)


def until_of(answer):
    return re.search(r'name="until" value="([^"]*)"', answer.content.decode())[1]


def tells_time(answer):
    return re.search(r"Your time has changed: it is up at \d", text_of(answer))


@pytest.mark.parametrize("sends_to", ["", "hand-in/"])
def test_without_script_the_next_page_says_once_that_the_time_has_changed(
    quiz, guest, page, sends_to
):
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    until = until_of(guest.get(attempt))
    sent = {"act": "save", "until": until}
    assert not tells_time(guest.post(attempt, sent, follow=True))
    more_time(attempt)
    answer = guest.post(f"{attempt}{sends_to}", sent, follow=True)
    assert tells_time(answer)
    sent["until"] = until_of(answer)
    assert sent["until"] != until
    assert not tells_time(guest.post(f"{attempt}{sends_to}", sent, follow=True))


@pytest.mark.parametrize("sends_to", ["", "hand-in/"])
def test_where_what_was_typed_is_given_back_the_new_time_is_said_too(quiz, guest, page, sends_to):
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    until = until_of(guest.get(attempt))
    guest.post(attempt, {"question": ["open"], "open": "Newer.", "until": until})
    more_time(attempt)
    old = {"question": ["open"], "open": "Older.", "until": until}
    answer = guest.post(f"{attempt}{sends_to}", old)
    assert answer.status_code == 409
    assert tells_time(answer)


def test_a_limit_that_is_gone_is_said_too(quiz, guest, page):
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    sent = {"act": "save", "until": until_of(guest.get(attempt))}
    change(quiz, time_limit_minutes=None)
    bring_up_to_date(Quiz.objects.get())
    said = text_of(guest.post(attempt, sent, follow=True))
    assert said.count("there is no time limit any more") == 2  # and once for scripts


def test_what_a_save_answers_names_the_end_by_which_the_page_knows_it(quiz, guest, page):
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    until = until_of(guest.get(attempt))
    saved = guest.post(f"{attempt}answers/single/", {"single": "a"}).json()
    assert saved["until"] == until
    more_time(attempt)
    assert guest.get(f"{attempt}clock/").json()["until"] != until


def test_the_start_page_tells_the_time_of_the_attempt_that_is_open(quiz, guest, page):
    change(quiz, time_limit_minutes=10)
    guest.post(f"{page}quiz/start/")
    change(quiz, time_limit_minutes=3)
    Attempt.objects.update(promised_minutes=10)
    said = text_of(guest.get(page))
    assert "10 minutes" in said
    assert "3 minutes" not in said


# --- the start page as it was -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time_limit_minutes": 10}, "Time: 10 minutes"),
        ({"attempts_allowed": 1}, "Attempts: 1 attempt"),
        ({"pass_percent": 50}, "needed to pass"),
        ({"feedback_when": ShownWhen.NEVER}, "read the rules again"),
        ({"kept_score": KeptScore.LAST}, "read the rules again"),
    ],
)
def test_who_starts_under_other_terms_than_were_shown_is_told_first(
    quiz, guest, page, fields, said
):
    shown = shown_on(guest, page)
    change(quiz, **fields)
    answer = guest.post(f"{page}quiz/start/", {"shown": shown}, follow=True)
    assert not Attempt.objects.exists()
    assert "You haven’t started yet. This is new:" in text_of(answer)
    assert said in text_of(answer)
    guest.post(f"{page}quiz/start/", {"shown": shown_on(guest, page)})
    assert Attempt.objects.count() == 1


def test_a_closing_time_and_questions_that_are_new_are_told_too(quiz, guest, page):
    shown = shown_on(guest, page)
    quiz.item.ends_at = timezone.now() + timedelta(days=1)
    quiz.item.save()
    publish_content(quiz, EVERY_KIND)
    answer = guest.post(f"{page}quiz/start/", {"shown": shown}, follow=True)
    assert "The closing time is new." in text_of(answer)
    assert "The questions were published again." in text_of(answer)
    assert not Attempt.objects.exists()


def test_what_was_shown_starts_and_an_open_attempt_goes_on_whatever_was(quiz, guest, page):
    shown = shown_on(guest, page)
    first = guest.post(f"{page}quiz/start/", {"shown": shown})["Location"]
    change(quiz, time_limit_minutes=10)
    assert guest.post(f"{page}quiz/start/", {"shown": shown})["Location"] == first


def test_nobody_reads_of_changes_that_an_address_makes_up(guest, page):
    assert "This is new" not in text_of(guest.get(f"{page}?new=nothing,else"))


# --- the words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "continue later.</span>"),
        ({"time_limit_minutes": 10}, "continue later, but your time runs on."),
    ],
)
def test_how_long_one_may_stay_away_fits_the_quiz(quiz, guest, page, fields, said):
    change(quiz, attempts_allowed=None, **fields)
    assert said in text_of(guest.get(page))


def test_rules_for_whoever_starts_are_not_told_to_who_cannot(quiz, guest, page):
    change(quiz, attempts_allowed=1, time_limit_minutes=10)
    assert "Starting uses one of your attempts." in text_of(guest.get(page))
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    said = text_of(guest.get(page))
    assert "Attempt 1 of 1 is in progress" in said
    assert "Starting uses" not in said
    assert "your time runs on" in said
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    said = text_of(guest.get(page))
    for rule in ("Starting uses", "When the time is up", "You may close the page"):
        assert rule not in said
    assert "Took this quiz in another browser, too?" in said


def test_without_script_nothing_is_promised_that_only_a_script_does(guest, page, attempt):
    for address in (page, attempt):
        shown = guest.get(address).content.decode()
        without = re.sub(r'<span class="needs-script">.*?</span>', "", shown)
        assert "saved as you go" not in without
    assert "saved whenever you press a button" in guest.get(page).content.decode()
    assert "Save before you close this page." in guest.get(attempt).content.decode()


def test_the_title_and_the_button_stand_before_the_rules(quiz, guest, page):
    shown = guest.get(page).content.decode()
    places = [
        shown.index(one) for one in ("<h1", 'class="quiz-facts"', "Start the quiz", "quiz-rules")
    ]
    assert places == sorted(places)


def test_a_survey_speaks_of_no_test(quiz, guest, page):
    change(quiz, preset=Preset.SURVEY, is_scored=False, attempts_allowed=1)
    said = text_of(guest.get(page))
    assert "Start the survey" in said
    assert "You can answer once." in said
    assert "Starting uses" not in said
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    assert "last attempt" not in text_of(guest.get(f"{attempt}?review=1"))
    answer = guest.post(f"{attempt}hand-in/", {"anyway": "1"}, follow=True)
    assert "Thank you: your answers were handed in" in text_of(answer)


def test_the_best_attempt_is_so_far_while_one_is_to_be_marked(quiz, guest, page):
    change(quiz, attempts_allowed=3, kept_score=KeptScore.BEST)
    results = []
    for chosen in ("a", "b"):
        attempt = guest.post(f"{page}quiz/start/")["Location"]
        sent = {"question": ["single"], "single": chosen, "anyway": "1"}
        results.append(guest.post(f"{attempt}hand-in/", sent)["Location"])
    assert "That’s this attempt." in text_of(guest.get(results[0]))
    Attempt.objects.filter(number=2).update(waiting=1)
    assert "So far, that’s this attempt." in text_of(guest.get(results[0]))
    assert re.search("So far, that’s <a [^>]*>attempt 1", text_of(guest.get(results[1])))


# --- leaving --------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [None, 2])
def test_leaving_says_what_is_left_behind_where_attempts_are_limited(quiz, guest, page, limit):
    change(quiz, attempts_allowed=limit)
    leave = reverse("access:leave", args=[quiz.item.public_id])
    assert f'href="{leave}"' not in guest.get(page).content.decode()
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    result = guest.post(f"{attempt}hand-in/", {"anyway": "1"})["Location"]
    assert Attempt.objects.get().state == AttemptState.HANDED_IN
    for address in (page, result):
        asks = f'href="{leave}"' in guest.get(address).content.decode()
        assert asks == (limit is not None)
    said = text_of(guest.get(leave))
    assert ("To keep them, verify your email first." in said) == (limit is not None)


# --- the languages of the foot --------------------------------------------------------------------


def test_without_script_another_language_loses_nothing_that_was_chosen(guest, attempt):
    shown = guest.get(attempt).content.decode()
    assert '<button form="quiz-form" name="act" value="language:fr"' in shown
    sent = {"question": ["single"], "single": "a", "single.revision": "0", "at": "1"}
    answer = guest.post(attempt, sent | {"act": "language:fr"}, follow=True)
    assert Attempt.objects.get().answers.get().response == {"chosen": "a"}
    assert '<html lang="fr"' in answer.content.decode()
    guest.post(attempt, sent | {"act": "language:xx"})
    assert '<html lang="fr"' in guest.get(attempt).content.decode()


# --- read by a screen reader ----------------------------------------------------------------------


def test_each_question_is_a_heading_and_what_belongs_to_it_names_it(guest, attempt):
    shown = guest.get(attempt).content.decode()
    assert re.search(r'<h2 class="quiz-number" id="q-single-number">\s*Question 1\s*</h2>', shown)
    assert 'aria-labelledby="q-single-legend q-single-text"' in shown
    for button in re.findall(r"<button[^>]*(?:data-hint|data-clear)[^>]*>", shown):
        assert 'aria-describedby="q-' in button
    number = re.search(r'<input[^>]*name="number"[^>]*>', shown)[0]
    assert "q-number-told" in number
    assert 'id="q-number-told"' in shown
    result = guest.post(f"{attempt}hand-in/", {"anyway": "1"}, follow=True).content.decode()
    assert '<h3 class="quiz-number" id="q-single-number">' in result
