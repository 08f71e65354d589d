"""A live event that is open, and what a recorder would send of it."""

from __future__ import annotations

import subprocess
from functools import cache

import pytest

from media_items.live.broadcast import services
from media_items.live.broadcast.feeder import Feeder
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Participant
from media_items.processing.ffmpeg import find_ffmpeg
from tests.media_items.live.conftest import come_in
from tests.waiting import until

_TYPES = {
    "h264": ("video/x-matroska;codecs=avc1,opus", "matroska"),
    "vp8": ("video/webm;codecs=vp8,opus", "webm"),
    "mp4": ("video/mp4;codecs=avc1,mp4a.40.2", "mp4"),
}
_CODECS = {
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "libopus"],
    "vp8": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
    "mp4": ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac"],
}
_ENDLESS = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]


@cache
def recorded(kind: str = "h264", *, seconds: int = 8, sound: bool = True, size: str = "320x180"):
    """(type, pieces) as a browser's recorder gives them, about one a second."""
    mime_type, container = _TYPES[kind]
    tone = ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}"] if sound else []
    codecs = _CODECS[kind] if sound else [*_CODECS[kind][:-2], "-an"]
    endless = _ENDLESS if kind == "mp4" else ["-live", "1", "-cluster_time_limit", "1000"]
    command = [find_ffmpeg(), "-v", "error", "-nostdin", "-f", "lavfi"]
    command += ["-i", f"testsrc2=s={size}:r=25:d={seconds}", *tone, *codecs]
    command += ["-pix_fmt", "yuv420p", *endless, "-f", container, "-"]
    whole = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    length = -(-len(whole) // seconds)
    return mime_type, [whole[at : at + length] for at in range(0, len(whole), length)]


@pytest.fixture
def session(event):
    """Of `event`, live."""
    return sessions.open_session(item=event)


@pytest.fixture
def host(client_of, owner, session, event):
    """The owner's browser, inside."""
    return come_in(client_of(owner), event)


@pytest.fixture
def me(host, session):
    """The owner's row in the session."""
    return Participant.objects.select_related("session__item").get(session=session)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()


@pytest.fixture
def send(me):
    """`send(recorded())`: a run with these pieces, all of them on the disk."""

    def all_of_it(recording, *, stop=False, **options):
        mime_type, pieces = recording
        run = services.start_run(me=me, mime_type=mime_type, **options)
        run.broadcast.session = me.session
        for number, piece in enumerate(pieces):
            services.take_chunk(run=run, number=number, content=piece)
            run.refresh_from_db(fields=["next_chunk"])
        if stop:
            services.pause(session=me.session)
        return run

    return all_of_it


@pytest.fixture
def feeder(db):
    made = Feeder()
    yield made
    made.close()


@pytest.fixture
def step_until(feeder):
    """`step_until(lambda: …)`: steps as its thread does, until it is so."""

    def step_and_look(condition):
        feeder.step()
        return condition()

    return lambda condition: condition() or until(lambda: step_and_look(condition))
