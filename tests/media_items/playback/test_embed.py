"""The player inside pages of other sites, and the code that puts it there."""

from __future__ import annotations

import html as html_library
import re

import pytest
from django.test import Client
from django.utils import timezone

from media_items.catalogue.models import State
from media_items.processing.models import Preparation
from tests.media_items.playback.conftest import address

pytestmark = pytest.mark.django_db


def embed(client, item):
    return client.get(f"/media/{item.public_id}/embed/")


@pytest.fixture
def unlisted(item, playback):
    item.state = State.UNLISTED
    item.save()
    return item


def without_clock(response):
    return re.sub(r'data-now="\d[^"]*"', "", response.content.decode())


def test_the_embed_page_is_the_player_and_nothing_else(unlisted, playback):
    response = embed(Client(), unlisted)
    html = re.sub(r'<div id="words".*?</div>', "", response.content.decode(), flags=re.DOTALL)
    assert response.status_code == 200
    assert address(playback) in html
    for absent in ("<form", "media-actions", "site-header", "Sign in", "csrf"):
        assert absent not in html


def test_only_the_embed_page_may_be_framed(unlisted):
    framed = embed(Client(), unlisted)
    assert "frame-ancestors 'self' https:" in framed["Content-Security-Policy"]
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    page = Client().get(unlisted.get_absolute_url())
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_a_private_item_is_a_page_with_a_way_on_that_names_nothing(client_of, stranger, item):
    missing = Client().get(f"/media/{'x' * 16}/embed/")
    for client in (Client(), client_of(stranger)):
        response = embed(client, item)
        html = without_clock(response)
        assert response.status_code == 404
        assert "X-Frame-Options" not in response
        assert "frame-ancestors 'self' https:" in response["Content-Security-Policy"]
        assert f'href="/media/{item.public_id}/" target="_blank" rel="noopener"' in html
        assert item.title not in html
        assert html.replace(item.public_id, "x" * 16) == without_clock(missing)


def test_whoever_may_see_it_sees_it_in_a_frame_of_our_own_site(client_of, owner, item, playback):
    assert address(playback) in embed(client_of(owner), item).content.decode()


def test_nothing_in_a_frame_changes_anything(client_of, owner, item, original):
    Preparation.objects.create(item=item, failed_at=timezone.now(), problem="Broken.")
    html = embed(client_of(owner), item).content.decode()
    assert "Broken." in html
    assert "<form" not in html
    assert "hx-get" not in html


# --- the dialog -------------------------------------------------------------------------------


def code(client, item, query="", *, htmx=False):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(f"/media/{item.public_id}/embed-code/{query}", headers=headers)


def test_the_code_is_escaped_once_for_the_page_and_once_for_the_field(client_of, owner, item):
    item.title = 'Cells "&" <more></textarea><script>'
    item.save()
    html = code(client_of(owner), item).content.decode()
    start = html.index("<textarea")
    field = html[html.index(">", start) + 1 : html.index("</textarea>", start)]
    copied = html_library.unescape(field)
    assert copied == (
        f'<iframe src="http://testserver/media/{item.public_id}/embed/" width="640" height="360" '
        'title="Cells &quot;&amp;&quot; &lt;more&gt;&lt;/textarea&gt;&lt;script&gt;" '
        'allow="fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>'
    )


@pytest.mark.parametrize(
    ("query", "width"), [("?size=small", 480), ("?size=large", 960), ("?size=nonsense", 640)]
)
def test_the_code_has_the_size_asked_for(client_of, owner, item, query, width):
    assert f"width=&quot;{width}&quot;" in code(client_of(owner), item, query).content.decode()


def test_htmx_gets_the_dialog_alone(client_of, owner, item):
    response = code(client_of(owner), item, htmx=True)
    assert "<html" not in response.content.decode()
    assert 'id="dialog-title"' in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_the_dialog_says_whether_people_without_sign_in_will_see_it(client_of, owner, item):
    client = client_of(owner)
    assert "only while it is unlisted" in code(client, item).content.decode()
    item.state = State.UNLISTED
    item.save()
    assert "without signing in" in code(client, item).content.decode()


def test_who_may_not_embed_gets_no_code(client_of, stranger, guest_client, unlisted):
    assert code(client_of(stranger), unlisted).status_code == 403
    assert code(guest_client, unlisted).status_code == 403
    unlisted.state = State.PRIVATE
    unlisted.save()
    assert code(client_of(stranger), unlisted).status_code == 404
