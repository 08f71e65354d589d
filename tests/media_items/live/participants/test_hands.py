"""Hands go up and down, and everybody knows their place in the line."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from media_items.live.participants import hands
from media_items.live.sessions import entering, services
from media_items.live.sessions.models import Level, Participant
from media_items.refusals import Forbidden
from tests.live_factories import SeatFactory

pytestmark = pytest.mark.django_db


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def me_of(browser, room):
    identity = browser.get(url(room, "chat/")).wsgi_request.visitor.identity_on(room)
    return Participant.objects.select_related("session").get(key=identity.key)


def hand(browser, room):
    return browser.get(url(room, "hand/")).content.decode()


def test_a_viewer_raises_and_lowers_their_hand(host, invite, room, session):
    viewer = invite("viewer")
    assert "Raise hand" in hand(viewer, room)
    viewer.post(url(room, "hand/raise/"))
    assert "Your hand is up. You are number 1." in hand(viewer, room)
    viewer.post(url(room, "hand/lower/"))
    assert "Raise hand" in hand(viewer, room)


def test_the_line_is_in_the_order_of_raising_and_twice_keeps_the_place(invite, room, session):
    first, second = invite("viewer"), invite("viewer")
    first.post(url(room, "hand/raise/"))
    second.post(url(room, "hand/raise/"))
    first.post(url(room, "hand/raise/"))
    assert "You are number 1." in hand(first, room)
    assert "You are number 2." in hand(second, room)
    first.post(url(room, "hand/lower/"))
    assert "You are number 1." in hand(second, room)


def test_those_who_have_gone_are_not_in_the_line(invite, room, session):
    first, second = invite("viewer"), invite("viewer")
    for browser in (first, second):
        browser.post(url(room, "hand/raise/"))
    me_of(first, room).stays.update(left_at=session.opened_at)
    assert "You are number 1." in hand(second, room)


def test_a_guest_raises_a_hand_only_where_the_link_allows(let_guest_in, room, session):
    guest = let_guest_in()
    assert guest.post(url(room, "hand/raise/")).status_code == 302
    silent = let_guest_in(may_raise_hand=False)
    assert silent.post(url(room, "hand/raise/")).status_code == 403
    assert "Raise hand" not in hand(silent, room)


def test_no_hand_goes_up_before_the_session_is_live(invite, room):
    viewer = invite("viewer")
    assert viewer.post(url(room, "hand/raise/")).status_code == 403
    assert "Raise hand" not in hand(viewer, room)
    with pytest.raises(Forbidden):
        hands.raise_hand(me=me_of(viewer, room))


def test_somebody_on_stage_needs_no_hand(invite, room, session):
    viewer = invite("viewer")
    seat = SeatFactory(participant=me_of(viewer, room), session=session)
    assert "Raise hand" not in hand(viewer, room)
    assert viewer.post(url(room, "hand/raise/")).status_code == 403
    seat.left_at = timezone.now()
    seat.save()
    assert "Raise hand" in hand(viewer, room)


def test_an_event_has_no_hands(client_of, owner, event):
    services.open_session(item=event)
    browser = client_of(owner)
    browser.post(url(event, "enter/"))
    assert browser.post(url(event, "hand/raise/")).status_code == 403
    assert "Raise hand" not in browser.get(url(event, "chat/")).content.decode()


def test_a_moderator_lowers_one_hand_and_then_all(invite, room, session):
    viewers = [invite("viewer") for _n in range(3)]
    for viewer in viewers:
        viewer.post(url(room, "hand/raise/"))
    moderator = invite("moderator")
    one = me_of(viewers[0], room)
    moderator.post(url(room, f"participants/{one.pk}/lower-hand/"))
    assert Participant.objects.filter(hand_raised_at__isnull=False).count() == 2
    moderator.post(url(room, "participants/lower-all-hands/"))
    assert not Participant.objects.filter(hand_raised_at__isnull=False).exists()


@pytest.mark.parametrize("act", ["lower-hand", "lower-all-hands"])
def test_a_moderator_lowers_no_hand_of_an_equal_or_of_somebody_above(
    host, invite, room, session, act
):
    """The hand of a moderator is lowered by themself and by a host; a host's by themself."""
    first, second = invite("moderator"), invite("moderator")

    def lower(browser, whose):
        which = f"{me_of(whose, room).pk}/" if act == "lower-hand" else ""
        return browser.post(url(room, f"participants/{which}{act}/")).status_code

    def is_up(browser):
        return me_of(browser, room).hand_raised_at is not None

    for one in (first, second, host):
        one.post(url(room, "hand/raise/"))
    refused = 403 if act == "lower-hand" else 302
    assert lower(second, first) == refused
    assert lower(second, host) == refused
    assert (is_up(first), is_up(host)) == (True, True)
    assert lower(second, second) == 302
    assert not is_up(second)
    assert lower(host, first) == 302
    assert not is_up(first)


def test_a_viewer_lowers_no_hand_but_their_own(invite, room, session):
    first, second = invite("viewer"), invite("viewer")
    first.post(url(room, "hand/raise/"))
    one = me_of(first, room)
    assert second.post(url(room, f"participants/{one.pk}/lower-hand/")).status_code == 403
    assert second.post(url(room, "participants/lower-all-hands/")).status_code == 403
    second.post(url(room, "hand/lower/"))
    assert Participant.objects.get(pk=one.pk).hand_raised_at


def test_a_hand_of_another_session_is_out_of_reach(host, invite, room, session):
    viewer = invite("viewer")
    viewer.post(url(room, "hand/raise/"))
    one = me_of(viewer, room)
    services.end_session(session=session)
    host.post(url(room, "open/"))
    host.post(url(room, f"participants/{one.pk}/lower-hand/"))
    assert Participant.objects.get(pk=one.pk).hand_raised_at


def test_whose_hand_was_lowered_hears_of_it_by_themself(invite, room, session, announced):
    me = me_of(invite("viewer"), room)
    up = announced(lambda: hands.raise_hand(me=me))
    assert up == [("participants", "all"), ("me", f"p{me.pk}")]
    assert announced(lambda: hands.raise_hand(me=me)) == []
    everybody = partial(hands.lower_all_hands, session=session, by=me, below=Level.MODERATOR)
    assert announced(everybody) == up
    assert announced(everybody) == []


def test_without_script_one_is_back_on_the_panel_one_came_from(invite, room, session):
    viewer = invite("viewer")
    page = viewer.get(url(room, "chat/")).content.decode()
    assert f'<input type="hidden" name="next" value="{url(room, "chat/")}">' in page
    answer = viewer.post(url(room, "hand/raise/"), {"next": url(room, "chat/")})
    assert answer["Location"] == url(room, "chat/")
    answer = viewer.post(url(room, "hand/lower/"), {"next": "https://evil.example/"})
    assert answer["Location"] == url(room, "participants/")


def test_with_script_the_list_hears_of_it(invite, room, session):
    answer = invite("viewer").post(url(room, "hand/raise/"), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Trigger"] == "live:participants"


def test_after_the_end_a_click_leads_to_the_page_that_says_so(invite, room, session):
    viewer = invite("viewer")
    services.end_session(session=session)
    answer = viewer.post(url(room, "hand/raise/"), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_leaving_lowers_the_hand(invite, room, session):
    viewer = invite("viewer")
    viewer.post(url(room, "hand/raise/"))
    entering.leave(me=me_of(viewer, room))
    assert "Raise hand" in hand(viewer, room)
