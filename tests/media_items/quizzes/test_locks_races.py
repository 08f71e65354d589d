"""Who has waited for a lock reads what is there after it, on PostgreSQL."""

from __future__ import annotations

import pytest

from media_items.abilities import Ability
from media_items.quizzes.attempts import ending, starting
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.takers import find_taker, merge
from media_items.quizzes.content import Content
from media_items.quizzes.models import Attempt
from tests.factories import GuestAdmissionFactory
from tests.quiz_factories import SINGLE, guest_identity, publish_content, published_quiz
from tests.races import while_held

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TAKE = frozenset({Ability.VIEW, Ability.TAKE_QUIZ})


def a_guest(quiz):
    return guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))


def test_who_starts_while_it_is_published_gets_the_new_version():
    quiz = published_quiz()
    guest = a_guest(quiz)

    def publish():
        publish_content(lock_quiz(quiz), Content((SINGLE,)))

    made = while_held(
        publish, others=lambda: starting.start(quiz=quiz, identity=guest, abilities=TAKE)
    )
    quiz.refresh_from_db()
    assert made.version == quiz.published


def test_who_hands_in_while_two_people_are_merged_has_handed_in():
    quiz = published_quiz()
    one, other = a_guest(quiz), a_guest(quiz)
    mine = starting.start(quiz=quiz, identity=one, abilities=TAKE)
    starting.start(quiz=quiz, identity=other, abilities=TAKE)
    into = find_taker(quiz, other)

    def put_together():
        merge(find_taker(quiz, one), into=into)

    ended = while_held(
        lambda: (lock_quiz(quiz), put_together()),
        others=lambda: ending.hand_in(attempt=Attempt.objects.get(pk=mine.pk)),
    )
    assert not isinstance(ended, Exception), ended
    assert ended.taker == into
    into.refresh_from_db()
    assert into.finished == 1
