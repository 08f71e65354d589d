"""The doors in WebKitGTK: join by a guest link, come in by an invitation with a code, the three
dialogs; and a room, for WebKitGTK as Debian builds it has no WebRTC.

Playwright does not drive it, so Selenium does, and here its few words are said.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as django_settings
from django.test import Client
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from access.links import guest_link_address, invitation_address
from media_items.catalogue.models import Kind
from media_items.live.sessions import services
from media_items.live.stage.models import Seat
from tests import factories
from tests.access.invitations.door_acts import mailed_digits
from tests.browser import steps
from tests.media_samples import samples
from tests.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("webkit")]
# What is there and can be seen. A required field's label ends in a star.
BUTTON = "//*[self::button or self::a][contains(normalize-space(.), {0!r})]"
FIELD = "//*[@id = //label[starts-with(normalize-space(.), {0!r})]/@for]"
TEXT = "//*[text()[contains(normalize-space(.), {0!r})]]"
RUN_AXE = """
  const done = arguments[arguments.length - 1];
  // A colour that is on its way to another is none that anybody reads.
  const ends = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
  const still = document.getAnimations().filter(ends).map((one) => one.finished.catch(() => {}));
  Promise.all(still).then(() =>
  axe.run(document, { preload: false, resultTypes: ["violations"] })).then(({ violations }) =>
    done(violations.map(({ id, nodes }) => [id, ...nodes.map((one) => one.html)].join(" "))));
"""


class Window:
    def __init__(self, webkit: WebKitGTK, site: str) -> None:
        self.webkit = webkit
        self.site = site
        away = (WebDriverException, StaleElementReferenceException)
        self.wait = WebDriverWait(webkit, PATIENCE_SECONDS, 0.1, ignored_exceptions=away)

    def goto(self, address: str) -> None:
        self.webkit.get(address if address.startswith("http") else self.site + address)

    def see(self, what: str, words: str) -> WebElement:
        """The first of them that is shown, as soon as one is."""
        path = what.format(words)

        def shown(webkit: WebKitGTK) -> WebElement | None:
            found = webkit.find_elements(By.XPATH, path)
            return next((one for one in found if one.is_displayed()), None)

        return self.wait.until(shown, f"There is no {path}.")

    def press(self, words: str) -> None:
        def pressed(webkit: WebKitGTK) -> bool:
            button = self.see(BUTTON, words)
            # WebKitGTK's driver leaves it where it is, and then cannot press it.
            webkit.execute_script("arguments[0].scrollIntoView({block: 'nearest'})", button)
            button.click()
            return True

        self.wait.until(pressed)

    def type(self, label: str, text: str) -> None:
        field = self.see(FIELD, label)
        field.clear()
        field.send_keys(text)

    def key(self, key: str) -> None:
        self.webkit.switch_to.active_element.send_keys(key)

    def until(self, says: str) -> None:
        """JavaScript that becomes true."""
        self.wait.until(lambda webkit: webkit.execute_script(f"return {says}"), says)

    def axe(self) -> None:
        if not self.webkit.execute_script("return 'axe' in window"):
            self.webkit.execute_script(AXE_SCRIPT)
        assert self.webkit.execute_async_script(RUN_AXE) == []

    def sign_in(self, user: object) -> None:
        client = Client()
        client.force_login(user)
        name = django_settings.SESSION_COOKIE_NAME
        self.goto("/accounts/sign-in/")
        self.webkit.add_cookie({"name": name, "value": client.cookies[name].value, "path": "/"})

    def picture(self, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            self.webkit.save_screenshot(str(Path(folder) / f"webkit-{name}.png"))


@pytest.fixture
def window(webkit, site):
    yield Window(webkit, site)
    webkit.delete_all_cookies()
    webkit.get("about:blank")


def test_a_guest_joins_and_one_who_is_invited_comes_in(window, item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    window.goto(guest_link_address(link))
    window.press("Watch now")
    window.until("document.activeElement.matches('#id_name[aria-invalid=true]')")
    window.picture("join-empty")
    window.axe()
    window.type("Your name", "Ada Lovelace")
    window.type("Email", "ada@example.org")
    window.press("Watch now")
    window.see(TEXT, "Ada Lovelace")
    window.axe()

    invited = factories.InvitationFactory(item=item, email="grace@example.org")
    window.goto(invitation_address(invited))
    window.axe()
    window.press("Accept")
    window.see(FIELD, "Six-digit code")
    digits = mailed_digits(invited)
    window.type("Six-digit code", "000000" if digits != "000000" else "111111")
    window.press("Continue")
    window.until("document.activeElement.matches('#id_code[aria-invalid=true]')")
    window.axe()
    window.type("Six-digit code", f"{digits[:3]} {digits[3:]}")
    window.press("Continue")
    window.see(TEXT, "Grace Hopper")
    window.picture("invited")
    window.axe()


def test_the_three_dialogs(window, owner, item):
    window.sign_in(owner)
    window.goto(item.get_absolute_url())
    window.press("Share")
    window.until("document.activeElement.id === 'dialog-title'")
    window.axe()
    window.press("Invite users")
    window.type("Email", "nonsense")
    window.key(Keys.ENTER)
    window.see(TEXT, "Enter a full email address")
    window.until("document.activeElement.id === 'id_email'")
    window.picture("invite")
    window.axe()
    # Not today's date in grey.
    window.until("document.getElementById('id_last_day').matches('.is-empty')")
    window.until("CSS.supports('-webkit-hyphens', 'none')")
    window.key(Keys.ESCAPE)
    window.press("Keep editing")
    window.until("document.getElementById('id_email').value === 'nonsense'")
    window.key(Keys.ESCAPE)
    window.press("Discard")
    window.until("!document.getElementById('dialog').open")

    window.goto(item.get_absolute_url())
    window.press("Share")
    window.press("Manage guest access")
    window.until("document.getElementById('dialog-title')?.textContent === 'Manage guest access'")
    window.webkit.find_element(By.CSS_SELECTOR, "#dialog [role=switch]").click()
    window.type("Name", "Webinar")
    window.press("Create")
    window.see(TEXT, "Active")
    window.picture("guest-access")
    window.axe()


def test_a_room_says_that_there_will_be_no_picture_and_takes_no_seat(window, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")
    services.open_session(item=room)
    window.sign_in(owner)
    window.goto(f"/media/{room.public_id}/session/")
    window.press("Join the session")
    window.until("document.querySelector('#live[data-scripts][data-connection]') !== null")
    assert window.webkit.execute_script("return 'RTCPeerConnection' in window") is False
    window.see(TEXT, "support video and audio in rooms.")
    window.until("getComputedStyle(document.getElementById('stage-go')).display === 'none'")
    window.picture("room")
    window.axe()
    assert not Seat.objects.exists()


def test_the_player_is_ours_here_too(window, owner):
    film = steps.prepared_item(owner=owner, kind=Kind.VIDEO, sample=samples().mp4)
    window.sign_in(owner)
    window.goto(film.get_absolute_url())
    window.until("document.querySelector('[data-player][data-ready]') !== null")
    window.until("!document.querySelector('video').controls")
    shape = "document.querySelector('[data-player]').getBoundingClientRect()"
    window.until(f"Math.abs({shape}.width / {shape}.height - 16 / 9) < 0.01")
    window.until(
        "document.querySelector('.player-bar media-play-button').ariaLabel === 'Play'"
        " && document.querySelector('.player-bar').clientHeight >= 44"
    )
    window.webkit.find_element(By.ID, "speed-button").click()
    window.see(TEXT, "1.5×").click()
    window.until("document.querySelector('video').playbackRate === 1.5")
    window.picture("player")
    window.axe()
