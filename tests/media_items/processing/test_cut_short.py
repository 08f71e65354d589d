"""Recordings that break off: refused where the file itself says so, told to the owner where its end
does, and never held against one that is whole."""

from __future__ import annotations

import os
import struct
import subprocess
from functools import cache

import pytest
from django.conf import settings as site

from media_items.processing import chunks, endings, ffmpeg
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.identify import identify
from media_items.processing.notes import in_words
from media_items.processing.probe import probe
from media_items.processing.tasks import prepare_media_item
from tests.media_items.processing.test_services import attach
from tests.media_samples import kept_as, samples

SAY_THEIR_LENGTH = ["wav", "w64", "aiff", "caf", "avi"]
END_IN_PARTS = ["ts", "m2ts", "ogg", "opus", "aac", "flac", "mp3", "flv"]
FILMS = {"avi", "ts", "m2ts", "flv"}


@cache
def whole(ending):
    folder = site.DATA_DIR / "cut-short"
    folder.mkdir(exist_ok=True)
    return kept_as(ending, folder)


def kind_of(ending):
    return "video" if ending in FILMS else "audio"


def cut(ending, folder, *, kept):
    content = whole(ending).read_bytes()
    path = folder / f"short.{ending}"
    path.write_bytes(content[: int(len(content) * kept)])
    return path


def container_of(path):
    return probe(path).container


@pytest.mark.parametrize("ending", [*SAY_THEIR_LENGTH, *END_IN_PARTS])
def test_a_whole_one_is_taken_and_nothing_is_said(ending):
    path = whole(ending)
    identify(path, kind=kind_of(ending))
    assert not endings.breaks_off(path, container_of(path))


@pytest.mark.parametrize("kept", [0.4, 0.95])
@pytest.mark.parametrize("ending", SAY_THEIR_LENGTH)
def test_one_that_says_its_length_is_refused_when_it_is_shorter(ending, kept, tmp_path):
    path = cut(ending, tmp_path, kept=kept)
    with pytest.raises(NotAcceptedFile, match="incomplete"):
        identify(path, kind=kind_of(ending))
    assert chunks.missing_share(path) == pytest.approx(1 - kept, abs=0.05)


@pytest.mark.parametrize("kept", [0.4, 0.953])
@pytest.mark.parametrize("ending", END_IN_PARTS)
def test_one_that_says_none_is_taken_and_its_ending_is_noticed(ending, kept, tmp_path):
    """Whether a share of it ends between two of its parts is chance. Of the lengths of some bytes,
    at most one does: no part is as short."""
    path = cut(ending, tmp_path, kept=kept)
    identify(path, kind=kind_of(ending))
    content, at, whole_parts = whole(ending).read_bytes(), path.stat().st_size, []
    for length in range(at, at + 16):
        path.write_bytes(content[:length])
        if not endings.breaks_off(path, container_of(path)):
            whole_parts.append(length)
    assert len(whole_parts) <= 1


@pytest.mark.parametrize("ending", ["ogg", "opus"])
def test_the_first_bytes_of_another_page_are_a_page_that_breaks_off(ending, tmp_path):
    content = whole(ending).read_bytes()
    page = content.rindex(b"OggS\x00")
    path = tmp_path / f"short.{ending}"
    for behind in range(5):
        path.write_bytes(content[: page + behind])
        assert endings.breaks_off(path, "ogg") is (behind > 0)


def test_a_browsers_recording_that_breaks_off_is_noticed(tmp_path):
    path = samples().webm_without_length
    assert not endings.breaks_off(path, "webm")
    short = tmp_path / "short.webm"
    short.write_bytes(path.read_bytes()[:-3_000])
    identify(short, kind="video")
    assert endings.breaks_off(short, "webm")


@pytest.mark.parametrize(
    "name", ["webm", "mkv_mpeg4", "webm_without_length", "mp3", "mp3_with_cover"]
)
def test_whole_samples_end_well(name):
    path = getattr(samples(), name)
    assert not endings.breaks_off(path, container_of(path))


# --- lengths that are none ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size", [0, 0xFFFFFFFF, 0xFFFFFFFF - 36, 0x7FFFFFFF, 0x7FFFF000, 0x80000000, 0x7FFFFFFF - 36]
)
def test_a_sound_that_was_written_into_a_pipe_is_whole(tmp_path, size):
    content = bytearray(whole("wav").read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", size)
    content[4:8] = struct.pack("<I", size)
    path = tmp_path / "pipe.wav"
    path.write_bytes(content)
    assert chunks.missing_share(path) == 0
    identify(path, kind="audio")


@pytest.mark.parametrize(("ending", "form"), [("wav", "wav"), ("avi", "avi"), ("caf", "caf")])
def test_what_ffmpeg_writes_into_a_pipe_is_whole(tmp_path, ending, form):
    path = tmp_path / f"pipe.{ending}"
    source = ["-i", str(whole(ending)), "-c", "copy", "-f", form, "pipe:1"]
    command = [ffmpeg.find_ffmpeg(), "-v", "error", *source]
    with path.open("wb") as target:
        subprocess.run(command, stdout=target, check=True, timeout=60)
    assert chunks.missing_share(path) == 0


def test_a_sound_of_more_than_four_gigabytes_says_its_length_elsewhere(tmp_path):
    path = tmp_path / "large.wav"
    sound = 5 * 1024**3
    head = b"RF64" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE"
    head += b"ds64" + struct.pack("<IQQQI", 28, sound + 72, sound, 0, 0)
    head += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
    head += b"data" + struct.pack("<I", 0xFFFFFFFF)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + sound)  # holes, which take no room
        assert chunks.missing_share(path) == 0
        file.truncate(len(head) + sound // 2)
        assert chunks.missing_share(path) == pytest.approx(0.5, abs=0.01)


def test_a_few_bytes_more_or_less_are_a_writers_way_to_count(tmp_path):
    path = tmp_path / "padded.wav"
    path.write_bytes(whole("wav").read_bytes()[:-44])
    assert chunks.missing_share(path) == 0


def test_what_follows_a_sound_does_not_make_it_short(tmp_path):
    for ending in [*SAY_THEIR_LENGTH, "aac", "ogg", "flac", "mp3"]:
        path = tmp_path / f"tagged.{ending}"
        path.write_bytes(whole(ending).read_bytes() + b"TAG" + bytes(125))
        assert chunks.missing_share(path) == 0
        assert not endings.breaks_off(path, container_of(whole(ending))), ending


@pytest.mark.parametrize("container", [*endings._LOOKS, "wav"])
def test_nonsense_is_looked_at_without_an_error(tmp_path, container):
    path = tmp_path / "nonsense"
    for size in (0, 1, 3, 12, 50, 5_000):
        for content in (os.urandom(size), b"\xff" * size, bytes(size), b"OggS\0" * (size // 5)):
            path.write_bytes(content)
            endings.breaks_off(path, container)
            for name in (b"RIFF", b"riff", b"FORM", b"caff", b"RF64"):
                path.write_bytes(name + content)
                chunks.missing_share(path)


@pytest.mark.django_db
def test_the_owner_is_told_that_a_recording_breaks_off(item, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    attach(item, cut("ts", tmp_path, kept=0.7))
    prepare_media_item.call(item.pk)
    item.preparation.refresh_from_db()
    assert item.preparation.state == "ready"
    assert any("cut off at the end" in words for words in in_words(item.preparation.notes))
