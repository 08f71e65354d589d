"""The pages of whoever takes a quiz, without script: each state, and what each refuses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from access.invitations.models import InvitationRole
from media_items.catalogue.models import State
from media_items.quizzes.attempts import ending
from media_items.quizzes.attempts.marking import mark_attempt
from media_items.quizzes.choices import AttemptState, KeptScore, ShownWhen
from media_items.quizzes.content import Content, to_json
from media_items.quizzes.kinds import QuestionKind
from media_items.quizzes.models import Answer, Attempt, Exemption, QuizVersion, Taker
from media_items.quizzes.models.questions import MOST_OPTIONS, MOST_QUESTIONS
from tests import factories
from tests.conftest import client_with_admissions, client_with_proofs
from tests.one_language import in_own_language, left_in_english
from tests.quiz_factories import (
    EVERY_KIND,
    OPEN,
    SINGLE,
    TRUE_FALSE,
    QuizFactory,
    options,
    publish_content,
    published_quiz,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

ALL_RIGHT = {
    "question": ["single", "multiple", "true_false", "short_text", "number", "matching",
                 "ordering", "open", "reflection"],
    "single": "a",
    "multiple": ["a", "b"],
    "true_false": "t",
    "short_text": "centromere",
    "number": "1,5 h",
    "matching.p": "1", "matching.q": "2", "matching.r": "3",
    "ordering.kc": "3", "ordering.ka": "1", "ordering.kd": "4", "ordering.kb": "2",
    "open": "It is so.",
}  # fmt: skip

# Whatever the questions say.
WRITTEN = [json.dumps(to_json(EVERY_KIND)), "Cell division It is so. centromere"]


def change(quiz, **fields):
    for name, value in fields.items():
        setattr(quiz, name, value)
    quiz.save()


def stored():
    return dict(Answer.objects.exclude(response__isnull=True).values_list("question", "response"))


# --- the start page -----------------------------------------------------------------------------


def test_looking_starts_nothing_and_pressing_twice_starts_once(guest, page):
    for _ in range(2):
        assert b"Start the quiz" in guest.get(page).content
    assert not Attempt.objects.exists()
    addresses = {guest.post(f"{page}quiz/start/")["Location"] for _ in range(2)}
    assert len(addresses) == 1
    assert Attempt.objects.count() == 1
    assert addresses.pop() in guest.get(page).content.decode()
    assert guest.get(f"{page}quiz/start/").status_code == 405


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts_at": timedelta(hours=1)}, "This quiz isn’t open yet."),
        ({"starts_at": -timedelta(hours=2), "ends_at": -timedelta(hours=1)}, "This quiz is closed"),
    ],
)
def test_outside_its_dates_the_page_says_when_and_nothing_starts(
    quiz, guest, page, fields, sentence
):
    for name, away in fields.items():
        setattr(quiz.item, name, timezone.now() + away)
    quiz.item.save()
    shown = guest.get(page).content.decode()
    assert sentence in shown
    assert "Start the quiz" not in shown
    assert guest.post(f"{page}quiz/start/")["Location"] == page
    assert not Attempt.objects.exists()


def test_what_is_not_published_is_said_to_editors_alone(owner):
    item = QuizFactory(item__owner=owner).item
    admission = factories.GuestAdmissionFactory(guest__link__item=item)
    editor = Client()
    editor.force_login(owner)
    assert "isn’t published yet" in editor.get(item.get_absolute_url()).content.decode()
    shown = client_with_admissions(admission).get(item.get_absolute_url()).content.decode()
    assert "still preparing" in shown
    assert "publish" not in shown.lower().split("<main")[1].split("</main")[0]


def test_an_item_from_before_there_were_quizzes_has_a_page(owner):
    item = factories.MediaItemFactory(owner=owner, kind="quiz")
    editor = Client()
    editor.force_login(owner)
    assert editor.get(item.get_absolute_url()).status_code == 200
    assert editor.post(f"{item.get_absolute_url()}quiz/start/").status_code == 404


def test_somebody_without_a_name_is_told_to_say_who_they_are(quiz, page):
    quiz.item.state = State.UNLISTED
    quiz.item.save()
    shown = Client().get(page).content.decode()
    assert "say who you are" in shown
    assert "/accounts/sign-in/" in shown
    assert Client().post(f"{page}quiz/start/")["Location"] == page


def test_a_guest_whose_link_does_not_include_the_quiz_sees_why(quiz):
    made = factories.GuestAdmissionFactory(
        guest__link__item=quiz.item, guest__link__may_take_quiz=False
    )
    browser, page = client_with_admissions(made), quiz.item.get_absolute_url()
    assert "but not take the quiz" in browser.get(page).content.decode()
    assert browser.post(f"{page}quiz/start/")["Location"] == page
    assert not Attempt.objects.exists()


def test_no_attempts_left_is_said_with_the_results_below(quiz, guest, page):
    change(quiz, attempts_allowed=1)
    address = guest.post(f"{page}quiz/start/")["Location"]
    guest.post(f"{address}hand-in/", {"anyway": "1"})
    shown = guest.get(page).content.decode()
    assert "You have no attempts left." in shown
    assert f"{address}result/" in shown
    assert "0 of 14 points (0%)" in shown


def test_a_score_that_is_not_shown_yet_is_not_on_the_page(quiz, guest, page, attempt):
    change(quiz, score_when=ShownWhen.CLOSED)
    guest.post(f"{attempt}hand-in/", ALL_RIGHT | {"anyway": "1"})
    assert "of 14 points (" not in guest.get(page).content.decode()
    shown = guest.get(f"{attempt}result/").content.decode()
    assert "once the quiz has closed" in shown
    assert "So far" not in shown


def test_the_embedded_page_changes_nothing(guest, page):
    shown = guest.get(f"{page}embed/").content.decode()
    assert "Open the quiz" in shown
    assert "<form" not in shown


# --- whose it is --------------------------------------------------------------------------------


def test_an_attempt_opens_for_its_person_alone(quiz, attempt, owner):
    quiz.item.owner = owner
    quiz.item.save()
    other = client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    host, viewer = (
        Client(),
        client_with_proofs(
            factories.InvitationProofFactory(
                invitation__item=quiz.item, invitation__role=InvitationRole.VIEWER
            )
        ),
    )
    host.force_login(owner)
    for browser in (other, host, viewer, Client()):
        for way in ("", "result/", "clock/"):
            assert browser.get(attempt + way).status_code == 404
        for way in ("", "hand-in/", "answers/single/", "answers/single/hint/"):
            assert browser.post(attempt + way, ALL_RIGHT).status_code == 404
    assert stored() == {}


# --- answering ----------------------------------------------------------------------------------


def test_everything_right_by_a_plain_form(guest, attempt):
    saved = guest.post(attempt, ALL_RIGHT | {"act": "save"})
    assert saved["Location"] == f"{attempt}?page=1#quiz-steps"
    assert len(stored()) == 9
    result = guest.post(f"{attempt}hand-in/", {})["Location"]
    assert result == f"{attempt}result/"
    assert "So far 10 of 14 points" in guest.get(result).content.decode()
    assert guest.get(attempt)["Location"] == result


def test_handing_in_thrice_shows_one_result(guest, attempt):
    told = [guest.post(f"{attempt}hand-in/", ALL_RIGHT)["Location"] for _ in range(3)]
    assert set(told) == {f"{attempt}result/"}
    assert Attempt.objects.get().state == AttemptState.HANDED_IN
    assert Taker.objects.get().finished == 1


def test_what_comes_too_late_is_not_lost_without_a_word(guest, attempt):
    guest.post(f"{attempt}hand-in/", ALL_RIGHT)
    said = "What you changed last came too late"
    same = guest.post(f"{attempt}hand-in/", ALL_RIGHT, follow=True).content.decode()
    assert said not in same
    other = guest.post(f"{attempt}hand-in/", ALL_RIGHT | {"single": "b"}, follow=True)
    assert said in other.content.decode()


def test_in_the_seconds_after_the_end_saved_is_not_all_that_is_said(
    quiz, guest, page, time_machine
):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    time_machine.move_to(now + timedelta(minutes=10, seconds=5), tick=False)
    sent = {"question": ["single"], "single": "a", "act": "save"}
    assert "Saved. Your time is up: hand in now." in text_of(guest.post(attempt, sent, follow=True))


@pytest.mark.parametrize("to", ["", "hand-in/"])
def test_without_script_what_was_typed_too_late_can_be_read_once_more(guest, attempt, to):
    guest.post(f"{attempt}hand-in/", {"question": ["open"], "open": "One\r\nline.", "anyway": "1"})
    same = {"question": ["open"], "open": "One\r\nline."}
    assert guest.post(f"{attempt}{to}", same)["Location"] == f"{attempt}result/"
    late = same | {"open": "A <late> thought."}
    answer = guest.post(f"{attempt}{to}", late)
    assert answer.status_code == 409
    assert "A &lt;late&gt; thought." in answer.content.decode()
    assert f'name="next" value="{attempt}result/"' in answer.content.decode()
    assert stored() == {"open": {"text": "One\nline."}}
    assert "late&gt;" not in guest.get(f"{attempt}result/").content.decode()
    by_script = late | {"page": "abc", "count": "1"}
    assert guest.post(f"{attempt}{to}", by_script).status_code == 302


def test_what_is_not_answered_is_shown_before_handing_in(guest, attempt):
    told = guest.post(f"{attempt}hand-in/", {"question": ["single"], "single": "a"})["Location"]
    assert told == f"{attempt}?page=1&review=1#review"
    shown = guest.get(told).content.decode()
    assert "Some questions aren’t answered yet" in shown
    assert ">Hand in anyway<" in shown
    assert Attempt.objects.get().state == AttemptState.OPEN
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    assert Attempt.objects.get().state == AttemptState.HANDED_IN
    assert stored() == {"single": {"chosen": "a"}}


def test_what_must_be_answered_holds_back_until_time_is_short(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    publish_content(quiz, Content((replace(SINGLE, is_required=True), OPEN)))
    change(quiz, time_limit_minutes=20)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    told = guest.post(f"{attempt}hand-in/", {"anyway": "1"})["Location"]
    shown = guest.get(told).content.decode()
    assert "These questions must be answered" in shown
    assert ">Hand in anyway<" not in shown
    time_machine.move_to(now + timedelta(minutes=14), tick=False)
    assert ">Hand in anyway<" not in guest.get(told).content.decode()
    time_machine.move_to(now + timedelta(minutes=16), tick=False)
    assert ">Hand in anyway<" in guest.get(told).content.decode()
    assert guest.post(f"{attempt}hand-in/", {"anyway": "1"})["Location"] == f"{attempt}result/"


def test_of_a_short_quiz_a_quarter_is_a_short_time(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    publish_content(quiz, Content((replace(SINGLE, is_required=True), OPEN)))
    change(quiz, time_limit_minutes=4)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    told = guest.post(f"{attempt}hand-in/", {"anyway": "1"})["Location"]
    assert "These questions must be answered" in guest.get(told).content.decode()
    time_machine.move_to(now + timedelta(minutes=3, seconds=1), tick=False)
    assert guest.post(f"{attempt}hand-in/", {"anyway": "1"})["Location"] == f"{attempt}result/"


def test_a_place_given_twice_or_left_out_is_filled_in(guest, attempt):
    guest.post(attempt, {"question": ["ordering"], "ordering.kb": "2", "ordering.ka": "1",
                         "ordering.kd": "2", "ordering.kc": ""})  # fmt: skip
    assert stored() == {"ordering": {"order": ["ka", "kb", "kd", "kc"]}}
    guest.post(attempt, {"question": ["ordering"], "ordering.revision": "1", "ordering.ka": "",
                         "ordering.kb": "", "ordering.kc": "", "ordering.kd": ""})  # fmt: skip
    assert stored() == {}


def test_without_script_the_page_says_what_is_odd_about_an_answer(guest, attempt):
    sent = {"question": ["number", "ordering"], "number": "two", "ordering.kb": "2",
            "ordering.ka": "1", "ordering.kd": "2", "ordering.kc": "3"}  # fmt: skip
    said = text_of(guest.post(attempt, sent, follow=True))
    assert "Question 5: this doesn’t read as a number." in said
    assert "Question 7: the same place was given more than once." in said
    said = text_of(guest.post(attempt, sent | {"page": "abc", "count": "1"}, follow=True))
    assert "Question 5: this" not in said  # a script has said it at the question
    shown = "This doesn’t read as a number. It is saved as you typed it."
    assert shown in text_of(guest.get(attempt))  # where it stays
    fine = {"question": ["number"], "number": "1,5", "number.revision": "1"}
    assert "read as a number" not in text_of(guest.post(attempt, fine, follow=True))


def test_a_page_says_when_it_was_saved_and_how_long_there_is_left(quiz, guest, page, time_machine):
    time_machine.move_to(datetime(2026, 11, 29, 10, 0, 5, tzinfo=UTC), tick=False)
    change(quiz, time_limit_minutes=1)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    said = text_of(guest.get(attempt))
    assert "Time is up at" in said
    assert "10:01:05" in said
    assert "1:00 left when this page was loaded" in said
    assert "Saved <time" not in said
    guest.post(attempt, {"question": ["single"], "single": "a"})
    guest.get(attempt)  # which says "Saved." once
    assert re.search(r"Saved <time[^>]*>10:00", text_of(guest.get(attempt)))
    assert f'href="{page}">Back to the start page' in said


def test_what_was_only_seen_is_not_counted_as_answered(guest, attempt):
    guest.post(attempt, {"question": ["reflection", "single"], "single": "a"})
    assert guest.get(attempt).context["answered"] == 1
    again = {"question": ["reflection"], "reflection": "Hm.", "reflection.revision": "1"}
    guest.post(attempt, again)
    assert "1 of 8 answered<" in text_of(guest.get(attempt))  # a reflection point needs none


HALVES = {"question": ["number", "matching", "open"], "number": "zwei",
          "matching.p": "1", "matching.q": "", "matching.r": "3", "open": "It is so."}  # fmt: skip


def test_half_an_answer_is_not_taken_for_a_whole_one(quiz, guest, page):
    change(quiz, one_at_a_time=True)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    told = guest.post(
        f"{attempt}hand-in/", ALL_RIGHT | HALVES | {"question": ALL_RIGHT["question"]}
    )
    shown = text_of(guest.get(told["Location"]))
    assert "6 of 8 answered, 2 partly" in shown
    assert "Some questions are only partly answered" in shown
    assert "Question 5</a><span>: doesn’t read as a number" in shown
    assert "Question 6</a><span>: 1 place is empty" in shown
    for number, state in ((4, "answered"), (5, "partly answered"), (6, "partly answered")):
        assert f'aria-label="Question {number}, {state}"' in shown
    assert ">Hand in anyway<" in shown
    fine = {"question": ["number", "matching"], "number": "2", "number.revision": "1",
            "matching.p": "1", "matching.q": "1", "matching.r": "3",
            "matching.revision": "1"}  # fmt: skip
    assert guest.post(f"{attempt}hand-in/", fine)["Location"] == f"{attempt}result/"


def test_a_checked_half_is_no_longer_asked_for(quiz, guest, attempt):
    change(quiz, feedback_when=ShownWhen.AT_ONCE)
    guest.post(attempt, HALVES | {"act": "check:matching"})
    shown = text_of(guest.get(attempt, {"review": "1"}))
    assert "2 of 8 answered, 1 partly" in shown
    assert "places are empty" not in shown
    assert "place is empty" not in shown


def test_what_is_missing_on_other_pages_is_told_to_the_script(quiz, guest, page):
    change(quiz, one_at_a_time=True)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    guest.post(attempt, HALVES)
    missing = guest.get(attempt, {"page": "4"}).context["missing_elsewhere"]
    assert [one["number"] for one in missing] == [1, 2, 3, 5, 6, 7]


def test_enter_comes_back_to_the_question_and_save_to_its_button(guest, attempt):
    sent = {"question": ["single", "number", "open", "reflection"], "number": "2", "act": "enter"}
    assert guest.post(attempt, sent)["Location"] == f"{attempt}?page=1#q-number"
    again = sent | {"number.revision": "1", "reflection.revision": "1"}
    assert guest.post(attempt, again)["Location"] == f"{attempt}?page=1#quiz-steps"
    old = again | {"number": "3", "number.revision": "0"}
    given_back = guest.post(attempt, old)
    assert given_back.status_code == 409
    assert re.search(r'value="use:number"[^>]* autofocus', given_back.text)
    assert 'id="quiz-steps"' in text_of(guest.get(attempt))


def test_one_place_in_an_order_is_said_to_number_all(guest, attempt):
    assert "As shown it isn’t an answer yet" in text_of(guest.get(attempt))
    sent = {"question": ["ordering"], "ordering.ka": "", "ordering.kb": "",
            "ordering.kc": "1", "ordering.kd": ""}  # fmt: skip
    said = text_of(guest.post(attempt, sent, follow=True))
    assert "Question 7: now all have a place." in said
    assert "Put in order: all 4 have a place." in said


@pytest.mark.parametrize(
    ("limit", "said"),
    [(None, ""), (1, "This is your last attempt."), (3, "You have 2 attempts left after this one")],
)
def test_before_handing_in_the_page_says_that_it_is_final(quiz, guest, page, limit, said):
    change(quiz, attempts_allowed=limit)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    shown = text_of(guest.get(attempt, {"review": "1"}))
    assert "Once you have handed in, nothing can be changed any more." in shown
    assert said in shown
    assert ("last attempt" in shown, "left after" in shown) == (limit == 1, limit == 3)


@pytest.mark.parametrize(
    ("kept", "rule", "first", "second"),
    [
        (KeptScore.BEST, "Your best attempt counts.", True, False),
        (KeptScore.LAST, "Your last attempt counts.", False, True),
        (KeptScore.AVERAGE, "The average of your attempts counts.", False, False),
    ],
)
def test_which_attempt_counts_is_said(quiz, guest, page, kept, rule, first, second):
    change(quiz, kept_score=kept, attempts_allowed=2, pass_percent=10)
    results = []
    for sent in (ALL_RIGHT, {"anyway": "1"}):
        attempt = guest.post(f"{page}quiz/start/")["Location"]
        guest.post(f"{attempt}hand-in/", sent)
        results.append(f"{attempt}result/")
    pages = [text_of(guest.get(one)) for one in results]
    assert all(rule in one for one in pages)
    assert ["That’s this attempt." in one for one in pages] == [first, second]
    if first:
        other = pages[1]
        assert f'That’s <a href="{results[0]}">attempt 1</a>: 10 of 14 points' in other
        assert "Your order" in pages[0]
    assert text_of(guest.get(page)).count("Counts</span>") == (first or second)


def test_which_attempt_counts_is_no_score_in_disguise(quiz, guest, page):
    change(quiz, attempts_allowed=2, score_when=ShownWhen.NEVER)
    for sent in ({"anyway": "1"}, ALL_RIGHT):
        attempt = guest.post(f"{page}quiz/start/")["Location"]
        guest.post(f"{attempt}hand-in/", sent)
        assert "That’s this attempt." not in text_of(guest.get(f"{attempt}result/"))
    assert "Counts</span>" not in text_of(guest.get(page))


def test_one_point_in_hebrew_is_no_clumsy_one(guest, attempt):
    guest.post(f"{attempt}hand-in/", ALL_RIGHT)
    in_own_language(guest, "guest")
    said = text_of(guest.get(f"{attempt}result/"))
    assert "מתוך נקודה אחת" not in said
    assert "1 מתוך 1 נק׳" in said
    # What is in another direction stands where the page begins.
    assert "<dt><bdi>Prophase</bdi></dt>" in said
    assert "<li><bdi>Prophase</bdi></li>" in said


def test_clearing_takes_an_answer_back(guest, attempt):
    guest.post(attempt, {"question": ["single"], "single": "a"})
    again = {"question": ["single"], "single": "a", "single.revision": "1", "act": "clear:single"}
    assert guest.post(attempt, again)["Location"] == f"{attempt}?page=1#q-single"
    assert stored() == {}


def test_ids_of_other_questions_are_refused_and_the_others_are_saved(guest, attempt):
    sent = {"question": ["single", "true_false", "nothing"], "single": "t", "true_false": "t"}
    answer = guest.post(attempt, sent, follow=True)
    assert "Question 1: this answer couldn’t be saved" in answer.content.decode()
    assert stored() == {"true_false": {"chosen": "t"}}


def test_an_older_page_does_not_overwrite_a_newer_answer_and_says_so(guest, attempt):
    guest.post(attempt, {"question": ["open"], "open": "From the phone."})
    guest.post(attempt, {"question": ["open"], "open": "Better.", "open.revision": "1"})
    old = {"question": ["open"], "open": "From the old tab.", "open.revision": "1"}
    shown = guest.post(attempt, old, follow=True).content.decode()
    assert "Question 8: a newer answer was saved" in shown
    assert stored() == {"open": {"text": "Better."}}
    kept = Attempt.objects.get().events.filter(what="older").values_list("response", flat=True)
    assert list(kept) == [{"text": "From the old tab."}]


def fields_in(shown):
    """The hidden ones and what is typed, as the page would send them."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown)
    typed = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', shown)
    return {name: unescape(value) for name, value in [*found, *typed] if name != "question"}


@pytest.mark.parametrize("to", ["", "hand-in/"])
def test_without_script_what_was_not_taken_is_given_back_to_be_used(guest, attempt, to):
    """All of a long text, whatever was pressed; until it is used, the newer one stays."""
    long = f"From the <old> tab.\n{'x' * 6000}"
    guest.post(attempt, {"question": ["open"], "open": "Newer."})
    old = {"question": ["open", "single"], "open": long, "single": "a", "act": "next"}
    answer = guest.post(f"{attempt}{to}", old)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Question 8: a newer answer was saved" in shown
    assert "quiz-given-back" in shown
    assert stored() == {"open": {"text": "Newer."}, "single": {"chosen": "a"}}
    again = fields_in(shown) | {"question": ["open"], "act": "use:open"}
    assert again["open"].strip() == "Newer."
    assert again["open.older"] == long
    assert guest.post(attempt, again)["Location"] == f"{attempt}?page=1#q-open"
    assert stored()["open"] == {"text": long}
    assert "quiz-given-back" not in guest.get(attempt).content.decode()


def test_what_is_final_meanwhile_is_not_said_to_be_saved(guest, attempt):
    guest.post(attempt, {"question": ["open"], "open": "Newer."})
    shown = guest.post(attempt, {"question": ["open"], "open": "Older."}).content.decode()
    again = fields_in(shown) | {"question": ["open"], "act": "use:open"}
    Answer.objects.update(is_final=True)
    used = guest.post(attempt, again)
    assert used["Location"] == f"{attempt}?page=1#q-open"
    said = text_of(guest.get(used["Location"]))
    assert "Question 8" in said
    assert "Saved." not in said
    assert stored()["open"] == {"text": "Newer."}


def test_what_is_chosen_is_not_given_back_nor_what_the_script_has_on_its_page(guest, attempt):
    guest.post(attempt, {"question": ["single", "open"], "single": "a", "open": "Newer."})
    old = {"question": ["single"], "single": "b"}
    assert guest.post(attempt, old).status_code == 302
    old = {"question": ["open"], "open": "Older.", "page": "abc", "count": "1"}
    assert guest.post(attempt, old).status_code == 302


def test_a_hint_comes_when_it_is_asked_for_and_saves_no_answer(guest, attempt):
    assert "Meta: between." not in guest.get(attempt).content.decode()
    guest.post(attempt, {"act": "hint:single"})
    shown = guest.get(attempt).content.decode()
    assert "Meta: between." in shown
    assert "0 of 8 answered" in shown
    assert stored() == {}


def test_checking_makes_an_answer_final_and_shows_what_may_be_seen(quiz, guest, attempt):
    sent = {"question": ["single"], "single": "b", "act": "check:single"}
    guest.post(attempt, sent)
    assert not Answer.objects.filter(
        is_final=True
    ).exists()  # this quiz shows nothing before the end
    change(quiz, attempts_allowed=1)
    change(quiz, feedback_when=ShownWhen.AT_ONCE, answers_when=ShownWhen.AT_ONCE)
    guest.post(attempt, sent | {"single.revision": "1"})
    shown = guest.get(attempt).content.decode()
    assert "They line up in the middle." in shown
    assert "Wrong" in shown
    assert "Because." not in shown  # of another question
    guest.post(attempt, {"question": ["single"], "single": "a", "single.revision": "9"})
    assert stored() == {"single": {"chosen": "b"}}


def test_nothing_is_checked_without_an_answer(quiz, guest, attempt):
    change(quiz, attempts_allowed=1)
    change(quiz, feedback_when=ShownWhen.AT_ONCE, answers_when=ShownWhen.AT_ONCE)
    sent = {"question": ["single"], "act": "check:single"}
    shown = guest.post(attempt, sent, follow=True).content.decode()
    assert "Answer the question first." in shown
    assert "They line up in the middle." not in shown
    assert not Answer.objects.filter(is_final=True).exists()


def test_what_was_checked_without_an_answer_once_holds_nothing_up(quiz, guest, page):
    publish_content(quiz, Content((replace(SINGLE, is_required=True),)))
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    Answer.objects.create(attempt=Attempt.objects.get(), question="single", is_final=True)
    assert guest.post(f"{attempt}hand-in/")["Location"] == f"{attempt}result/"


def test_checking_tells_by_the_corrected_key(quiz, guest, attempt):
    change(quiz, attempts_allowed=1)
    change(quiz, feedback_when=ShownWhen.AT_ONCE, answers_when=ShownWhen.AT_ONCE)
    right_is_b = replace(SINGLE, options=options("Metaphase", "Anaphase", "Telophase", right="b"))
    version = quiz.published
    QuizVersion.objects.create(
        quiz=quiz,
        number=version.number + 1,
        content=to_json(version.questions.with_questions([right_is_b])),
        draft=quiz.draft,
        key_of=version,
    )
    guest.post(attempt, {"question": ["single"], "single": "b", "act": "check:single"})
    shown = guest.get(attempt).content.decode()
    verdict = shown.split("data-verdict")[1].split("</p>")[0]
    assert "Right" in verdict
    assert "Wrong" not in verdict


@pytest.mark.parametrize("when", [ShownWhen.AT_ONCE, ShownWhen.HANDED_IN])
def test_whoever_has_an_attempt_more_sees_the_key_after_that_one(quiz, guest, page, when):
    change(quiz, attempts_allowed=1, feedback_when=when, answers_when=when)
    for number in range(2):
        attempt = guest.post(f"{page}quiz/start/")["Location"]
        if not number:
            Exemption.objects.create(quiz=quiz, taker=Taker.objects.get(), extra_attempts=1)
        sent = {"question": ["single"], "single": "b", "act": "check:single"}
        guest.post(attempt, sent)
        seen = "They line up in the middle." in guest.get(attempt).content.decode()
        assert seen == (number == 1 and when == ShownWhen.AT_ONCE)
        guest.post(f"{attempt}hand-in/", {"anyway": "1"})
        shown = guest.get(f"{attempt}result/").content.decode()
        assert ("They line up in the middle." in shown) == (number == 1)


def test_handing_in_waits_for_what_could_not_be_saved(guest, attempt):
    guest.post(attempt, {"question": ["open"], "open": "From the phone."})
    old = {"question": ["open", "single"], "open": "From the old tab.", "single": "t"}
    shown = guest.post(f"{attempt}hand-in/", old | {"anyway": "1"}).content.decode()
    assert "Question 8: a newer answer was saved" in shown
    assert "Question 1: this answer couldn’t be saved" in shown
    assert Attempt.objects.get().state == AttemptState.OPEN
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    assert Attempt.objects.get().state == AttemptState.HANDED_IN


def test_an_older_page_does_not_check_a_newer_answer(quiz, guest, attempt):
    change(quiz, attempts_allowed=1)
    change(quiz, feedback_when=ShownWhen.AT_ONCE, answers_when=ShownWhen.AT_ONCE)
    guest.post(attempt, {"question": ["single"], "single": "a"})
    old = {"question": ["single"], "single": "b", "act": "check:single"}
    shown = guest.post(attempt, old, follow=True).content.decode()
    assert shown.count("a newer answer was saved") == 1
    checked = guest.post(
        f"{attempt}answers/single/check/", {"single": "b"}, headers={"Accept": "application/json"}
    )
    assert checked.status_code == 409
    assert not Answer.objects.filter(is_final=True).exists()
    assert stored() == {"single": {"chosen": "a"}}


def test_a_form_of_very_many_and_very_long_answers_is_taken(quiz, guest, page):
    many = tuple(replace(SINGLE, id=f"q{n}") for n in range(400))
    long = tuple(replace(OPEN, id=f"o{n}") for n in range(12))
    publish_content(quiz, Content(many + long))
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    sent = {"question": [one.id for one in many + long]}
    for one in many:
        sent |= {one.id: "a", f"{one.id}.revision": "0"}
    for one in long:
        sent |= {one.id: "ש" * 20_000, f"{one.id}.revision": "0"}
    body, kind = urlencode(sent, doseq=True), "application/x-www-form-urlencoded"
    answer = guest.post(f"{attempt}hand-in/", body, content_type=kind)
    assert (answer.status_code, answer["Location"]) == (302, f"{attempt}result/")
    assert len(stored()) == 412
    checking = Client(enforce_csrf_checks=True)
    checking.cookies = guest.cookies
    assert checking.post(f"{attempt}hand-in/", body, content_type=kind).status_code == 403
    assert Client().post(f"{attempt}hand-in/", body, content_type=kind).status_code in {302, 404}


def test_the_largest_quiz_fits_into_one_form(settings):
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS >= MOST_QUESTIONS * (MOST_OPTIONS + 2) + 10


# --- one question a page ------------------------------------------------------------------------


@pytest.fixture
def paged(quiz):
    publish_content(quiz, Content((SINGLE, TRUE_FALSE, OPEN)))
    change(quiz, one_at_a_time=True)
    return quiz


def test_pages_turn_both_ways_and_save(paged, guest, page):
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    told = guest.post(attempt, {"at": "1", "question": ["single"], "single": "a", "act": "next"})
    assert told["Location"] == f"{attempt}?page=2"
    shown = guest.get(told["Location"]).content.decode()
    assert "Sister chromatids" in shown
    assert "In which phase" not in shown
    back = guest.post(attempt, {"at": "2", "act": "previous"})["Location"]
    assert "In which phase" in guest.get(back).content.decode()
    assert stored() == {"single": {"chosen": "a"}}
    assert "Why?" in guest.get(f"{attempt}?page=99").content.decode()


def test_without_a_way_back_neither_what_is_past_nor_what_comes_is_shown_or_saved(
    paged, guest, page
):
    change(paged, may_go_back=False)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    assert "Sister chromatids" not in guest.get(f"{attempt}?page=2").content.decode()
    later = {"question": ["true_false"], "true_false": "t"}
    assert "comes later" in guest.post(attempt, later, follow=True).content.decode()
    for _ in range(2):  # pressed twice
        guest.post(attempt, {"at": "1", "question": ["single"], "single": "a", "act": "next"})
    shown = guest.get(f"{attempt}?page=1").content.decode()
    assert "Sister chromatids" in shown
    assert ">Hand in<" not in shown
    old = {"question": ["single"], "single": "b", "single.revision": "9"}
    assert "can’t go back" in guest.post(attempt, old, follow=True).content.decode()
    assert stored() == {"single": {"chosen": "a"}}


# --- the end ------------------------------------------------------------------------------------


def test_whoever_reads_an_overdue_attempt_closes_it(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    change(quiz, time_limit_minutes=10)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    guest.post(attempt, {"question": ["single"], "single": "a"})
    time_machine.move_to(now + timedelta(minutes=11), tick=False)
    late = guest.post(attempt, ALL_RIGHT)  # with what was typed, to be read once more
    assert late.status_code == 409
    shown = guest.get(f"{attempt}result/").content.decode()
    assert "Time was up" in shown
    assert "1 of 14 points" in shown


def test_an_interrupted_attempt_keeps_its_answers_and_says_what_to_do(guest, page, attempt):
    guest.post(attempt, {"question": ["open"], "open": "So far."})
    ending.interrupt(takers=[Taker.objects.get().pk])
    assert "Ask the host to let you continue." in guest.get(page).content.decode()
    shown = guest.get(guest.get(attempt)["Location"]).content.decode()
    assert "Your attempt was interrupted" in shown
    assert "So far." in shown


def test_passed_is_said_once_everything_is_marked(quiz, guest, attempt):
    change(quiz, pass_percent=90)
    guest.post(f"{attempt}hand-in/", ALL_RIGHT)
    shown = guest.get(f"{attempt}result/").content.decode()
    assert "Not passed" not in shown  # the open answer may still decide
    assert "Passed" not in shown
    change(quiz, pass_percent=70)
    assert "Passed" not in guest.get(f"{attempt}result/").content.decode()
    made = Attempt.objects.get()
    made.answers.filter(question="open").update(given=0)
    mark_attempt(made)
    assert "Passed" in guest.get(f"{attempt}result/").content.decode()


def test_a_quiz_without_marks_has_no_score():
    from dataclasses import replace

    quiz = published_quiz(Content((replace(OPEN, kind=QuestionKind.REFLECTION, id="r"),)))
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    attempt = guest.post(f"{quiz.item.get_absolute_url()}quiz/start/")["Location"]
    result = guest.post(f"{attempt}hand-in/", {"question": ["r"]})["Location"]
    assert "there is no score" in guest.get(result).content.decode()


def test_whoever_reads_hebrew_reads_no_english(quiz, guest, page):
    """But for what the host has written."""
    change(quiz, time_limit_minutes=10, pass_percent=60, one_at_a_time=True)
    in_own_language(guest, "guest")
    written = {word for text in WRITTEN for word in re.findall(r"[A-Za-z’-]{3,}", text)}
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    guest.post(attempt, ALL_RIGHT)
    seen = [page, attempt, f"{attempt}?page=7", f"{attempt}?review=1"]
    answers = [guest.get(address) for address in seen]
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    answers += [guest.get(f"{attempt}result/"), guest.get(page)]
    for answer in answers:
        assert answer.status_code == 200
        assert set(left_in_english(guest, answer, answer.content)) <= written
