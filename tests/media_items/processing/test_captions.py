import io

import pytest
import webvtt

from media_items.processing.captions import to_webvtt
from media_items.processing.errors import NotAcceptedFile
from tests.media_samples import samples

SRT = "1\n00:00:01,000 --> 00:00:02,500\nשלום, naïve\n"


def cues(text):
    return [
        (cue.start, cue.end, cue.raw_text)
        for cue in webvtt.from_buffer(io.StringIO(text), strict=True)
    ]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_both_forms_become_webvtt(name):
    path = getattr(samples(), name)
    text = to_webvtt(path.read_bytes(), path.name)
    assert text.startswith("WEBVTT\n\n")
    assert cues(text) == [
        ("00:00:00.000", "00:00:01.000", "Mitosis"),
        ("00:00:01.000", "00:00:02.000", "has phases"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_survive_every_unicode_form(encoding):
    assert "שלום, naïve" in to_webvtt(SRT.encode(encoding), "a.srt")


def test_letters_of_old_western_files_survive():
    assert "naïve" in to_webvtt(SRT.replace("שלום, ", "").encode("latin-1"), "a.srt")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(newline):
    assert "naïve" in to_webvtt(SRT.replace("\n", newline).encode(), "a.srt")


def test_where_a_caption_stands_is_kept():
    text = to_webvtt(b"WEBVTT\n\n00:01.000 --> 00:02.000 line:0 align:start\nup\n", "a.vtt")
    assert "00:00:01.000 --> 00:00:02.000 line:0 align:start\n" in text


def test_styles_and_notes_are_left_behind():
    source = (
        "WEBVTT\n\nSTYLE\n::cue { background: url(http://spy.example/) }\n\n"
        "NOTE by me\n\n00:01.000 --> 00:02.000\nwords\n"
    )
    text = to_webvtt(source.encode(), "a.vtt")
    assert "spy.example" not in text
    assert "by me" not in text
    assert "words" in text


@pytest.mark.parametrize(
    ("source", "name", "reason"),
    [
        (b"", "a.srt", "empty"),
        (b"just words", "a.srt", "holds no captions"),
        (b"WEBVTT\n", "a.vtt", "holds no captions"),
        (b"\x00\x01\x02\x03\x04\x05", "a.srt", "holds no captions"),
        (b"1\n00:00:01,000 --> soon\nx\n", "a.srt", "Line 2 is not a time"),
        (b"WEBVTT\n\n00:01,000 --> 00:02,000\nx\n", "a.vtt", "Line 3 is not a time"),
        (b"WEBVTT\n\n00:01.000 --> 00:99.000\nx\n", "a.vtt", "Line 3 is not a time"),
        (b"1\n00:00:05,000 --> 00:00:02,000\nx\n", "a.srt", "On line 2 the caption ends before"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "a.vtt", "Line 1 of a .vtt file must say"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "a.vtt", "no words"),
        (b"x" * (6 * 1024 * 1024), "a.srt", "larger than any captions"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(source, name, reason):
    with pytest.raises(NotAcceptedFile) as refused:
        to_webvtt(source, name)
    assert reason in str(refused.value)
