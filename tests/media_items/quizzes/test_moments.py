"""Moments that are none of the film any more: it was swapped for a shorter one, or taken away."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from media_items.abilities import Ability
from media_items.processing.models import MediaFile, Purpose
from media_items.quizzes.attempts import answering, starting
from media_items.quizzes.attempts.refusals import NotReached
from media_items.quizzes.attempts.watching import open_questions, openings_of, opens_at, watch
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt, Quiz
from tests import factories
from tests.conftest import client_with_admissions
from tests.quiz_factories import (
    REFLECTION,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    DraftFactory,
    guest_identity,
    published_quiz,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})
ON_FILM = Content(
    (
        REFLECTION,
        replace(SINGLE, at_ms=60_000, is_required=True),
        replace(TRUE_FALSE, at_ms=90_000),
        replace(SHORT_TEXT, at_ms=10_000),
    )
)


def film_of(owner, length_ms):
    item = factories.MediaItemFactory(owner=owner)
    MediaFile.objects.create(
        item=item,
        purpose=Purpose.PLAYBACK,
        file=ContentFile(b"x", name="file.bin"),
        content_type="video/mp4",
        size=1,
        duration_ms=length_ms,
    )
    return item


@pytest.fixture
def quiz(owner):
    yield published_quiz(ON_FILM, item__owner=owner, film=film_of(owner, 100_000))
    for file in MediaFile.objects.all():
        file.file.delete(save=False)


@pytest.fixture
def admission(quiz):
    link = factories.GuestLinkFactory(item=quiz.item, access_on=True)
    return factories.GuestAdmissionFactory(guest__link=link)


@pytest.fixture
def attempt(quiz, admission, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    started = starting.start(quiz=quiz, identity=guest_identity(admission), abilities=TAKE)
    time_machine.move_to(timezone.now() + timedelta(minutes=5), tick=False)
    return started


def swapped(attempt, length_ms):
    film = None if length_ms is None else film_of(attempt.quiz.item.owner, length_ms)
    Quiz.objects.filter(pk=attempt.quiz_id).update(film=film)
    return Attempt.objects.get(pk=attempt.pk)


def reached(attempt):
    return {one.id for one in open_questions(attempt, attempt.version.questions.questions)}


@pytest.mark.parametrize(
    ("at_ms", "film_ms", "found"),
    [
        (None, 34_000, None),
        (12_000, None, 12_000),
        (12_000, 34_000, 12_000),
        (33_400, 34_000, 33_400),
        (34_000, 33_400, 32_900),
        (99_000, 34_000, 33_500),
        (5_000, 300, 0),
    ],
)
def test_a_question_opens_at_its_moment_or_at_the_end_of_the_film(at_ms, film_ms, found):
    assert opens_at(at_ms, film_ms) == found


def test_what_is_after_the_end_opens_at_the_end(attempt):
    attempt = swapped(attempt, 34_000)
    assert reached(attempt) == {"reflection"}
    with pytest.raises(NotReached):
        answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    attempt = watch(attempt=attempt, at_ms=33_800)
    assert attempt.watched_ms == 33_500  # what must be answered is waited for there, too
    assert reached(attempt) == {"reflection", "short_text", "single", "true_false"}
    answering.save(attempt=attempt, question_id="single", given={"chosen": "a"}, revision=0)
    assert watch(attempt=attempt, at_ms=34_000).watched_ms == 34_000


def test_a_shorter_film_is_told_to_player_and_reader(attempt, admission):
    attempt = swapped(attempt, 34_000)
    browser = client_with_admissions(admission)
    args = [attempt.quiz.item.public_id, attempt.public_id]
    page = browser.get(reverse("media_items:quiz_attempt", args=args)).content.decode()
    assert re.findall(r'data-moment="(\d+)" data-of="(\w+)"', page) == [
        ("10000", "short_text"),
        ("33500", "single"),
        ("33500", "true_false"),
    ]
    assert "opens in the film at 0:33" in page
    assert "1:00" not in page
    for act in ("film:10000", "film:33500"):
        answer = browser.post(reverse("media_items:quiz_attempt", args=args), {"act": act})
    assert answer["Location"].endswith("#q-single")


def test_without_the_film_all_is_open(attempt):
    assert len(reached(swapped(attempt, None))) == 4


def test_nothing_moves_when_a_question_opens(attempt, admission):
    browser = client_with_admissions(admission)
    args = [attempt.quiz.item.public_id, attempt.public_id]
    address = reverse("media_items:quiz_attempt", args=args)
    orders = []
    for at_ms in (0, 20_000, 60_000):
        watch(attempt=attempt, at_ms=at_ms)
        page = browser.get(address).content.decode()
        orders.append(re.findall(r'(?:section|div) class="quiz-question[^"]*" id="q-(\w+)"', page))
    assert orders == [["short_text", "single", "true_false", "reflection"]] * 3
    assert page.count("I’ve watched until") == 1


def test_openings_cost_one_query(attempt, django_assert_num_queries):
    attempt = Attempt.objects.select_related("quiz", "version").get(pk=attempt.pk)
    with django_assert_num_queries(1):
        openings_of(attempt)


@pytest.mark.parametrize("name", ["quiz_film", "publish_quiz"])
def test_whoever_writes_is_told_of_moments_that_are_none_of_the_film(owner, client_of, quiz, name):
    for at_ms in (None, 10_000, 34_500, 99_000):
        DraftFactory(quiz=quiz, at_ms=at_ms)
    browser, address = client_of(owner), reverse(f"media_items:{name}", args=[quiz.item.public_id])
    assert "Question 4 at" not in text_of(browser.get(address))
    quiz.film = film_of(owner, 34_000)
    quiz.save()
    said = text_of(browser.get(address))
    assert "they open at the end of the film" in said
    assert "Question 3 at 0:34" in said
    assert "Question 4 at 1:39" in said
    assert "Question 2 at" not in said
    quiz.film = None
    quiz.save()
    said = text_of(browser.get(address))
    assert "they are open from the start" in said
    assert "Question 2 at 0:10" in said


def test_the_start_page_says_that_there_is_a_film(quiz, admission):
    browser = client_with_admissions(admission)
    page = reverse("media_items:media_item", args=[quiz.item.public_id])
    assert "belong to a film that you watch here" in text_of(browser.get(page))


@pytest.mark.parametrize("query", [{}, {"review": "1"}])
def test_a_page_asks_for_its_film_once(owner, query):
    film = factories.MediaItemFactory(owner=owner)
    film.files.create(purpose=Purpose.PLAYBACK, file=ContentFile(b"film", "f.mp4"), size=4)
    asked = Content((replace(SINGLE, at_ms=1_000, is_required=True),))
    quiz = published_quiz(asked, item__owner=owner, film=film, no_seeking=True)
    guest = factories.GuestAdmissionFactory(guest__link__item=quiz.item)
    browser = client_with_admissions(guest)
    attempt = browser.post(f"{quiz.item.get_absolute_url()}quiz/start/")["Location"]
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(attempt, query).status_code == 200
    found = [one["sql"] for one in queries.captured_queries if "is_playable" in one["sql"]]
    assert len(found) == 1
