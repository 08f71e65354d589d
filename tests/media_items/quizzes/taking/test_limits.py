"""Many attempts and many saves: counted, listed briefly, refused where somebody floods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_items.quizzes.attempts import answering, hints, starting, watching
from media_items.quizzes.attempts.events import LONGEST_TEXT
from media_items.quizzes.attempts.refusals import AttemptOver
from media_items.quizzes.content import Content
from media_items.quizzes.models import Answer, AnswerEvent, Attempt
from tests.quiz_factories import OPEN, SINGLE, publish_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(quiz, guest, page):
    """Thirty that are handed in, of somebody with no end to them."""
    type(quiz).objects.update(attempts_allowed=None)
    started = guest.post(f"{page}quiz/start/")["Location"]
    guest.post(f"{started}hand-in/", {"anyway": "1"})
    one = Attempt.objects.get()
    Attempt.objects.bulk_create(
        Attempt(
            quiz=quiz, taker=one.taker, by=one.by, version=one.version, number=n, state="handed_in",
            order=one.order, started_at=one.started_at + timedelta(seconds=n),
            ended_at=one.ended_at, score=0, possible=14,
        )
        for n in range(2, 31)
    )  # fmt: skip
    return quiz


def test_the_newest_twenty_are_listed_and_all_are_counted(many, guest, page):
    answer = guest.get(page)
    chance = answer.context["chance"]
    assert chance.used == 30
    assert [one.number for one in answer.context["past"]] == list(range(30, 10, -1))


def test_what_is_open_is_found_however_many_came_after_it(many, guest, page):
    Attempt.objects.filter(number=1).update(state="open", ended_at=None)
    assert guest.get(page).context["chance"].attempt.number == 1


def test_of_voided_ones_none_counts(many, guest, page):
    Attempt.objects.filter(number__gt=3).update(state="voided")
    assert guest.get(page).context["chance"].used == 3


def test_starting_too_often_is_refused_before_the_quiz_is_locked(
    many, guest, page, settings, monkeypatch
):
    settings.START_RATE_PER_PERSON = "2/h"
    monkeypatch.setattr(starting, "lock_quiz", locked := spy(starting.lock_quiz))
    for _ in range(2):
        started = guest.post(f"{page}quiz/start/")["Location"]
        guest.post(f"{started}hand-in/", {"anyway": "1"})
    answer = guest.post(f"{page}quiz/start/", follow=True)
    assert "Too many attempts in a short time" in answer.content.decode()
    assert len(locked.calls) == 2
    assert Attempt.objects.count() == 32


def test_whoever_has_no_attempts_left_does_not_lock_the_quiz(many, guest, page, monkeypatch):
    type(many).objects.update(attempts_allowed=30)
    monkeypatch.setattr(starting, "lock_quiz", locked := spy(starting.lock_quiz))
    assert guest.post(f"{page}quiz/start/")["Location"] == page
    assert not locked.calls


def spy(real):
    def called(*given):
        called.calls.append(given)
        return real(*given)

    called.calls = []
    return called


def test_no_order_of_questions_is_read_for_the_list(many, guest, page):
    with CaptureQueriesContext(connection) as asked:
        guest.get(page)
    assert not [one for one in asked if '"quizzes_attempt"."order"' in one["sql"]]


def test_saving_is_limited_for_each_attempt_and_handing_in_is_not(quiz, guest, attempt, settings):
    settings.SAVE_RATE_PER_ATTEMPT = "3/m"
    found = [
        guest.post(f"{attempt}answers/single/", {"single": "ab"[n % 2], "page": "p", "count": n})
        for n in range(1, 5)
    ]
    assert [one.status_code for one in found] == [200, 200, 200, 429]
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    assert Attempt.objects.get().state == "handed_in"


@pytest.mark.parametrize("way", ["answers/single/hint/", "answers/single/check/", "film/"])
def test_whatever_writes_in_an_attempt_is_limited_as_saving_is(quiz, guest, attempt, settings, way):
    settings.SAVE_RATE_PER_ATTEMPT = "3/m"
    given = {"single": "a", "at": "1"}
    found = [guest.post(f"{attempt}{way}", given).status_code for _ in range(4)]
    assert [code == 429 for code in found] == [False, False, False, True]


@pytest.mark.parametrize("how", ["save", "save_page", "hint", "watch"])
@pytest.mark.parametrize(("late", "is_taken"), [(29, True), (31, False)])
def test_nothing_is_taken_once_the_grace_is_over_by_the_row_as_it_is(
    quiz, guest, attempt, time_machine, how, late, is_taken
):
    """Its deadline was moved after it was read."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    read = Attempt.objects.select_related("version", "quiz").get()
    Attempt.objects.update(deadline=now, started_at=now - timedelta(hours=1))
    time_machine.move_to(now + timedelta(seconds=late), tick=False)
    given = {"chosen": "a"}
    act = {
        "save": lambda: answering.save(attempt=read, question_id="single", given=given, revision=0),
        "save_page": lambda: answering.save_page(
            attempt=read, given={"single": answering.Given(given, 0)}
        ),
        "hint": lambda: hints.read_hint(attempt=read, question_id="single"),
        "watch": lambda: watching.watch(attempt=read, at_ms=9),
    }[how]
    if is_taken:
        act()
    else:
        with pytest.raises(AttemptOver):
            act()
        assert not Answer.objects.exists()


def type_in(guest, attempt, text, count):
    given = {"open": text, "page": "p1", "count": str(count)}
    assert guest.post(f"{attempt}answers/open/", given).status_code == 200


def test_of_a_minute_the_last_event_of_a_question_stays(quiz, guest, page, time_machine):
    publish_content(quiz, Content((SINGLE, OPEN)))
    now = timezone.now().replace(second=5, microsecond=0)
    time_machine.move_to(now, tick=False)
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    for n in range(1, 5):
        time_machine.move_to(now + timedelta(seconds=10 * n), tick=False)
        type_in(guest, attempt, f"x{n}", n)
    saved = AnswerEvent.objects.filter(what="saved").order_by("at")
    assert [(one.response["text"], one.at) for one in saved] == [
        ("x4", now + timedelta(seconds=40))
    ]
    time_machine.move_to(now + timedelta(seconds=60), tick=False)
    type_in(guest, attempt, "x5", 5)
    assert [one.response["text"] for one in saved.all()] == ["x4", "x5"]


def test_an_event_keeps_the_beginning_of_a_long_text_and_the_answer_all(quiz, guest, attempt):
    type_in(guest, attempt, "é" * 19_000, 1)
    assert len(AnswerEvent.objects.get(what="saved").response["text"]) == LONGEST_TEXT + 1
    assert len(Answer.objects.get(question="open").response["text"]) == 19_000


def test_handing_in_saves_no_more_than_saving_and_its_end_is_not_refused(
    quiz, guest, attempt, settings
):
    publish_content(quiz, Content((SINGLE, OPEN)))
    settings.SAVE_RATE_PER_ATTEMPT = "3/h"
    first = Attempt.objects.get()
    for number in range(5):
        given = {"question": ["open"], "open": f"text {number}", "open.revision": "99"}
        told = guest.post(f"{attempt}hand-in/", given, follow=True).content.decode()
    assert "Too many" in told
    assert Answer.objects.get(question="open").response == {"text": "text 2"}
    guest.post(f"{attempt}hand-in/", given | {"open": "end", "anyway": "1"})
    assert Answer.objects.get(question="open").response == {"text": "end"}
    first.refresh_from_db()
    assert first.state == "handed_in"


@pytest.mark.parametrize("where", ["", "hand-in/"])
def test_what_was_typed_on_a_form_over_the_limit_stays_on_its_page(
    quiz, guest, page, settings, where
):
    """Without script, where the whole form is all there is."""
    publish_content(quiz, Content((SINGLE, OPEN)))
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    given = {"question": ["single", "open"], "single": "b", "open": "kept <b>"}
    settings.SAVE_RATE_PER_ATTEMPT = "1/h"
    guest.post(attempt, {"question": ["single"], "single": "a"})
    answer = guest.post(f"{attempt}{where}", given)
    shown = answer.content.decode()
    assert answer.status_code == 429
    assert "Too many" in shown
    assert "kept &lt;b&gt;" in shown
    [single] = [one for one in answer.context["questions"] if one.id == "single"]
    assert [one.id for one in single.options if one.is_chosen] == ["b"]
    assert not Answer.objects.filter(question="open").exists()
    assert Answer.objects.get(question="single").response == {"chosen": "a"}
