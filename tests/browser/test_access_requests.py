"""Somebody at a closed link asks; the host answers on a phone, by keyboard, without scripts."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from access.guests.models import GuestLink
from access.invitations.models import Invitation
from access.links import guest_link_token
from tests import factories


def test_a_request_is_let_in_by_keyboard_on_a_phone_without_scripts(
    open_page, item, link, owner, picture
):
    GuestLink.objects.filter(pk=link.pk).update(paused_at=timezone.now())
    stranger = open_page(width=390, height=844, javascript=False)
    for number, name in enumerate(("Ann", "Eve", "Bob"), start=1):
        stranger.goto(reverse("access:ask_host", args=[guest_link_token(link)]))
        stranger.get_by_label("Your name").fill(name)
        stranger.get_by_label("Email").fill(f"{name}@example.org")
        stranger.get_by_role("button", name="Send").click()
        expect(stranger.get_by_role("heading", level=1)).to_contain_text("on its way")
        assert item.access_requests.count() == number
    let_in_from_the_mail(open_page, item, owner, picture)
    host = open_page(width=390, height=844, javascript=False, user=owner)
    host.goto(item.get_absolute_url() + "guest-links/")
    host.get_by_role("link", name="2 people ask to be let in").focus()
    host.keyboard.press("Enter")
    picture(host, "requests-390")
    host.get_by_role("button", name="Let in Eve").focus()
    host.keyboard.press("Enter")
    expect(host.get_by_text("An invitation is on its way to eve@example.org")).to_be_visible()
    expect(host.get_by_role("button", name="Let in Bob")).to_be_focused()
    host.get_by_role("button", name="Decline Bob").focus()
    host.keyboard.press("Enter")
    expect(host.get_by_text("Nobody is waiting to be let in.")).to_be_visible()
    expect(host.get_by_role("heading", name="Requests to be let in")).to_be_focused()
    picture(host, "requests-none-390")
    host.get_by_role("link", name="Answered").click()
    expect(host.get_by_role("button", name="Let in Bob")).to_be_visible()
    picture(host, "requests-answered-390")
    host.set_viewport_size({"width": 844, "height": 390})
    picture(host, "requests-answered-844")
    invited = Invitation.objects.order_by("pk").values_list("email", flat=True)
    assert list(invited) == ["ann@example.org", "eve@example.org"]


def let_in_from_the_mail(open_page, item, owner, picture):
    """The link in it asks to sign in first, comes back, and lets in by one button."""
    asked = item.access_requests.get(name="Ann")
    host = open_page(width=390, height=844, javascript=False)
    link = reverse("access:access_request", args=[item.public_id, asked.pk])
    host.goto(link)
    host.get_by_label("Email").fill(owner.email)
    host.get_by_label("Password").fill(factories.PASSWORD)
    host.keyboard.press("Enter")
    expect(host.get_by_role("heading", level=1)).to_have_text("Ann asks to be let in")
    picture(host, "request-390")
    host.get_by_role("button", name="Let in").focus()
    host.keyboard.press("Enter")
    expect(host.get_by_text("You let them in on")).to_be_visible()
    picture(host, "request-answered-390")
    host.set_viewport_size({"width": 1280, "height": 900})
    host.goto(link)
    picture(host, "request-answered-1280")
