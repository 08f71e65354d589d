import pytest

from media_items.processing.errors import PreparationError
from media_items.processing.probe import is_web_safe, parse, probe
from tests.media_samples import samples


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mp4", ("mp4", "h264", "aac")),
        ("mov", ("mov", "h264", "aac")),
        ("webm", ("webm", "vp9", "opus")),
        ("mkv_mpeg4", ("matroska", "mpeg4", "ac3")),
        ("wav", ("wav", "", "pcm_s16le")),
        ("mp3", ("mp3", "", "mp3")),
        ("flac", ("flac", "", "flac")),
    ],
)
def test_container_and_codecs_are_found(name, expected):
    found = probe(getattr(samples(), name))
    assert (found.container, found.video_codec, found.audio_codec) == expected


def test_length_and_size_are_found():
    found = probe(samples().mp4)
    assert (found.width, found.height) == (320, 180)
    assert found.duration_ms == pytest.approx(2000, abs=100)


def test_a_turned_video_has_the_size_it_is_shown_in():
    found = probe(samples().mp4_turned)
    assert (found.width, found.height) == (180, 320)


def test_the_cover_of_a_song_is_not_a_video():
    found = probe(samples().mp3_with_cover)
    assert found.has_audio
    assert not found.has_video


def test_words_in_the_metadata_are_not_taken_for_streams():
    assert probe(samples().mp3_with_cover).width is None


def test_a_recording_of_a_browser_has_no_length():
    assert probe(samples().webm_without_length).duration_ms is None


def test_the_place_of_recording_is_noticed():
    assert probe(samples().mp4_with_place).has_location
    assert not probe(samples().mp4).has_location


@pytest.mark.parametrize(
    "name", ["mp4", "mp4_index_at_end", "mov", "webm", "silent_mp4", "wav", "mp3", "m4a"]
)
def test_what_browsers_play_is_web_safe(name):
    assert is_web_safe(probe(getattr(samples(), name)))


@pytest.mark.parametrize("name", ["mkv_mpeg4", "mkv_h264_ac3", "mp4_ten_bit", "mp4_large", "flac"])
def test_what_some_browser_does_not_play_is_not_web_safe(name):
    assert not is_web_safe(probe(getattr(samples(), name)))


@pytest.mark.parametrize(
    "name", ["png", "pdf", "web_page_named_mp4", "playlist_named_mp4", "truncated_mp4"]
)
def test_what_holds_no_recording_is_refused(name):
    with pytest.raises(PreparationError):
        probe(getattr(samples(), name))


def test_nothing_said_is_refused():
    with pytest.raises(PreparationError):
        parse("")
