"""What the script of an attempt asks for: one answer, its check, its hint, the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.management.commands.db_worker import close_attempts
from media_items.quizzes.attempts import closing, ending
from media_items.quizzes.attempts.closing import close_overdue
from media_items.quizzes.attempts.deadlines import bring_up_to_date
from media_items.quizzes.choices import AttemptState, ShownWhen
from media_items.quizzes.content import Content
from media_items.quizzes.models import (
    Answer,
    AnswerEvent,
    Attempt,
    QuestionPicture,
    QuizVersion,
    Taker,
)
from media_items.quizzes.taking.views import answers
from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import SINGLE, publish_content

pytestmark = pytest.mark.django_db

JSON = {"headers": {"Accept": "application/json", "HX-Request": "true"}}


def save(browser, attempt, question, **sent):
    named = {key.replace("_of", f"{question}.revision"): value for key, value in sent.items()}
    return browser.post(f"{attempt}answers/{question}/", named, **JSON)


def test_a_saved_answer_comes_back_as_it_is_stored(guest, attempt):
    told = save(guest, attempt, "open", open="It\r\nis so. ", page="one", count="1").json()
    assert told["response"] == {"text": "It\nis so. "}
    assert (told["revision"], told["wasNewer"], told["left"], told["note"]) == (1, False, None, "")
    again = save(guest, attempt, "open", open="It\r\nis so. ", page="one", count="2").json()
    assert again["revision"] == 1
    assert AnswerEvent.objects.filter(what="saved").count() == 1


def test_what_was_erased_while_an_answer_came_is_not_there(guest, attempt, monkeypatch):
    def erased_meanwhile(request, found):
        Attempt.objects.all().delete()

    monkeypatch.setattr(answers, "count_save", erased_meanwhile)
    assert save(guest, attempt, "open", open="It is so.").status_code == 404


def test_two_pages_the_newer_answer_stays_and_the_other_is_told(guest, attempt):
    save(guest, attempt, "single", single="a", page="one", count="1")
    other = save(guest, attempt, "single", single="b", page="two", count="1").json()
    assert (other["wasNewer"], other["response"], other["revision"]) == (True, {"chosen": "a"}, 1)
    told = save(guest, attempt, "single", single="b", page="two", count="2",
                **{"single.revision": "1"}).json()  # fmt: skip
    assert (told["wasNewer"], told["response"]) == (False, {"chosen": "b"})


def test_what_does_not_fit_is_refused_with_a_sentence(guest, attempt):
    answer = save(guest, attempt, "single", single="from another question")
    assert answer.status_code == 422
    assert "couldn’t be saved" in answer.json()["message"]
    assert save(guest, attempt, "nothing").status_code == 404
    assert save(guest, attempt, "open", open="x" * 20_001).status_code == 422
    assert not Answer.objects.exists()


def test_a_number_that_cannot_be_read_is_saved_and_said(guest, attempt):
    told = save(guest, attempt, "number", number="about one").json()
    assert "doesn’t read as a number" in told["note"]
    assert (
        save(guest, attempt, "number", number="1,5", **{"number.revision": "1"}).json()["note"]
        == ""
    )


def test_the_seconds_left_are_the_servers(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    time_machine.move_to(now + timedelta(minutes=4, seconds=1), tick=False)
    assert save(guest, attempt, "single", single="a").json()["left"] == 359
    clock = guest.get(f"{attempt}clock/").json()
    until = now + timedelta(minutes=10)
    assert (clock["left"], clock["until"]) == (359, until.isoformat())
    time_machine.move_to(now + timedelta(minutes=10, seconds=20), tick=False)
    assert guest.get(f"{attempt}clock/").json()["left"] == 0
    assert save(guest, attempt, "true_false", true_false="t").status_code == 200
    time_machine.move_to(now + timedelta(minutes=10, seconds=31), tick=False)
    over = save(guest, attempt, "open", open="Too late.")
    assert (over.status_code, over.json()["over"]) == (409, f"{attempt}result/")
    assert guest.get(f"{attempt}clock/").json() == {"over": f"{attempt}result/", "handedIn": False}


def test_checking_shows_this_question_alone_and_is_final(quiz, guest, attempt):
    address = f"{attempt}answers/single/check/"
    assert guest.post(address, {"single": "b"}, **JSON).status_code == 409
    assert not Answer.objects.exists()
    quiz.feedback_when = quiz.answers_when = ShownWhen.AT_ONCE
    quiz.attempts_allowed = 1
    quiz.save()
    fragment = {"headers": {"HX-Request": "true"}}
    shown = guest.post(address, {"single": "b"}, **fragment).content.decode()
    assert "They line up in the middle." in shown
    assert "<html" not in shown
    final = save(guest, attempt, "single", single="a", **{"single.revision": "5"})
    assert (final.status_code, final.json()["why"]) == (409, "final")


def test_the_hint_is_a_fragment_and_noted(guest, attempt):
    fragment = {"headers": {"HX-Request": "true"}}
    for _ in range(2):
        shown = guest.post(f"{attempt}answers/single/hint/", **fragment).content.decode()
        assert "Meta: between." in shown
    assert AnswerEvent.objects.filter(what="hint").count() == 1
    assert Answer.objects.get().response is None


def test_nothing_is_saved_after_the_end(guest, attempt):
    ending.interrupt(takers=[Taker.objects.get().pk])
    for way in ("answers/single/", "answers/single/hint/", "answers/single/check/"):
        assert guest.post(attempt + way, {"single": "a"}, **JSON).status_code in {204, 409}
    assert not Answer.objects.exists()


def test_a_picture_is_for_those_who_have_it_in_an_attempt(quiz, guest, page, tmp_path, settings):
    from dataclasses import replace

    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = tmp_path
    picture = QuestionPicture.objects.create(
        quiz=quiz, file=ContentFile(b"RIFF", name="picture.webp")
    )
    publish_content(quiz, Content((replace(SINGLE, picture=picture.public_id),)))
    address = f"{page}quiz/pictures/{picture.public_id}/"
    assert guest.get(address).status_code == 404
    guest.post(f"{page}quiz/start/")
    seen = guest.get(address)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/webp")
    assert b"".join(seen) == b"RIFF"
    other = client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    assert other.get(address).status_code == 404
    with CaptureQueriesContext(connection) as asked:
        guest.get(address)
    of_versions = [one["sql"] for one in asked if 'FROM "quizzes_quizversion"' in one["sql"]]
    assert len(of_versions) == 1
    assert "content" not in of_versions[0].split(" FROM ")[0]


# --- closing --------------------------------------------------------------------------------------


def test_the_time_runs_out_though_nobody_looks(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    save(guest, attempt, "single", single="a")
    time_machine.move_to(now + timedelta(minutes=10, seconds=29), tick=False)
    assert close_overdue() == 0
    time_machine.move_to(now + timedelta(minutes=10, seconds=31), tick=False)
    assert close_overdue() == 1
    assert close_overdue() == 0
    closed = Attempt.objects.get()
    assert (closed.state, closed.score) == (AttemptState.TIME_UP, 1)
    assert closed.ended_at == closed.deadline


def test_whoever_is_given_more_time_meanwhile_is_not_closed(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    guest.post(f"{page}quiz/start/")
    read_before = Attempt.objects.get()
    Attempt.objects.update(deadline=now + timedelta(minutes=30))
    moment = now + timedelta(minutes=11)
    time_machine.move_to(moment, tick=False)
    assert ending.close_if_overdue(read_before, moment).state == AttemptState.OPEN


def test_the_worker_closes_what_is_overdue_and_one_that_cannot_be_marked_holds_up_none(
    quiz, guest, page, time_machine, caplog
):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    guest.post(f"{page}quiz/start/")
    broken = Attempt.objects.get()
    publish_content(quiz, Content((SINGLE,)))
    other = client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))
    other.post(f"{page}quiz/start/")
    QuizVersion.objects.filter(pk=broken.version_id).update(content={"format": 99})
    time_machine.move_to(now + timedelta(minutes=11), tick=False)
    close_attempts()
    states = dict(Attempt.objects.values_list("pk", "state"))
    assert states.pop(broken.pk) == AttemptState.OPEN
    assert list(states.values()) == [AttemptState.TIME_UP]
    assert "could not be closed" in caplog.text


def test_however_many_cannot_be_marked_the_others_are_closed(
    quiz, guest, page, time_machine, monkeypatch
):
    monkeypatch.setattr(closing, "MOST_AT_ONCE", 1)
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    browsers = [guest, *(client_of_a_guest(quiz) for _ in range(3))]
    for place, browser in enumerate(browsers):
        if place == 2:
            broken = quiz.published_id
            publish_content(quiz, Content((SINGLE,)))
        time_machine.shift(1)
        browser.post(f"{page}quiz/start/")
    QuizVersion.objects.filter(pk=broken).update(content={"format": 99})
    time_machine.move_to(now + timedelta(minutes=11), tick=False)
    assert [close_overdue() for _ in range(3)] == [1, 1, 0]


def client_of_a_guest(quiz):
    return client_with_admissions(factories.GuestAdmissionFactory(guest__link__item=quiz.item))


def test_an_answer_cleared_before_it_arrived_stays_cleared(guest, attempt):
    """The first one is held up on its way, and comes after the second."""
    told = save(guest, attempt, "single", single="", page="one", count="2").json()
    late = save(guest, attempt, "single", single="a", page="one", count="1").json()
    assert (told["response"], late["response"], late["wasNewer"]) == (None, None, True)
    assert Answer.objects.get().response is None
    again = save(guest, attempt, "single", single="a", page="one", count="3").json()
    assert again["response"] == {"chosen": "a"}


def test_a_page_without_answers_stores_none(guest, attempt):
    guest.post(attempt, {"question": ["single", "open"], "act": "save", "page": "one"})
    assert not Answer.objects.exists()


def test_an_answer_is_late_no_more_when_the_deadline_has_moved(quiz, guest, page, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    quiz.time_limit_minutes = 10
    quiz.save()
    attempt = guest.post(f"{page}quiz/start/")["Location"]
    time_machine.shift(10 * 60 + 5)
    save(guest, attempt, "single", single="a")
    assert Attempt.objects.get().is_late
    for limit, is_late in [(10, True), (20, False), (10, False)]:
        quiz.time_limit_minutes = limit
        quiz.save()
        bring_up_to_date(quiz)
        assert Attempt.objects.get().is_late == is_late


def test_whoever_is_interrupted_is_told_so_and_stays_on_their_page(guest, attempt):
    ending.interrupt(takers=[Taker.objects.get().pk])
    told = save(guest, attempt, "open", open="Half a thought")
    assert told.status_code == 409
    assert "over" not in told.json()
    assert "your attempt was interrupted" in told.json()["message"]
    assert "stays here" in told.json()["message"]
    assert guest.get(f"{attempt}clock/").json() == {"interrupted": True}
    ending.let_go_on(attempt=Attempt.objects.get())
    assert save(guest, attempt, "open", open="Half a thought").status_code == 200


def test_a_page_left_open_is_told_that_it_was_handed_in_elsewhere(guest, attempt):
    guest.post(f"{attempt}hand-in/", {"anyway": "1"})
    over = {"over": f"{attempt}result/", "handedIn": True}
    assert guest.get(f"{attempt}clock/").json() == over
    assert save(guest, attempt, "open", open="Later.").json().items() >= over.items()


def test_whether_a_number_can_be_read_is_told(guest, attempt):
    assert save(guest, attempt, "number", number="zwei").json()["isUnread"] is True
    assert save(guest, attempt, "number", number="2", _of="1").json()["isUnread"] is False
