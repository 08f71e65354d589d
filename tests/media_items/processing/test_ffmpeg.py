import time

import pytest

from media_items.processing import ffmpeg
from media_items.processing.errors import PreparationError
from tests.media_samples import samples
from tests.waiting import machine_is_busy


def encode(source, target, **options):
    ffmpeg.run(
        [*ffmpeg.reading(source), "-c:v", "libx264", "-preset", "ultrafast", f"file:{target}"],
        **{"timeout_seconds": 30, **options},
    )


def test_progress_rises_to_the_end(tmp_path):
    heard = []
    encode(
        samples().mp4,
        tmp_path / "out.mp4",
        on_progress=heard.append,
        duration_ms=2000,
    )
    assert heard
    assert heard == sorted(heard)
    assert heard[-1] > 90


def test_a_run_without_known_length_still_gives_signs_of_life(tmp_path):
    heard = []
    encode(samples().mp4, tmp_path / "out.mp4", on_progress=heard.append)
    assert heard
    assert set(heard) == {0}


@pytest.mark.parametrize("name", ["playlist_named_mp4", "concat_script_named_mp4"])
def test_a_playlist_is_never_followed(tmp_path, name):
    target = tmp_path / "out.mp4"
    with pytest.raises(PreparationError) as refused:
        encode(getattr(samples(), name), target)
    assert "root:" not in refused.value.detail
    assert not target.exists()


def test_a_playlist_is_refused_by_ffmpeg_itself_for_its_format(tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_bytes(samples().playlist_named_mp4.read_bytes())
    _status, said = ffmpeg.capture(ffmpeg.reading(playlist), timeout_seconds=10)
    assert "whitelist" in said.lower()


def test_a_picture_is_not_read_as_a_video(tmp_path):
    with pytest.raises(PreparationError):
        encode(samples().png, tmp_path / "out.mp4")


def test_a_name_that_looks_like_an_option_or_an_address_is_only_a_name(tmp_path):
    odd = tmp_path / "-i http:%03d.mp4"
    odd.write_bytes(samples().mp4.read_bytes())
    encode(odd, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").stat().st_size > 0


def test_a_run_that_takes_too_long_is_ended(tmp_path):
    before = time.monotonic()
    with pytest.raises(PreparationError, match="too long"):
        ffmpeg.run(["-re", *ffmpeg.reading(samples().mp4), "-f", "null", "-"], timeout_seconds=0.5)
    assert time.monotonic() - before < 1.8 or machine_is_busy()


def test_an_exception_of_the_listener_ends_the_run_and_is_passed_on(tmp_path):
    def stop(_percent):
        raise KeyError

    before = time.monotonic()
    with pytest.raises(KeyError):
        ffmpeg.run(
            ["-re", *ffmpeg.reading(samples().mp4), "-f", "null", "-"],
            timeout_seconds=30,
            on_progress=stop,
        )
    assert time.monotonic() - before < 1.8 or machine_is_busy()


def test_a_damaged_file_is_explained_in_a_sentence(tmp_path):
    with pytest.raises(PreparationError, match="damaged or incomplete"):
        encode(samples().truncated_mp4, tmp_path / "out.mp4")


def test_a_configured_program_that_is_missing_is_said(settings):
    settings.FFMPEG_BIN = "/nowhere/ffmpeg"
    with pytest.raises(PreparationError, match="admin"):
        ffmpeg.find_ffmpeg()
