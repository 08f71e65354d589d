"""The button that sends a dialog is in view when it opens, in every window, the keyboard open too;
and no message lies over it or over the title.

Each dialog is opened once, and the window changed under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.memberships.models import CoEditor
from media_items.catalogue.models import Kind
from tests import factories
from tests.browser.looks import CONTROLS, FINGER_PX, TOO_SMALL
from tests.live_factories import (
    AudienceQuestionFactory,
    LiveSessionFactory,
    ParticipantFactory,
    StayFactory,
)

WINDOWS = [(1280, 900), (1366, 768), (390, 844), (844, 390)]
WITH_KEYBOARD = [(390, 500), (844, 200)]  # a phone's takes this much of it
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
# Of what can be pressed to send something, or is the title: what is out of the window or under
# something else. The middle of a thing is pressed. With the keyboard open one is in a field.
NOT_IN_VIEW = """(panel, [withTitle, withKeyboard]) => {
  document.querySelector("#dialog-body").scrollTop = 0
  const fields = [...document.querySelectorAll("#dialog-body form :is(textarea, input)")].filter(
    one => one.checkVisibility() && !one.readOnly && !/hidden|radio|checkbox|file/.test(one.type))
  if (withKeyboard) for (const one of fields.slice(0, 1)) {
    one.focus()
    one.scrollIntoView({ block: "nearest" })
  }
  const wanted = [...document.querySelectorAll("#dialog .dialog-actions :is(button, .button)"),
                  ...document.querySelectorAll("#dialog-body :is(.button-primary, .button-danger)")]
  if (withTitle) wanted.push(document.querySelector("#dialog-title"))
  return wanted.filter(one => one.checkVisibility()).filter(one => {
    const { left, top, right, bottom } = one.getBoundingClientRect()
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return top < 0 || bottom > innerHeight || !one.contains(there)
  }).map(one => `${one.textContent.trim().replace(/\\s+/g, " ")} ` +
                JSON.stringify(one.getBoundingClientRect().toJSON()))
}"""
OPEN = """address => new Promise(done => {
  document.addEventListener("htmx:afterSettle", () => requestAnimationFrame(done), {once: true})
  htmx.ajax("GET", address, "#dialog-body")
})"""
TWO_MESSAGES = """() => { for (const text of ["What you entered before has been restored.",
  "You have signed in again since you opened this page. What you typed is still here. Try again."])
  document.dispatchEvent(new CustomEvent("toast", {detail: {text, tone: "warning"}})) }"""


def _out_of_view(page: Page, windows: list[tuple[int, int]], name: str) -> Iterator[str]:
    for width, height in windows:
        page.set_viewport_size({"width": width, "height": height})
        how = [height > 256, (width, height) in WITH_KEYBOARD]
        for found in page.locator("#dialog").evaluate(NOT_IN_VIEW, how):
            yield f"{name} at {width} × {height}: {found}"


def _look(page: Page, addresses: dict[str, str]) -> list[str]:
    found = []
    for name, address in addresses.items():
        page.evaluate(OPEN, address)
        expect(page.locator("#dialog[open] #dialog-title")).to_be_visible()
        found += _out_of_view(page, WINDOWS + WITH_KEYBOARD, name)
        page.set_viewport_size({"width": 390, "height": 844})
        too_small = page.evaluate(TOO_SMALL, [f"#dialog :is({CONTROLS})", FINGER_PX])
        found += [f"{name}: too small for a finger: {one}" for one in too_small]
        page.evaluate("document.getElementById('dialog').close()")
        expect(page.locator("#dialog")).not_to_be_visible()
    return found


@pytest.fixture
def room(owner):
    soon = timezone.now() + timedelta(days=1)
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title=LONG, starts_at=soon)


@pytest.fixture
def dialogs(room, owner) -> dict[str, str]:
    """Every dialog of a host with something to send, each as long as it gets."""
    link = factories.GuestLinkFactory(item=room, name=LONG, access_on=True)
    guest = factories.GuestFactory(link=link, name=LONG)
    invitation = factories.InvitationFactory(item=room, last_name=LONG)
    for _n in range(8):
        CoEditor.objects.create(item=room, user=factories.UserFactory(last_name=LONG))
    session = LiveSessionFactory(item=room, live=True)
    me = ParticipantFactory(session=session, key=f"account:{owner.pk}", inside=True)
    StayFactory(participant=me)
    person = ParticipantFactory(session=session, inside=True, name=LONG)
    StayFactory(participant=person)
    question = AudienceQuestionFactory(author=person, session=session)
    of_item = {
        "access": [
            "invite_users",
            "create_batch",
            "add_co_editor",
            "guest_links",
            "switch_off_guest_access",
            "tell_invited",
        ],
        "media_items": [
            "publish_media_item",
            "delete_media_item",
            "live_settings",
            "stage_access",
            "end_session",
            "clear_chat",
            "polls",
            "new_poll",
            "device_check",
        ],
    }
    of_one = {
        "access:guest_link": link.pk,
        "access:edit_guest_link": link.pk,
        "access:pause_guest_link": link.pk,
        "access:new_guest_link_address": link.pk,
        "access:delete_guest_link": link.pk,
        "access:remove_guest": guest.pk,
        "access:invitation_link": invitation.pk,
        "access:change_invitation_role": invitation.pk,
        "access:resend_invitation": invitation.pk,
        "access:prolong_invitation": invitation.pk,
        "access:correct_invitation_address": invitation.pk,
        "access:new_invitation_address": invitation.pk,
        "access:revoke_invitation": invitation.pk,
        "access:remove_participant": person.pk,
        "media_items:answer_question": question.pk,
    }
    addresses = {
        name: reverse(f"{app}:{name}", args=[room.public_id])
        for app, names in of_item.items()
        for name in names
    }
    for name, pk in of_one.items():
        addresses[name] = reverse(name, args=[room.public_id, pk])
    return addresses


def test_what_sends_a_dialog_is_in_view_when_it_opens(open_page, owner, room, dialogs):
    page = open_page(user=owner)
    page.goto(reverse("access:register", args=[room.public_id]))
    links = reverse("access:guest_links", args=[room.public_id])
    found = _look(page, {**dialogs, "new link": f"{links}?new=1"})

    # Messages have room of their own.
    page.evaluate(OPEN, dialogs["create_batch"])
    page.evaluate(TWO_MESSAGES)
    expect(page.locator("#dialog .toast")).to_have_count(2)
    found += _out_of_view(page, WINDOWS, "two messages")
    assert found == []


def test_the_foot_stays_over_a_keyboard_that_lies_over_the_page(open_page, owner, room, dialogs):
    """As on an iPhone: the window stays as it is, and less of it is seen."""
    page = open_page(user=owner, width=390, height=844)
    page.goto(reverse("access:register", args=[room.public_id]))
    page.evaluate(OPEN, dialogs["invite_users"])
    page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", {get: () => 500, configurable: true})
          visualViewport.dispatchEvent(new Event("resize"))
        }"""
    )
    foot = page.locator("#dialog .dialog-actions").bounding_box()
    assert foot["y"] + foot["height"] <= 500
    assert page.locator("#dialog-title").bounding_box()["y"] >= 0


@pytest.mark.parametrize("size", [(390, 844), (844, 390)])
def test_without_script_too_the_foot_of_a_dialog_is_in_view(open_page, owner, dialogs, size):
    page = open_page(user=owner, width=size[0], height=size[1], javascript=False)
    for name in ("invite_users", "create_batch", "add_co_editor", "access:edit_guest_link"):
        page.goto(dialogs[name])
        expect(page.locator("main .dialog-actions .button-primary")).to_be_in_viewport(ratio=1)
