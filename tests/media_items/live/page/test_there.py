"""A page asks once what there is in a session, and shows all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.guests.models import GuestAdmission
from media_items.live.interactions.models import ReactionKind
from media_items.live.sessions.models import Participant, Stay
from tests.conftest import client_with_admissions
from tests.factories import GuestAdmissionFactory, GuestLinkFactory
from tests.live_factories import (
    ChatMessageFactory,
    PollFactory,
    ReactionFactory,
    SeatFactory,
    StageInvitationFactory,
    StayFactory,
)
from tests.media_items.live.conftest import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody(session):
    return StayFactory(participant__session=session, participant__name="Grace").participant


def pin(session, somebody, me):
    ChatMessageFactory(author=somebody, pinned_at=timezone.now(), text="Read this")


def react(session, somebody, me):
    ReactionFactory(session=session, author=somebody, kind=ReactionKind.CLAP)


def react_long_ago(session, somebody, me):
    sent_at = timezone.now() - timedelta(seconds=58)
    ReactionFactory(session=session, author=somebody, kind=ReactionKind.CLAP, sent_at=sent_at)


def ask(session, somebody, me):
    PollFactory(session=session, question="Clear so far?", started_at=timezone.now())


def show_results(session, somebody, me):
    now = timezone.now()
    facts = {"started_at": now, "closed_at": now, "shows_results": True}
    PollFactory(session=session, question="Clear so far?", **facts)


def go_on_stage(session, somebody, me):
    SeatFactory(session=session, participant=somebody)


def invite_on_stage(session, somebody, me):
    StageInvitationFactory(participant=me, invited_by=somebody)


SHOWN = [
    (pin, "Read this"),
    (react, 'data-reaction="clap">1<'),
    (react_long_ago, 'data-reaction="clap">1<'),
    (ask, "Clear so far?"),
    (show_results, "Clear so far?"),
    (go_on_stage, '<bdi class="stage-person-name">Grace</bdi>'),
    (invite_on_stage, "Grace invites you on stage."),
]


@pytest.mark.parametrize(("act", "shown"), SHOWN, ids=[act.__name__ for act, _shown in SHOWN])
def test_what_is_there_is_shown(
    act, shown, guest_person, somebody, session, django_assert_max_num_queries
):
    guest = guest_person()
    assert shown not in guest.get("chat").text
    act(session, somebody, guest.me)
    with django_assert_max_num_queries(10):  # a poll's options, votes and one's own
        assert shown in guest.get("chat").text


def test_who_is_here_and_who_waits_is_counted(host_person, somebody, session, let_guest_in):
    html = host_person.get("chat").text
    assert "2 people are here" in html
    assert "waiting</a>" not in html
    let_guest_in(waiting_room=True)
    assert "1 waiting" in host_person.get("chat").text


# --- as whom somebody is there --------------------------------------------------------------------


def test_of_several_whom_a_browser_may_be_it_is_the_one_who_counts(room, session):
    """Each stands in the session by an admission of the same browser; the newest says who it is."""
    link = GuestLinkFactory(item=room, access_on=True)
    moment = timezone.now()
    first, second = (
        GuestAdmissionFactory(guest__link=link, name=name, admitted_at=moment - timedelta(hours=n))
        for n, name in ((2, "Ada"), (1, "Grace"))
    )
    for one in (first, second):
        come_in(client_with_admissions(one), room)
    both = client_with_admissions(first, second)
    Stay.objects.update(seen_at=moment - timedelta(minutes=1))
    assert both.get(f"/media/{room.public_id}/session/chat/").status_code == 200
    seen = Stay.objects.filter(seen_at__gte=moment).values_list("participant__name", flat=True)
    assert list(seen) == ["Grace"]


def test_an_account_is_itself_in_a_browser_that_was_a_guest(room, session, owner, let_guest_in):
    browser = let_guest_in(name="Ada")
    browser.force_login(owner)
    come_in(browser, room)
    page = browser.get(f"/media/{room.public_id}/session/chat/")
    assert page.context["me"].key == f"account:{owner.pk}"
    assert Participant.objects.count() == 2


def test_whoever_does_not_see_the_item_any_more_finds_no_session(room, session, let_guest_in):
    """Though their browser names somebody who is in it."""
    browser, page = let_guest_in(), f"/media/{room.public_id}/session/chat/"
    assert browser.get(page).status_code == 200
    assert Client().get(page).status_code == 404
    GuestAdmission.objects.update(ended_at=timezone.now())
    assert Participant.objects.inside().exists()
    assert browser.get(page).status_code == 403  # they are told that it has ended
    GuestAdmission.objects.update(ended_at=None)
    assert browser.get(page).status_code == 200
    room.deleted_at = timezone.now()
    room.save()
    assert browser.get(page).status_code == 404
