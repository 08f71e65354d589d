"""How much a browser that knows nothing of Foyer yet asks for, until a page stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page

from access.links import guest_link_address
from media_items.catalogue.models import Kind
from media_items.live.sessions import services as sessions
from tests import factories
from tests.browser import steps
from tests.conftest import client_with_admissions
from tests.media_samples import samples

# Everything: the page itself, styles, scripts, pictures, captions, each stretch of the film, and
# what the page asks for by itself. Not the icon: Chromium asks for it where it is made for windows,
# and its headless shell does not.
MOST_OF_JOIN_PAGE = 15
MOST_OF_MEDIA_PAGE = 24
MOST_OF_SESSION = {
    ("guest", Kind.ROOM): 35,
    ("guest", Kind.LIVE_EVENT): 30,
    ("host", Kind.ROOM): 41,
    ("host", Kind.LIVE_EVENT): 40,
}


@pytest.fixture
def cold(open_page) -> Callable[..., list[str]]:
    """`cold(address, until=…)`: what a new browser asks for; `as_`: whose proofs it holds.

    `until` waits for what the page does last; `last` is in what it asks for last, where that is
    later.
    """

    def visit(
        address: str,
        *,
        until: Callable[[Page], object],
        last: str = "",
        as_: Client | None = None,
    ) -> list[str]:
        page = open_page()
        if as_ is not None:
            name = django_settings.SESSION_COOKIE_NAME
            proof = {"name": name, "value": as_.cookies[name].value}
            page.context.add_cookies([proof | {"domain": "localhost", "path": "/"}])
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.resource_type} {request.url}"))
        page.goto(address)
        until(page)
        steps.until(page, lambda: any(last in one for one in asked))
        others = (" data:", " blob:", "/favicon.svg")
        return [one for one in asked if not any(part in one for part in others)]

    return visit


def film_is_there(page: Page) -> None:
    page.wait_for_function("document.querySelector('video').readyState >= 1")


def test_the_page_of_a_guest_link(cold, owner):
    film = steps.prepared_item(owner=owner, kind=Kind.VIDEO, sample=samples().mp4)
    link = factories.GuestLinkFactory(item=film, access_on=True)
    asked = cold(guest_link_address(link), until=lambda page: page.wait_for_load_state())
    assert len(asked) <= MOST_OF_JOIN_PAGE, "\n".join(asked)


def test_the_page_of_a_film_for_a_guest(cold, owner):
    film = steps.prepared_item(owner=owner, kind=Kind.VIDEO, sample=samples().mp4)
    link = factories.GuestLinkFactory(item=film, access_on=True)
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    asked = cold(film.get_absolute_url(), until=film_is_there, as_=guest)
    assert len(asked) <= MOST_OF_MEDIA_PAGE, "\n".join(asked)


@pytest.mark.live
@pytest.mark.parametrize(("who", "kind"), MOST_OF_SESSION)
def test_a_session(cold, owner, kind, who):
    """In a room the page stands when it has a seat to watch from and asks what the others sent."""
    item = factories.MediaItemFactory(owner=owner, kind=kind, title="Office hour")
    sessions.open_session(item=item)
    if who == "guest":
        link = factories.GuestLinkFactory(item=item, access_on=True)
        client = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    else:
        client = Client()
        client.force_login(owner)
    here = f"/media/{item.public_id}/session/"
    client.post(here + "enter/", headers={"host": "localhost"})
    last = "/stage/signal/" if kind == Kind.ROOM else "/events/"
    asked = cold(here, until=steps.scripts_run, last=last, as_=client)
    assert len(asked) <= MOST_OF_SESSION[who, kind], "\n".join(asked)
