"""Each page of a session has a way out of it, and promises only what works there."""

from __future__ import annotations

import pytest

from access.invitations.models import InvitationRole
from tests.media_items.live.conftest import come_in
from tests.reading import tags_of

pytestmark = pytest.mark.django_db


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def ids_on(page):
    return {one["id"] for one in tags_of(page)}


def test_an_invited_moderator_leaves_by_a_button_beside_the_one_that_ends_it(invite, room, session):
    moderator = come_in(invite(InvitationRole.MODERATOR), room)
    page = moderator.get(url(room, "chat/"))
    assert {"leave-session", "end-session"} <= ids_on(page)
    answer = moderator.post(url(room, "leave/"))
    assert answer.status_code == 302
    session.refresh_from_db()
    assert session.ended_at is None


def test_whoever_is_one_of_the_audience_leaves_and_ends_nothing(invite, room, session):
    viewer = come_in(invite(InvitationRole.VIEWER), room)
    found = ids_on(viewer.get(url(room, "chat/")))
    assert "leave-session" in found
    assert "end-session" not in found


def test_the_owner_has_the_one_dialog_that_asks_which_it_is(host, room):
    found = ids_on(come_in(host, room).get(url(room, "chat/")))
    assert "end-session" in found
    assert "leave-session" not in found


@pytest.mark.parametrize("role", [InvitationRole.MODERATOR, InvitationRole.VIEWER])
def test_the_page_of_the_polls_leads_back_to_the_session(invite, room, session, role):
    """Not in the dialog, which has a cross: a session loaded again would lose the stage."""
    browser = come_in(invite(role), room)
    page = browser.get(url(room, "polls/"))
    [back] = [one for one in tags_of(page) if one["href"] == url(room)]
    assert "no-script" not in (back["class"] or "")
    assert "data-close" not in back
    dialog = browser.get(url(room, "polls/"), headers={"HX-Request": "true"})
    assert not [one for one in tags_of(dialog) if one["href"] == url(room)]


@pytest.mark.parametrize("dialog", ["end/", "polls/new/"])
def test_what_is_a_dialog_of_the_session_leads_back_to_it_as_a_page(invite, room, session, dialog):
    page = come_in(invite(InvitationRole.MODERATOR), room).get(url(room, dialog))
    assert page.status_code == 200
    ways = [one for one in tags_of(page) if one["href"] == url(room) and "data-close" not in one]
    assert ways


def test_without_script_nobody_is_promised_the_stage(let_guest_in, room, session):
    """What needs script is marked; the sentence that says so is for those who have none."""
    guest = come_in(let_guest_in(), room)
    page = guest.get(url(room, "chat/"))
    promises = [
        one
        for one in tags_of(page)
        if one.name == "p"
        and ("raise your hand" in one.words or "as soon as they go on stage" in one.words)
    ]
    assert promises
    assert all("needs-script" in (one["class"] or "") for one in promises)
