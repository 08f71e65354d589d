"""Reactions: one tap, for everybody to see, nobody's name on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from media_items.live.interactions.models import Reaction, ReactionKind
from media_items.live.interactions.reactions import react, recent_counts
from media_items.refusals import NotNow


@pytest.mark.parametrize("kind", ReactionKind.values)
def test_one_tap_writes_a_row_and_tells_the_kind_alone(person, told, kind):
    viewer = person()
    with told() as facts:
        answer = viewer.post("send_reaction", kind=kind, htmx=True)
    assert answer.status_code == 204
    assert Reaction.objects.get().kind == kind
    [fact] = [fact for fact in facts if fact.kind == "reaction"]
    assert (fact.recipients, fact.data) == ("all", {"of": kind, "n": 1})


def test_without_htmx_one_comes_back_to_where_one_was(person):
    viewer = person()
    here = f"/media/{viewer.me.session.item.public_id}/session/qna/"
    answer = viewer.post("send_reaction", kind="clap", next=here)
    assert (answer.status_code, answer["Location"]) == (302, here)
    assert viewer.post("send_reaction", kind="clap", next="//evil.example")["Location"].endswith(
        "/session/chat/"
    )


@pytest.mark.parametrize("kind", ["", "bomb", "clap\x00", "x" * 500])
def test_a_reaction_that_there_is_not_is_404(person, kind):
    assert person().post("send_reaction", kind=kind).status_code == 404
    assert not Reaction.objects.exists()


def test_whoever_may_not_interact_sees_the_counts_and_sends_nothing(guest_person, person):
    guest = guest_person(may_chat=False)
    assert guest.post("send_reaction", kind="clap").status_code == 403
    assert not Reaction.objects.exists()
    page = guest.get("reactions").content.decode()
    assert "<button" not in page
    assert "<button" in person().get("reactions").content.decode()


def test_before_the_session_is_live_there_is_nothing_to_react_to(person, session):
    viewer = person()
    session.opened_at = None
    session.save(update_fields=["opened_at"])
    answer = viewer.post("send_reaction", kind="clap", htmx=True)
    assert "as soon as the session is live" in answer["HX-Trigger"]
    with pytest.raises(NotNow):
        react(session=session, author=viewer.me, kind=ReactionKind.CLAP)
    assert not Reaction.objects.exists()
    assert "<button" not in viewer.get("reactions").content.decode()


def test_too_many_are_dropped_with_a_kind_word(person, settings):
    settings.REACTION_RATE_PER_PERSON = "3/h"
    viewer, other = person(), person()
    for _tap in range(3):
        viewer.post("send_reaction", kind="heart")
    answer = viewer.post("send_reaction", kind="heart", htmx=True)
    assert answer.status_code == 204
    assert "a lot of reactions" in answer["HX-Trigger"]
    viewer.post("send_reaction", kind="heart")
    assert "a lot of reactions" in viewer.get("qna").content.decode()
    other.post("send_reaction", kind="heart")
    assert Reaction.objects.count() == 4


def test_the_counts_are_those_of_the_last_minute_of_this_session(person, session, event):
    viewer = person()
    for kind in ("clap", "clap", "wow"):
        Reaction.objects.create(session=session, author=viewer.me, kind=kind)
    long_ago = timezone.now() - timedelta(seconds=61)
    Reaction.objects.create(session=session, author=viewer.me, kind="wow", sent_at=long_ago)
    elsewhere = event.live_sessions.create(opened_at=timezone.now())
    Reaction.objects.create(session=elsewhere, author=viewer.me, kind="clap")
    assert recent_counts(session) == {"clap": 2, "heart": 0, "laugh": 0, "wow": 1, "thumb": 0}
    page = viewer.get("reactions").content.decode()
    assert 'data-reaction="clap">2<' in page
    assert 'data-reaction="heart" hidden>0<' in page


def test_a_storm_of_one_kind_is_told_a_few_times_a_second(person, session, told):
    viewer = person()
    with told() as facts:
        for _n in range(40):
            react(session=session, author=viewer.me, kind=ReactionKind.CLAP)
    assert Reaction.objects.count() == 40
    # However slow the machine: a fact each quarter of a second, and not forty within one.
    assert 1 <= len(facts) < 40


def test_nobodys_name_is_in_what_others_load(person):
    viewer = person(invitation__first_name="Wilhelmina", invitation__last_name="Quux")
    viewer.post("send_reaction", kind="clap")
    assert "Wilhelmina" not in person("moderator").get("reactions").content.decode()
