"""Files that were shown as whole, or in true colours, and were not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from media_items.processing import ffmpeg, pictures
from media_items.processing.errors import NotAcceptedFile
from media_items.processing.identify import identify
from media_items.processing.mp4_boxes import missing_share
from media_items.processing.pictures import clean_picture
from media_items.processing.probe import probe
from media_items.processing.renditions import prepare_audio, prepare_video
from tests.media_samples import samples

CASES = Path(__file__).parents[2] / "cases" / "media"


def frame_of(path, folder, *, filters="null"):
    shot = folder / "shot.png"
    ffmpeg.run(["-i", str(path), "-vf", filters, "-frames:v", "1", str(shot)], timeout_seconds=60)
    return Image.open(shot).convert("RGB")


@pytest.mark.parametrize("name", ["truncated-faststart.mp4"])
def test_a_film_cut_short_with_its_head_in_front_is_refused_at_the_upload(name):
    with pytest.raises(NotAcceptedFile, match=r"incomplete: \d+% of it is missing"):
        identify(CASES / name, kind="video")


def test_a_webm_cut_short_is_refused_at_the_upload():
    with pytest.raises(NotAcceptedFile, match="incomplete"):
        identify(samples().webm_cut_short, kind="video")


@pytest.mark.parametrize(
    "name", ["mp4", "mp4_index_at_end", "webm", "webm_without_length", "mkv_mpeg4", "mp4_turned"]
)
def test_a_whole_film_is_whole(name):
    identify(getattr(samples(), name), kind="video")


def test_how_much_is_missing_is_said(tmp_path):
    half = tmp_path / "half.mp4"
    whole = samples().mp4.read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    assert missing_share(half) == pytest.approx(0.5, abs=0.1)


def test_a_sound_of_changing_rate_has_its_true_length(tmp_path):
    source = samples().two_minutes_of_vbr_mp3
    assert probe(source).is_length_estimated
    assert abs(probe(source).duration_ms - 120_000) > 5_000
    made = prepare_audio(source, folder=tmp_path)
    assert not made.is_original
    assert made.content_type == "audio/mpeg"
    assert made.probe.duration_ms == pytest.approx(120_000, abs=500)
    assert not made.probe.is_length_estimated


def test_an_interlaced_film_is_shown_without_combs(tmp_path):
    source = CASES / "avchd-moving.mts"
    assert probe(source).is_interlaced
    made = prepare_video(source, folder=tmp_path)
    assert not made.probe.is_interlaced
    assert combs(frame_of(made.path, tmp_path)) < 0.5 * combs(frame_of(source, tmp_path))


def combs(picture):
    """How much neighbouring lines differ more than lines two apart."""
    grey = picture.convert("L")
    width, height = grey.size
    values = grey.tobytes()
    total = 0
    for row in range(1, height - 1):
        for column in range(0, width, 4):
            above, here, below = (values[(row + n) * width + column] for n in (-1, 0, 1))
            total += max(0, min(abs(here - above), abs(here - below)) - abs(above - below))
    return total


@pytest.mark.parametrize("how", ["poster", "conversion"])
def test_a_film_of_high_range_is_shown_in_true_colours(tmp_path, how):
    made = prepare_video(CASES / "hlg-patches.mov", folder=tmp_path)
    if how == "poster":
        jpeg = pictures.video_poster(made.path, folder=tmp_path, duration_ms=2000)
        picture = Image.open(io.BytesIO(jpeg))
    else:
        picture = frame_of(made.path, tmp_path)
    red, green, blue = picture.getpixel((picture.width // 12, picture.height // 2))
    assert (red, green, blue) == pytest.approx((200, 60, 60), abs=20)
    assert not made.probe.is_high_range


def test_the_sound_that_plays_is_the_default_one(tmp_path):
    found = probe(samples().mp4_with_extras)
    assert (found.audio_number, found.audios) == (1, 2)
    assert (found.subtitles, found.chapters) == (1, 2)
    made = prepare_video(samples().mp4_with_extras, folder=tmp_path)
    assert made.probe.audios == 1
    _status, said = ffmpeg.capture(
        ["-i", str(made.path), "-af", "volumedetect", "-f", "null", "-"], timeout_seconds=60
    )
    assert "mean_volume: -91" not in said  # the first is silence
    assert "mean_volume" in said


def test_sixteen_bit_greys_keep_their_shades():
    with (CASES / "gray16.png").open("rb") as file:
        picture = Image.open(io.BytesIO(clean_picture(file))).convert("L")
    darkest, lightest = picture.getextrema()
    assert darkest < 40
    assert lightest > 180
    shades = {round(picture.getpixel((x, 100)) / 16) for x in range(0, picture.width, 8)}
    assert len(shades) > 8


def test_the_colours_of_a_profile_are_converted():
    wide = Image.new("RGB", (320, 180), (200, 60, 60))
    file = io.BytesIO()
    profile = swapped_profile()
    wide.save(file, "PNG", icc_profile=profile)
    drawn = Image.open(io.BytesIO(clean_picture(file)))
    red, green, _blue = drawn.getpixel((10, 10))
    assert green > red + 50
    assert "icc_profile" not in drawn.info


@pytest.mark.parametrize("profile", [b"nothing", b"\x00" * 200])
def test_a_damaged_profile_leaves_the_colours(profile):
    file = io.BytesIO()
    Image.new("RGB", (320, 180), (200, 60, 60)).save(file, "PNG", icc_profile=profile)
    drawn = Image.open(io.BytesIO(clean_picture(file)))
    assert drawn.getpixel((10, 10)) == pytest.approx((200, 60, 60), abs=3)


def swapped_profile():
    """sRGB in which the places of red and green are exchanged: what it means is seen at once."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = (profile.index(name) for name in (b"rXYZ", b"gXYZ"))
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)
