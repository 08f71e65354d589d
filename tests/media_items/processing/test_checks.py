from media_items.processing import ffmpeg
from media_items.processing.checks import check_ffmpeg


def ids():
    return [one.id for one in check_ffmpeg(None)]


def test_the_ffmpeg_of_the_tests_is_one_that_foyer_supports():
    assert ids() == []


def test_a_site_whose_ffmpeg_is_missing_is_told(settings):
    settings.FFMPEG_BIN = "/nope"
    assert ids() == ["foyer.W111"]


def program(folder, version):
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\necho 'ffmpeg version {version} Copyright'\n")
    path.chmod(0o755)
    return str(path)


def test_a_site_whose_ffmpeg_is_old_or_lacks_something_is_told(settings, tmp_path):
    settings.FFMPEG_BIN = program(tmp_path, "4.4.2-0ubuntu0.22.04.1")
    assert ffmpeg.version() == (4, 4)
    assert ids() == ["foyer.W112", "foyer.W113", "foyer.W114"]


def test_a_build_of_the_day_has_no_number(settings, tmp_path):
    settings.FFMPEG_BIN = program(tmp_path, "N-113007-g8d24a28d06")
    assert ffmpeg.version() is None
    assert "foyer.W112" not in ids()
