import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media_items.processing.errors import NotAcceptedFile, PreparationError
from media_items.processing.pictures import (
    audio_poster,
    clean_picture,
    document_poster,
    video_poster,
)
from media_items.processing.waveform import BARS, as_text, loudness_of
from tests.media_samples import samples


def opened(jpeg):
    picture = Image.open(io.BytesIO(jpeg))
    assert picture.format == "JPEG"
    return picture


def uploaded(picture, format_, **options):
    out = io.BytesIO()
    picture.save(out, format_, **options)
    return SimpleUploadedFile("picture", out.getvalue())


def test_a_video_gives_a_poster_of_its_shape(tmp_path):
    poster = video_poster(samples().mp4, folder=tmp_path, duration_ms=2000)
    assert opened(poster).size == (320, 180)


def test_a_poster_is_never_wider_than_1280(tmp_path):
    poster = video_poster(samples().mp4_large, folder=tmp_path, duration_ms=1000)
    assert opened(poster).size == (1280, 720)


def test_a_video_that_lies_about_its_length_still_gives_a_poster(tmp_path):
    poster = video_poster(samples().mp4, folder=tmp_path, duration_ms=500_000)
    assert opened(poster).size == (320, 180)


def test_sound_gives_no_video_poster(tmp_path):
    with pytest.raises(PreparationError):
        video_poster(samples().mp3, folder=tmp_path, duration_ms=2000)


def test_a_sound_gives_a_waveform(tmp_path):
    heights = loudness_of(samples().wav, folder=tmp_path, duration_ms=2000)
    assert len(heights) == BARS
    assert max(heights) == 1
    assert len(as_text(heights)) == 2 * BARS
    assert list(tmp_path.iterdir()) == []
    poster = opened(audio_poster(heights))
    assert poster.size == (1280, 720)
    assert len(poster.convert("RGB").getcolors(maxcolors=1280 * 720)) > 50


def test_silence_has_no_waveform_and_a_picture_all_the_same():
    assert as_text([0.0] * BARS) == ""
    assert opened(audio_poster([0.0] * BARS)).size == (1280, 720)


def test_a_document_gives_its_first_page():
    assert opened(document_poster(samples().pdf)).size == (1280, 720)


def test_a_thumbnail_is_cropped_to_16_by_9_and_never_enlarged():
    assert opened(clean_picture(uploaded(Image.new("RGB", (4000, 4000)), "PNG"))).size == (
        1280,
        720,
    )
    assert opened(clean_picture(uploaded(Image.new("RGB", (320, 320)), "PNG"))).size == (320, 180)


def test_a_see_through_picture_gets_a_white_ground():
    clear = Image.new("RGBA", (64, 36), (255, 0, 0, 0))
    assert opened(clean_picture(uploaded(clear, "PNG"))).getpixel((5, 5)) == (255, 255, 255)


def test_a_turned_photo_is_set_upright_and_its_place_forgotten():
    photo = Image.new("RGB", (360, 640), "red")
    exif = photo.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "at home"
    cleaned = clean_picture(uploaded(photo, "JPEG", exif=exif, comment=b"secret"))
    assert opened(cleaned).size == (640, 360)
    assert not opened(cleaned).getexif()
    assert b"at home" not in cleaned
    assert b"secret" not in cleaned


def test_a_moving_picture_is_refused():
    frames = [Image.new("RGB", (64, 36), colour) for colour in ("red", "green")]
    moving = uploaded(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(NotAcceptedFile, match="animated"):
        clean_picture(moving)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1"])
def test_a_large_picture_is_made_smaller_before_it_is_worked_on(mode):
    large = Image.new(mode, (2600, 2700))
    assert opened(clean_picture(uploaded(large, "PNG"))).size == (1280, 720)


def test_a_small_file_of_very_many_points_is_refused():
    with pytest.raises(NotAcceptedFile, match="too large"):
        clean_picture(uploaded(Image.new("L", (5200, 5200)), "PNG"))


def test_a_decompression_bomb_is_refused_before_it_is_drawn():
    bomb = uploaded(Image.new("1", (12_000, 12_000)), "PNG")
    assert bomb.size < 100_000
    with pytest.raises(NotAcceptedFile, match="too large"):
        clean_picture(bomb)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\x00" * 50,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"",
        b"hello",
    ],
)
def test_what_is_no_still_picture_is_refused(content):
    with pytest.raises(NotAcceptedFile, match="not a picture we can use"):
        clean_picture(SimpleUploadedFile("picture.png", content))


def test_a_picture_cut_short_is_refused():
    whole = samples().png.read_bytes()
    with pytest.raises(NotAcceptedFile, match="damaged"):
        clean_picture(SimpleUploadedFile("picture.png", whole[: len(whole) // 2]))
