import pytest

from media_items.processing import ffmpeg
from media_items.processing.errors import PreparationError
from media_items.processing.mp4_boxes import starts_fast
from media_items.processing.probe import is_web_safe, probe
from media_items.processing.renditions import prepare_audio, prepare_video
from tests.media_samples import samples


@pytest.mark.parametrize("name", ["mp4", "silent_mp4", "webm"])
def test_what_plays_everywhere_is_left_as_it_is(tmp_path, name):
    source = getattr(samples(), name)
    made = prepare_video(source, folder=tmp_path)
    assert made.is_original
    assert made.path == source
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mp4_index_at_end", "mov", "mp4_with_place", "mp4_turned"])
def test_good_streams_in_the_wrong_wrapping_are_wrapped_anew(tmp_path, name):
    made = prepare_video(getattr(samples(), name), folder=tmp_path)
    assert not made.is_original
    assert made.content_type == "video/mp4"
    assert starts_fast(made.path)
    assert is_web_safe(made.probe)
    # The same packets: encoding anew would change how many bytes they take.
    assert made.path.stat().st_size == pytest.approx(
        getattr(samples(), name).stat().st_size, rel=0.03
    )


def test_the_place_of_recording_is_left_behind(tmp_path):
    made = prepare_video(samples().mp4_with_place, folder=tmp_path)
    assert b"+32.0853" not in made.path.read_bytes()


def test_streams_that_the_player_does_not_show_are_left_behind(tmp_path):
    notes = tmp_path / "notes.srt"
    notes.write_text("1\n00:00:00,000 --> 00:00:01,000\nFor the staff only\n")
    source, folder = tmp_path / "source.mp4", tmp_path / "made"
    folder.mkdir()
    options = ["-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1:s", "-c", "copy"]
    options += ["-c:s", "mov_text", "-movflags", "+faststart"]
    ffmpeg.run(
        ["-i", str(samples().mp4), "-i", str(notes), *options, str(source)], timeout_seconds=60
    )
    assert probe(source).has_more
    made = prepare_video(source, folder=folder)
    assert not made.is_original
    assert not made.probe.has_more
    assert b"For the staff only" in source.read_bytes()
    assert b"For the staff only" not in made.path.read_bytes()


def test_a_turned_video_stays_turned(tmp_path):
    made = prepare_video(samples().mp4_turned, folder=tmp_path)
    assert (made.probe.width, made.probe.height) == (180, 320)


def test_a_recording_of_a_browser_gets_its_length(tmp_path):
    made = prepare_video(samples().webm_without_length, folder=tmp_path)
    assert made.content_type == "video/webm"
    assert made.probe.duration_ms == pytest.approx(2000, abs=200)


@pytest.mark.parametrize("name", ["mkv_mpeg4", "mp4_ten_bit"])
def test_what_browsers_cannot_play_is_encoded_anew(tmp_path, name):
    heard = []
    made = prepare_video(getattr(samples(), name), folder=tmp_path, on_progress=heard.append)
    assert (made.probe.video_codec, made.probe.pixel_format) == ("h264", "yuv420p")
    assert made.probe.audio_codec in {"aac", ""}
    assert is_web_safe(made.probe)
    assert starts_fast(made.path)
    assert heard


def test_only_the_sound_is_made_anew_when_the_picture_is_good(tmp_path):
    made = prepare_video(samples().mkv_h264_ac3, folder=tmp_path)
    assert (made.probe.video_codec, made.probe.audio_codec) == ("h264", "aac")
    assert made.probe.container == "mp4"


def test_a_large_picture_is_brought_down_to_1080_lines(tmp_path):
    made = prepare_video(samples().mp4_large, folder=tmp_path)
    assert (made.probe.width, made.probe.height) == (1920, 1080)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("wav", "audio/wav"), ("mp3", "audio/mpeg"), ("m4a", "audio/mp4")],
)
def test_sound_that_plays_everywhere_is_left_as_it_is(tmp_path, name, content_type):
    made = prepare_audio(getattr(samples(), name), folder=tmp_path)
    assert made.is_original
    assert made.content_type == content_type


def test_other_sound_becomes_aac(tmp_path):
    made = prepare_audio(samples().flac, folder=tmp_path)
    assert (made.content_type, made.probe.audio_codec) == ("audio/mp4", "aac")
    assert probe(made.path).duration_ms == pytest.approx(2000, abs=150)


def test_a_video_without_picture_is_refused(tmp_path):
    with pytest.raises(PreparationError):
        prepare_video(samples().mp3, folder=tmp_path)


def test_sound_is_not_made_out_of_silence(tmp_path):
    with pytest.raises(PreparationError):
        prepare_audio(samples().silent_mp4, folder=tmp_path)


def test_a_box_that_claims_nonsense_does_not_lead_astray(tmp_path):
    path = tmp_path / "boxes.mp4"
    path.write_bytes(b"\x00\x00\x00\x01moov" + (2**63).to_bytes(8, "big"))
    assert starts_fast(path)
    path.write_bytes(b"\x00\x00\x00\x02mdat")
    assert not starts_fast(path)
