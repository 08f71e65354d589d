"""Segments by nginx alone, as deploy/foyer_streams.conf says: a real nginx before a real site."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from media_items.delivery import grants
from media_items.delivery.grants import COOKIE_NAME
from tests.config.own_site import free_port
from tests.media_items.live.broadcast.test_grants import PLAYLIST, SEGMENT, Viewer, on_air
from tests.media_items.live.events.conftest import live_process  # noqa: F401
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "scripts"))
import find_nginx

NGINX = find_nginx.find()
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not NGINX, reason="nginx is not installed"),
]
DEPLOY = Path(__file__).parents[4] / "deploy"
AROUND = """
pid {folder}/pid;
daemon off;
{user}
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream foyer {{ server localhost:{foyer}; }}
    {map}
    server {{
        listen 127.0.0.1:{port};
        location / {{ include {folder}/foyer_proxy.conf; proxy_pass http://foyer; }}
        include {folder}/foyer_streams.conf;
    }}
}}
"""


@pytest.fixture
def nginx(live_process, settings, tmp_path):  # noqa: F811
    """Its port, with the files of deploy/ but for folders and ports."""
    settings.STREAM_GRANTS_FOR_NGINX = True
    settings.ALLOWED_HOSTS = ["*"]
    folder = tmp_path / "nginx"
    folder.mkdir()
    port = free_port()
    for name in ("foyer_proxy.conf", "foyer_streams.conf"):
        text = (DEPLOY / name).read_text().replace("/etc/nginx", str(folder))
        (folder / name).write_text(text.replace("/srv/foyer/data/media", str(settings.MEDIA_ROOT)))
    key = StringIO()
    call_command("stream_key", stdout=key)
    (folder / "foyer_stream_key.conf").write_text(key.getvalue())
    site = (DEPLOY / "nginx.conf").read_text()
    of_grants = re.search(r"map \$cookie_foyer_stream .*?\n}", site, re.DOTALL)
    user = "user root;" if os.geteuid() == 0 else ""
    main = AROUND.format(
        folder=folder, foyer=live_process.port, port=port, map=of_grants[0], user=user
    )
    (folder / "main.conf").write_text(main)
    process = subprocess.Popen([NGINX, "-p", folder, "-e", "stderr", "-c", folder / "main.conf"])
    until(lambda: (folder / "pid").exists() or process.poll() is not None)
    assert process.poll() is None
    yield port
    process.terminate()
    process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture
def ask(nginx, live_process):  # noqa: F811
    """`ask(path, cookies)`: by nginx; `direct=True`: of Foyer itself."""

    def get(path, cookies, *, direct=False, method="GET", **headers):
        port = live_process.port if direct else nginx
        connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_SECONDS)
        held = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.request(method, path, headers={"Cookie": held, **headers})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    return get


@pytest.fixture
def stream(event, me):
    return on_air(event, me)


def with_grant(browser, ask, stream):
    """The browser's cookies, and what its playlist brought through nginx."""
    cookies = {name: one.value for name, one in browser.cookies.items()}
    answer = ask(stream + PLAYLIST, cookies)
    assert answer.status == 200
    said = re.search(rf"{COOKIE_NAME}=([^;]+)", answer.headers["Set-Cookie"])
    return cookies | {COOKIE_NAME: said[1]}


def test_nginx_sends_segments_to_whoever_holds_a_grant_and_asks_foyer_for_others(
    ask,
    host,
    event,
    stream,
    live_process,  # noqa: F811
):
    cookies = with_grant(host, ask, stream)
    grant = {COOKIE_NAME: cookies[COOKIE_NAME]}
    by_foyer = ask(stream + SEGMENT, grant, direct=True)
    live_process.stop()
    sent = ask(stream + SEGMENT, grant)
    assert (sent.status, sent.content) == (200, b"picture")
    assert by_foyer.content == sent.content
    of_both = {"Date", "Server", "Connection", "Etag", "Vary", "Content-Language", "Expires"}
    said_only_over_https = {"Strict-Transport-Security"}
    of_site = {"Permissions-Policy", "Cross-Origin-Opener-Policy"}
    told, told_by_foyer = (
        {name.title(): value for name, value in answer.headers.items()}
        for answer in (sent, by_foyer)
    )
    for name in told_by_foyer.keys() - of_both - of_site:
        assert told[name] == told_by_foyer[name], name
    assert told.keys() - told_by_foyer.keys() <= of_both | said_only_over_https
    part = ask(stream + SEGMENT, grant, Range="bytes=1-2")
    assert (part.status, part.content) == (206, b"ic")
    assert ask(stream + SEGMENT, grant, method="HEAD").status == 200
    for path, held in {
        stream + PLAYLIST: grant,
        stream + "000001.ts": grant,
        stream.replace(event.public_id, "another0another0") + SEGMENT: grant,
        stream + SEGMENT: {},
    }.items():
        assert ask(path, held).status == 502, path  # it is Foyer's to say
    live_process.start()
    assert ask(stream + SEGMENT, {}).status == 404
    assert ask(stream + SEGMENT, cookies).status == 200
    assert ask(stream + "../hls/" + SEGMENT, grant).status == 404


def test_no_mark_is_good_but_the_one(ask, host, stream):
    cookies = with_grant(host, ask, stream)
    mark, _dot, end = cookies[COOKIE_NAME].partition(".")
    later = int(time.time()) + 20
    for forged in (
        "",
        f"{mark}.{int(end) + 1}",
        f"{mark[:-1]}.{end}",
        f"{mark}.{end}0",
        f"{grants._mark(stream[:-1], later)}.{later}",
        f"{grants._mark(stream, 1_700_000_000)}.1700000000",
    ):
        assert ask(stream + SEGMENT, {COOKIE_NAME: forged}).status == 404, forged


def test_whoever_is_removed_is_out_of_the_segments_within_seconds(
    ask, event, session, stream, settings
):
    settings.STREAM_GRANT_SECONDS = 3
    viewer = Viewer(event, session, "guest")
    held = with_grant(viewer.browser, ask, stream)
    viewer.remove(lasting=True)
    begun = time.monotonic()
    assert ask(stream + PLAYLIST, held).status == 403
    still = ask(stream + SEGMENT, held).status
    until(lambda: ask(stream + SEGMENT, held).status == 403)
    if not machine_is_busy():
        assert still == 200
        assert 1 < time.monotonic() - begun < 5
