"""Marks that people give: the queue, one answer after another, and two who mark the same."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from access.invitations.models import InvitationRole
from access.memberships.models import CoEditor
from media_items.quizzes.attempts import answering, ending, starting
from media_items.quizzes.grading import marks, queue
from media_items.quizzes.grading.marks import MarkedMeanwhile, Marks
from media_items.quizzes.models import Answer, Attempt, QuizChange, Taker
from media_items.refusals import Invalid, NotNow
from tests.conftest import client_with_admissions, client_with_proofs
from tests.factories import GuestAdmissionFactory, InvitationProofFactory, UserFactory
from tests.media_items.quizzes.test_attempts import TAKE, account_identity
from tests.quiz_factories import RIGHT_ANSWERS, guest_identity, published_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return published_quiz()


def taken(quiz, answers=RIGHT_ANSWERS, *, identity=None):
    """An attempt that was handed in with these answers."""
    identity = identity or guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    attempt = starting.start(quiz=quiz, identity=identity, abilities=TAKE)
    for question, given in answers.items():
        answering.save(attempt=attempt, question_id=question, given=given, revision=0)
    return ending.hand_in(attempt=attempt)


def give(attempt, points, *, question="open", marking=0, by=None, **kwargs):
    made = Marks(None if points is None else Decimal(points), kwargs.pop("comment", ""))
    return marks.give_marks(
        attempt=attempt,
        question_id=question,
        marks=made,
        marking=marking,
        by=by or attempt.quiz.item.owner,
        **kwargs,
    )


def at(name, quiz, *args):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *args])


def test_points_given_by_hand_are_in_the_score_and_nothing_waits_any_more(quiz):
    attempt = taken(quiz)
    assert (attempt.score, attempt.waiting, queue.waiting_on(quiz.item)) == (10, 1, 1)
    give(attempt, "3.5", comment="Nearly.")
    attempt.refresh_from_db()
    taker = Taker.objects.get()
    assert (attempt.score, attempt.waiting) == (Decimal("13.5"), 0)
    assert (taker.score, taker.waiting, queue.waiting_on(quiz.item)) == (Decimal("13.5"), 0, 0)


def test_marks_can_be_taken_back_and_the_answer_waits_again(quiz):
    attempt = taken(quiz)
    give(attempt, "3")
    give(attempt, None, marking=1)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.waiting) == (10, 1)


def test_points_of_a_rule_are_replaced_also_where_nothing_was_answered(quiz):
    attempt = taken(quiz, {"single": {"chosen": "b"}})
    give(attempt, "0.5", question="single")
    give(attempt, "1", question="true_false")
    attempt.refresh_from_db()
    assert attempt.score == Decimal("1.5")
    give(attempt, None, question="single", marking=1)
    attempt.refresh_from_db()
    assert attempt.score == 1


@pytest.mark.parametrize("points", ["4.01", "-1"])
def test_no_more_points_than_the_question_has_and_none_below_nothing(quiz, points):
    with pytest.raises(Invalid):
        give(taken(quiz), points)


def test_an_attempt_that_goes_on_is_not_marked(quiz):
    guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    attempt = starting.start(quiz=quiz, identity=guest, abilities=TAKE)
    with pytest.raises(NotNow):
        give(attempt, "3")


def test_the_second_marker_gets_what_the_first_gave_and_overwrites_nothing_unseen(quiz):
    attempt, first, second = taken(quiz), UserFactory(), UserFactory()
    give(attempt, "3", by=first, comment="Good.")
    with pytest.raises(MarkedMeanwhile) as refused:
        give(attempt, "1", by=second)
    assert (refused.value.answer.given, refused.value.answer.comment) == (Decimal(3), "Good.")
    assert refused.value.answer.marked_by == first
    give(attempt, "1", by=second, marking=1, reason="Too kind.")
    answer = Answer.objects.get(question="open")
    assert (answer.given, answer.marking, answer.marked_by) == (Decimal(1), 2, second)


def test_the_same_marks_again_change_nothing(quiz):
    attempt = taken(quiz)
    give(attempt, "3")
    give(attempt, "3")
    assert (Answer.objects.get(question="open").marking, QuizChange.objects.count()) == (1, 1)


def test_every_change_is_a_line_of_the_trail(quiz):
    attempt, marker = taken(quiz), UserFactory()
    give(attempt, "3", by=marker)
    give(attempt, "4", by=marker, marking=1, reason="I had misread it.")
    newest = QuizChange.objects.order_by("-pk").first()
    assert (newest.what, newest.was["points"], newest.now["points"]) == ("marks", "3", "4")
    assert (newest.by, newest.reason, newest.question) == (marker, "I had misread it.", "open")


# --- the pages ------------------------------------------------------------------------------------


@pytest.fixture
def host(client_of, quiz):
    return client_of(quiz.item.owner)


def post(client, address, points, *, marking=0, **more):
    return client.post(address, {"points": points, "marking": marking, "comment": "", **more})


def test_the_queue_says_how_many_wait_and_shows_no_names(host, quiz):
    attempt = taken(quiz)
    name = attempt.taker.shown_name
    assert "1 answer to mark" in host.get(at("marking", quiz)).text
    page = host.get(at("mark_question", quiz, "open")).text
    assert "It is so." in page
    assert name not in page
    assert name in host.get(at("mark_question", quiz, "open") + "?names=yes").text
    address = at("mark_answer", quiz, "open", attempt.public_id)
    assert name not in host.get(address).text
    assert name in host.get(address + "?names=yes").text


def test_after_one_answer_comes_the_next_and_after_the_last_the_list(host, quiz):
    attempts = sorted((taken(quiz) for _ in range(3)), key=lambda one: one.public_id)
    addresses = [at("mark_answer", quiz, "open", one.public_id) for one in attempts]
    went = [post(host, address, "2,5").url.partition("?")[0] for address in addresses]
    assert went == [addresses[1], addresses[2], at("mark_question", quiz, "open")]
    assert "Answer 2 of 3" in host.get(addresses[1] + "?show=all").text
    assert "of 3" not in host.get(addresses[1]).text  # it is none of those that wait any more
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal("12.5")}


def test_what_was_saved_is_said_and_the_one_before_can_be_changed(host, quiz):
    attempts = sorted((taken(quiz) for _ in range(3)), key=lambda one: one.public_id)
    address = at("mark_answer", quiz, "open", attempts[0].public_id)
    assert "3 answers left to mark" in host.get(address).text
    page = host.post(address, {"points": "2,5", "marking": 0, "comment": ""}, follow=True)
    assert "Saved: 2.5 of 4." in page.text
    assert "2 answers left to mark" in page.text
    [back] = re.findall(r'href="([^"]+)">Change the one before<', page.text)
    page = host.get(unescape(back))
    assert page.status_code == 200
    assert 'value="2.5"' in page.text


def test_what_the_other_gave_stands_beside_what_was_typed(host, quiz):
    attempt, other = taken(quiz), UserFactory(first_name="Ruth", last_name="Marker")
    give(attempt, "3", by=other, comment="Good.")
    address = at("mark_answer", quiz, "open", attempt.public_id)
    answer = post(host, address, "1", comment="Mine.")
    assert answer.status_code == 409
    assert all(words in answer.text for words in ["Ruth Marker", "3 of 4", "Good.", "Mine."])
    assert Answer.objects.get(question="open").given == 3
    assert post(host, address, "1", marking=1).status_code == 302
    assert Answer.objects.get(question="open").given == 1


@pytest.mark.parametrize("points", ["five", "5", "1.234"])
def test_what_are_no_points_is_said_and_not_saved(host, quiz, points):
    attempt = taken(quiz)
    answer = post(host, at("mark_answer", quiz, "open", attempt.public_id), points)
    assert answer.status_code == 422
    assert Answer.objects.get(question="open").given is None


def test_editors_previews_are_not_in_the_queue(host, quiz):
    attempt = taken(quiz, identity=account_identity())
    Attempt.objects.update(is_preview=True)
    assert queue.waiting_on(quiz.item) == 0
    assert "It is so." not in host.get(at("mark_question", quiz, "open")).text
    assert attempt.waiting == 1


def test_an_answer_of_another_quiz_or_an_unknown_question_is_not_there(host, quiz):
    other = taken(published_quiz())
    mine = taken(quiz)
    assert host.get(at("mark_answer", quiz, "open", other.public_id)).status_code == 404
    assert host.get(at("mark_answer", quiz, "nothing", mine.public_id)).status_code == 404
    assert host.get(at("mark_question", quiz, "nothing")).status_code == 404


@pytest.fixture
def cast(quiz, client_of, stranger):
    """Browsers of everybody who has to do with the quiz, and of a stranger."""
    proofs = {
        role: client_with_proofs(
            InvitationProofFactory(invitation__item=quiz.item, invitation__role=role)
        )
        for role in (InvitationRole.COLLABORATOR, InvitationRole.VIEWER)
    }
    co_editor = CoEditor.objects.create(item=quiz.item, user=UserFactory()).user
    return {
        "owner": client_of(quiz.item.owner),
        "co_editor": client_of(co_editor),
        "collaborator": proofs[InvitationRole.COLLABORATOR],
        "viewer": proofs[InvitationRole.VIEWER],
        "guest": client_with_admissions(GuestAdmissionFactory(guest__link__item=quiz.item)),
        "stranger": client_of(stranger),
        "nobody": Client(),
    }


def test_owner_and_co_editors_mark_and_regrade_and_nobody_else(quiz, cast):
    attempt = taken(quiz)
    gets = [
        at("marking", quiz),
        at("mark_question", quiz, "open"),
        at("mark_answer", quiz, "open", attempt.public_id),
        at("regrade_question", quiz, "single"),
    ]
    wanted = {
        "owner": (200, 422),
        "co_editor": (200, 422),
        "collaborator": (403, 403),
        "viewer": (403, 403),
        "guest": (403, 403),
        "stranger": (404, 404),
        "nobody": (404, 404),
    }
    for person, client in cast.items():
        for address in gets:
            assert client.get(address).status_code == wanted[person][0], (person, address)
        for address in gets[2:]:
            answer = client.post(address, {"points": "many"})
            assert answer.status_code == wanted[person][1], (person, address)
    assert not QuizChange.objects.exists()


def test_a_list_of_eleven_costs_no_more_than_one_of_one(
    host, quiz, django_assert_max_num_queries, django_assert_num_queries
):
    taken(quiz)
    address = at("mark_question", quiz, "open")
    with django_assert_max_num_queries(20) as few:
        host.get(address)
    for _ in range(10):
        taken(quiz)
    with django_assert_num_queries(len(few)):
        host.get(address)
