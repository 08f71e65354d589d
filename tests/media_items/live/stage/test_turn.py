"""Credentials for coturn, by the formula of its `use-auth-secret`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from media_items.live.stage.mesh.turn import credential, ice_servers

MOMENT = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)


def test_the_password_is_the_hmac_of_the_user_name_under_the_shared_secret(settings):
    settings.LIVE_TURN_SECRET = "S"
    username, password = credential("17", MOMENT)
    assert username == f"{int(MOMENT.timestamp())}:17"
    expected = hmac.new(b"S", username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(password) == expected


def test_a_known_pair_stays_what_it_is(settings):
    """As `printf '1760263200:17' | openssl dgst -sha1 -hmac S -binary | base64` gives it."""
    settings.LIVE_TURN_SECRET = "S"
    ends_at = datetime.fromtimestamp(1760263200, UTC)
    assert credential("17", ends_at) == ("1760263200:17", "pYRhPlxtKbrTe/tUUu3rHWqZ/Uk=")


def test_a_credential_ends_an_hour_later(settings):
    settings.LIVE_TURN_URLS = ["turn:turn.example.edu:3478"]
    settings.LIVE_TURN_SECRET = "S"
    [turn] = ice_servers("17", MOMENT)
    assert turn["urls"] == ["turn:turn.example.edu:3478"]
    assert int(turn["username"].partition(":")[0]) == MOMENT.timestamp() + 3600


def test_without_servers_browsers_are_told_of_none(settings):
    settings.LIVE_STUN_URLS = settings.LIVE_TURN_URLS = []
    assert ice_servers("17", MOMENT) == []


def test_a_stun_server_gets_no_credential(settings):
    settings.LIVE_STUN_URLS, settings.LIVE_TURN_URLS = ["stun:stun.example.edu"], []
    assert ice_servers("17", MOMENT) == [{"urls": ["stun:stun.example.edu"]}]
