"""Who may write and whose words somebody may remove: the pure rules."""

from __future__ import annotations

import pytest
from django.utils import timezone

from media_items.abilities import Ability
from media_items.live.chat.policies import Writing, may_remove_message, writing_in_chat
from media_items.live.sessions.models import Level, LiveSession

CHAT = frozenset({Ability.VIEW, Ability.CHAT})
MODERATE = CHAT | {Ability.MODERATE}


@pytest.mark.parametrize(
    ("abilities", "live", "paused", "expected"),
    [
        (CHAT, True, False, Writing.OPEN),
        (CHAT, True, True, Writing.PAUSED),
        (CHAT, False, False, Writing.NOT_LIVE),
        (MODERATE, True, True, Writing.OPEN),
        (MODERATE, False, False, Writing.NOT_LIVE),
        (frozenset({Ability.VIEW}), True, False, Writing.NO_ABILITY),
        (frozenset({Ability.VIEW}), False, True, Writing.NO_ABILITY),
        (frozenset({Ability.MODERATE}), True, False, Writing.NO_ABILITY),
    ],
)
def test_writing_needs_the_ability_a_live_session_and_a_chat_that_is_not_paused(
    abilities, live, paused, expected
):
    moment = timezone.now()
    session = LiveSession(
        opened_at=moment if live else None, chat_paused_at=moment if paused else None
    )
    assert writing_in_chat(session, abilities) == expected


def test_nobody_writes_once_it_has_ended():
    moment = timezone.now()
    session = LiveSession(opened_at=moment, ended_at=moment)
    assert writing_in_chat(session, MODERATE) == Writing.NOT_LIVE


def may(level, author, *, own=False):
    return may_remove_message(
        level=level, author_level=author, is_own=own, moderates=level >= Level.MODERATOR
    )


@pytest.mark.parametrize("level", Level)
def test_everybody_removes_their_own(level):
    assert may(level, level, own=True)


@pytest.mark.parametrize("author", Level)
@pytest.mark.parametrize("level", [Level.AUDIENCE, Level.SPEAKER])
def test_who_does_not_moderate_removes_nobody_elses(level, author):
    assert not may(level, author)


@pytest.mark.parametrize("author", [Level.AUDIENCE, Level.SPEAKER, Level.MODERATOR])
def test_a_moderator_removes_anybodys_below_a_host_another_moderators_too(author):
    assert may(Level.MODERATOR, author)


def test_a_moderator_does_not_remove_a_hosts():
    assert not may(Level.MODERATOR, Level.HOST)


@pytest.mark.parametrize("author", Level)
def test_a_host_removes_everybodys(author):
    assert may(Level.HOST, author)
