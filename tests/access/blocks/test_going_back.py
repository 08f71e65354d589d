"""Dialogs opened from a session lead back to it without script, and never anywhere else."""

from __future__ import annotations

import pytest

from access.guests.models import GuestLink
from tests import factories

EVIL = ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "\\\\evil.example"]


@pytest.fixture
def back(room):
    return f"/media/{room.public_id}/session/participants/"


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


PERSON = {"email": "ada@example.org", "first_name": "Ada", "role": "viewer"}


def test_inviting_somebody_by_mail_leads_straight_back(browser, room, back):
    url = f"/media/{room.public_id}/invitations/new/"
    page = browser.get(url, {"next": back}).content.decode()
    assert f'name="next" value="{back}"' in page
    answer = browser.post(url, {**PERSON, "send_mail": "on", "next": back})
    assert answer["Location"] == back


def test_a_link_that_is_not_mailed_is_shown_first_and_then_leads_back(browser, room, back):
    url = f"/media/{room.public_id}/invitations/new/"
    answer = browser.post(url, {**PERSON, "next": back}, follow=True)
    page = answer.content.decode()
    assert "/i/" in page
    assert f'href="{back}"' in page
    # Without anywhere to go back to, the item.
    answer = browser.post(url, {**PERSON, "email": "bob@example.org"}, follow=True)
    assert f'href="{room.get_absolute_url()}" data-close' in answer.content.decode()


def test_a_new_guest_link_is_shown_to_be_copied_and_then_leads_back(browser, room, back):
    url = f"/media/{room.public_id}/guest-links/"
    browser.post(f"/media/{room.public_id}/guest-access/on/", {"next": back})
    page = browser.get(url, {"next": back}).content.decode()
    assert f'name="next" value="{back}"' in page
    answer = browser.post(f"{url}new/", {"name": "Slide", "next": back}, follow=True)
    page = answer.content.decode()
    assert "/g/" in page
    assert f'href="{back}"' in page
    assert f"made={GuestLink.objects.get().pk}" in answer.request["QUERY_STRING"]


def test_every_step_within_the_dialogs_carries_it_on(browser, room, back):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    base = f"/media/{room.public_id}"
    for path in (
        f"{base}/guest-links/{link.pk}/edit/",
        f"{base}/guest-links/{link.pk}/pause/",
        f"{base}/guest-links/{link.pk}/delete/",
        f"{base}/guest-links/{link.pk}/new-address/",
        f"{base}/guest-access/off/",
        f"{base}/co-editors/",
        f"{base}/invitations/many/",
    ):
        page = browser.get(path, {"next": back}).content.decode()
        assert f'name="next" value="{back}"' in page, path
    answer = browser.post(f"{base}/guest-links/{link.pk}/new-address/", {"next": back})
    assert "next=" in answer["Location"]


@pytest.mark.parametrize("evil", EVIL)
def test_nobody_is_sent_to_another_site(browser, room, evil):
    base = f"/media/{room.public_id}"
    assert evil not in browser.get(f"{base}/guest-links/", {"next": evil}).content.decode()
    assert evil not in browser.get(f"{base}/invitations/new/", {"next": evil}).content.decode()
    answer = browser.post(f"{base}/invitations/new/", {**PERSON, "send_mail": "on", "next": evil})
    assert answer["Location"].startswith(f"{base}/invitations/")
    assert "evil" not in answer["Location"]
    invitation = room.invitations.get()
    page = browser.get(f"{base}/invitations/{invitation.pk}/role/", {"next": evil})
    assert evil not in page.content.decode()


def test_htmx_closes_or_shows_the_link_in_place_as_before(browser, room, back):
    url = f"/media/{room.public_id}/invitations/new/"
    answer = browser.post(
        url, {**PERSON, "send_mail": "on", "next": back}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "/i/" in answer.content.decode()
