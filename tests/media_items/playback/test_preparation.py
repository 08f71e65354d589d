"""From upload to player: what the page says meanwhile, and Try again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from media_items.catalogue.models import Kind, State
from media_items.processing.models import Preparation, Purpose
from tests import factories
from tests.media_items.playback.conftest import main_of

pytestmark = pytest.mark.django_db


def prepare(item, **fields):
    return Preparation.objects.create(item=item, **fields)


def ask(client, item, *, htmx=True):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(f"/media/{item.public_id}/preparation/", headers=headers)


def restart(client, item):
    return client.post(f"/media/{item.public_id}/preparation/restart/")


def test_a_draft_says_that_there_is_no_file(client_of, owner, item):
    html = main_of(client_of(owner).get(item.get_absolute_url()))
    assert "No file yet" in html
    assert f"/media/{item.public_id}/edit/" in html


def test_somebody_who_may_not_edit_a_draft_is_not_asked_to_upload(item):
    item.state = State.UNLISTED
    item.save()
    html = main_of(Client().get(item.get_absolute_url()))
    assert "No file yet" in html
    assert "Upload" not in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "In the queue"), ({"percent": 40}, 'value="40"')],
)
def test_while_it_is_prepared_the_page_shows_how_far_and_asks_again(
    client_of, owner, item, original, fields, words
):
    now = timezone.now()
    started = {"started_at": now, "heartbeat_at": now} if fields else {}
    prepare(item, **fields, **started)
    client = client_of(owner)
    for html in (main_of(client.get(item.get_absolute_url())), main_of(ask(client, item))):
        assert words in html
        assert 'hx-trigger="every 2s"' in html


def test_when_it_is_ready_the_page_loads_itself_anew(client_of, owner, item, original, playback):
    prepare(item, started_at=timezone.now(), finished_at=timezone.now(), percent=100)
    response = ask(client_of(owner), item)
    assert response["HX-Refresh"] == "true"


def test_without_script_the_fragment_leads_to_the_page(client_of, owner, item, original):
    prepare(item)
    assert ask(client_of(owner), item, htmx=False)["Location"] == item.get_absolute_url()


def test_an_editor_reads_what_went_wrong_and_may_try_again(client_of, owner, item, original):
    prepare(item, failed_at=timezone.now(), problem="This film has <no> picture.")
    html = main_of(client_of(owner).get(item.get_absolute_url()))
    assert "This film has &lt;no&gt; picture." in html
    assert "Try again" in html
    assert "every 2s" not in html


def test_others_read_that_it_cannot_be_shown_and_no_more(client_of, stranger, item, original):
    item.state = State.UNLISTED
    item.save()
    prepare(item, failed_at=timezone.now(), problem="Secret detail.")
    client = client_of(stranger)
    html = main_of(client.get(item.get_absolute_url()))
    assert "This cannot be shown right now" in html
    assert "Secret detail." not in html
    assert "Try again" not in html
    assert restart(client, item).status_code == 403


def test_work_that_has_given_no_sign_for_long_may_be_started_again(
    client_of, owner, item, original
):
    long_ago = timezone.now() - timedelta(hours=1)
    prepare(item, started_at=long_ago, heartbeat_at=long_ago, percent=70)
    client = client_of(owner)
    assert "Try again" in main_of(ask(client, item))
    assert restart(client, item)["Location"] == item.get_absolute_url()
    item.preparation.refresh_from_db()
    assert item.preparation.started_at is None


def test_ready_with_nothing_to_show_does_not_ask_for_ever(client_of, owner, item, original):
    before = timezone.now() - timedelta(minutes=1)
    prepare(item, started_at=before, finished_at=before)
    html = main_of(ask(client_of(owner), item))
    assert "Try again" in html
    assert "every 2s" not in html


def test_a_file_without_any_preparation_may_be_prepared(client_of, owner, item, original):
    client = client_of(owner)
    assert "Try again" in main_of(client.get(item.get_absolute_url()))
    restart(client, item)
    assert Preparation.objects.get(item=item).failed_at is None


def test_starting_again_without_a_file_starts_nothing(client_of, owner, item):
    assert restart(client_of(owner), item).status_code == 302
    assert not Preparation.objects.exists()


def test_a_guest_starts_nothing(guest_client, item, original):
    assert restart(guest_client, item).status_code == 403
    assert not Preparation.objects.exists()


def test_the_state_of_a_private_item_is_not_for_strangers(client_of, stranger, item, original):
    prepare(item)
    client = client_of(stranger)
    assert ask(client, item).status_code == 404
    assert restart(client, item).status_code == 404


def test_starting_again_is_a_post(client_of, owner, item, original):
    url = f"/media/{item.public_id}/preparation/restart/"
    assert client_of(owner).get(url).status_code == 405


def test_what_plays_goes_on_playing_while_it_is_prepared_again(client_of, owner, item, playback):
    prepare(item, started_at=timezone.now(), heartbeat_at=timezone.now())
    assert "<video" in main_of(client_of(owner).get(item.get_absolute_url()))


def test_a_session_has_nothing_to_prepare(client_of, owner):
    item = factories.MediaItemFactory(owner=owner, kind=Kind.QUIZ)
    assert ask(client_of(owner), item)["HX-Refresh"] == "true"
    assert not item.files.filter(purpose=Purpose.ORIGINAL).exists()
