import io
from pathlib import Path

import pytest
import webvtt

from media_items.processing.captions import words
from media_items.processing.captions.reading import read_captions, to_webvtt
from media_items.processing.errors import NotAcceptedFile
from tests.media_samples import samples

CASES = Path(__file__).parents[2] / "cases" / "captions"

SRT = "1\n00:00:01,000 --> 00:00:02,500\nשלום, naïve\n"


def webvtt_of(data, name):
    return to_webvtt(read_captions(data, name))


def read_case(name):
    """(start, end, words) of each cue, times in milliseconds."""
    found = read_captions((CASES / name).read_bytes(), name)
    return [(cue.start, cue.end, words.plain(cue.text)) for cue in found]


def shown(text):
    """The words of one SubRip cue."""
    source = f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n"
    (cue,) = read_captions(source.encode(), "a.srt")
    return cue


def cues(text):
    return [
        (cue.start, cue.end, cue.raw_text)
        for cue in webvtt.from_buffer(io.StringIO(text), strict=True)
    ]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_both_forms_become_webvtt(name):
    path = getattr(samples(), name)
    text = webvtt_of(path.read_bytes(), path.name)
    assert text.startswith("WEBVTT\n\n")
    assert cues(text) == [
        ("00:00:00.000", "00:00:01.000", "Mitosis"),
        ("00:00:01.000", "00:00:02.000", "has phases"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_survive_every_unicode_form(encoding):
    assert "שלום, naïve" in webvtt_of(SRT.encode(encoding), "a.srt")


def test_letters_of_old_western_files_survive():
    assert "naïve" in webvtt_of(SRT.replace("שלום, ", "").encode("latin-1"), "a.srt")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(newline):
    assert "naïve" in webvtt_of(SRT.replace("\n", newline).encode(), "a.srt")


def test_where_a_caption_stands_is_kept():
    text = webvtt_of(b"WEBVTT\n\n00:01.000 --> 00:02.000 line:0 align:start\nup\n", "a.vtt")
    assert "00:00:01.000 --> 00:00:02.000 line:0 align:start\n" in text


def test_styles_and_notes_are_left_behind():
    source = (
        "WEBVTT\n\nSTYLE\n::cue { background: url(http://spy.example/) }\n\n"
        "NOTE by me\n\n00:01.000 --> 00:02.000\nwords\n"
    )
    text = webvtt_of(source.encode(), "a.vtt")
    assert "spy.example" not in text
    assert "by me" not in text
    assert "words" in text


@pytest.mark.parametrize(
    ("source", "name", "reason"),
    [
        (b"", "a.srt", "empty"),
        (b"just words", "a.srt", "has no captions"),
        (b"WEBVTT\n", "a.vtt", "has no captions"),
        (b"\x00\x01\x02\x03\x04\x05", "a.srt", "has no captions"),
        (b"Hello\n1\n00:00:01,000 --> 00:00:02,000\nx\n", "a.srt", "Line 1 comes before"),
        (b"1\n00:00:01,000 --> soon\nx\n", "a.srt", "Line 2 is not a time"),
        (b"WEBVTT\n\n00:01;000 --> 00:02.000\nx\n", "a.vtt", "Line 3 is not a time"),
        (b"WEBVTT\n\n00:01.000 --> 00:99.000\nx\n", "a.vtt", "Line 3 is not a time"),
        (b"1\n00:00:05,000 --> 00:00:02,000\nx\n", "a.srt", "On line 2 the caption ends before"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nx\n", "a.vtt", "Line 1 of a .vtt file must be"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "a.vtt", "no text"),
        (b"x" * (6 * 1024 * 1024), "a.srt", "captions file is too large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(source, name, reason):
    with pytest.raises(NotAcceptedFile) as refused:
        webvtt_of(source, name)
    assert reason in str(refused.value)


THREE = [(1000, 3000), (3500, 5000), (5500, 7000)]


@pytest.mark.parametrize(
    ("name", "times", "spoken"),
    [
        (
            "lessthan.srt",
            THREE,
            ["if a < b then swap", "x<y and y>z", "List<String> names & values"],
        ),
        ("mixedindex.srt", THREE, ["Hello", "World no index", "Third"]),
        ("noindex.srt", THREE, ["Hello", "World", "Third"]),
        ("index-with-space.srt", THREE, ["Hello", "World", "Third"]),
        ("index-bom-mid.srt", THREE, ["Hello", "World (second file appended)", "Third"]),
        (
            "blank-after-time.vtt",
            [(1000, 3000), (4000, 5000), (6000, 7000)],
            ["first", "congratulations", "third"],
        ),
        ("ass-tags.srt", THREE[:2], ["On top", "Yellow it bold"]),
        ("shortms.srt", [(1500, 3500)], ["short"]),
        ("cp1250-polish.srt", THREE[:1], ["Zażółć gęślą jaźń"]),
        (
            "cp1251-russian.srt",
            THREE[:2],
            ["Добро пожаловать на лекцию", "Сегодня поговорим о рядах"],
        ),
        ("euckr-korean.srt", THREE[:1], ["오늘 강의에 오신 것을 환영합니다"]),
    ],
)
def test_a_file_that_was_read_wrongly_is_read_whole(name, times, spoken):
    assert read_case(name) == [(*time, text) for time, text in zip(times, spoken, strict=True)]


def test_a_mark_at_the_top_is_a_place_and_no_word():
    first, second = read_captions((CASES / "ass-tags.srt").read_bytes(), "a.srt")
    assert (first.text, first.settings) == ("On top", "line:0")
    assert second.text == "Yellow <i>it</i> <b>bold</b>"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a<b>c", "a&lt;b&gt;c"),
        ("if i<u and u>0", "if i&lt;u and u&gt;0"),
        ("The <div> tag", "The &lt;div&gt; tag"),
        ("<I>said</I>", "<i>said</i>"),
        ("<i>never closed", "<i>never closed"),
        ("a set {x | x > 0}", "a set {x | x &gt; 0}"),
        ("&amp; and &nbsp; stay, AT&T too", "&amp; and &nbsp; stay, AT&amp;T too"),
        ("<v Ada>Hello", "<v Ada>Hello"),
        ("<lang de>Guten Tag</lang>", "<lang de>Guten Tag</lang>"),
        ("<ruby>漢<rt>kan</rt></ruby>", "<ruby>漢<rt>kan</rt></ruby>"),
        ("<c.yellow>bright</c>", "<c.yellow>bright</c>"),
        ("Never <00:00:01.500>drink", "Never <00:00:01.500>drink"),
        ("{\\pos(1,2)}moved", "moved"),
        ("while\nx --> 0", "while\nx --&gt; 0"),
    ],
)
def test_tags_that_players_know_stay_and_everything_else_is_shown(written, text):
    assert shown(written).text == text


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("1\n{}\n1984\n\n2\n{}\nb\n", ["1984", "b"]),
        ("{}\n1984\n{}\nb\n", ["1984", "b"]),
        ("1\n{}\na\n2\n{}\nb\n", ["a", "b"]),
        ("1\n\n{}\na\n\n2\n\n{}\nb\n", ["a", "b"]),
        ("#1\n{}\na\n\n2a\n{}\nb\n", ["a", "b"]),
        ("1\n{}\na\n\nafter a gap\n\n2\n{}\nb\n", ["a after a gap", "b"]),
        ("1\n{}\n\n2\n{}\nb\n", ["", "b"]),
        ("1\n{}\na\n\n2\n{}\n\n1984\n", ["a", "1984"]),
        ("WEBVTT - a title\nKind: captions\n\nname of it\n{}\na\n\n{}\nb\n", ["a", "b"]),
        ("WEBVTT\n{}\na\n\nNOTE not\nseen\n\n{}\nb\n", ["a", "b"]),
    ],
)
def test_there_are_as_many_cues_as_times(source, spoken):
    times = ("00:00:01.000 --> 00:00:02.000", "00:00:03.000 --> 00:00:04.000")
    found = read_captions(source.format(*times).encode(), "a.srt")
    assert [words.plain(cue.text) for cue in found] == spoken
    again = read_captions(to_webvtt(found).encode(), "a.vtt")
    assert [cue.text for cue in again] == [cue.text for cue in found]


def test_a_text_in_unicode_with_one_western_letter_keeps_its_letters():
    data = SRT.encode() * 3 + "2\n00:00:03,000 --> 00:00:04,000\nPeña".encode("cp1252")
    assert "שלום" in webvtt_of(data, "a.srt")
    assert "Peña" in webvtt_of(data, "a.srt")


def test_sbv_becomes_webvtt():
    source = b"0:00:01.000,0:00:03.500\nif a < b\nswap\n\n0:00:04.000,0:00:05.000\nend[br]now\n"
    assert cues(webvtt_of(source, "a.sbv")) == [
        ("00:00:01.000", "00:00:03.500", "if a &lt; b\nswap"),
        ("00:00:04.000", "00:00:05.000", "end\nnow"),
    ]


TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:p="http://www.w3.org/ns/ttml#parameter"
    p:frameRate="25" p:tickRate="1000"><body><div>
<p begin="00:00:01.000" end="00:00:03.000">if a &lt; b<br/>then
  <span>swap</span> it</p>
<p begin="00:00:04:05" dur="2s">é</p><p begin="200f" end="9000t">frames</p>
</div><div begin="10s"><p begin="1s" end="2s">nested</p>
<p><span begin="3s" end="4s">part</span></p></div></body></tt>"""


def test_ttml_becomes_webvtt():
    assert cues(webvtt_of(TTML.encode(), "a.ttml")) == [
        ("00:00:01.000", "00:00:03.000", "if a &lt; b\nthen swap it"),
        ("00:00:04.200", "00:00:06.200", "é"),
        ("00:00:08.000", "00:00:09.000", "frames"),
        ("00:00:11.000", "00:00:12.000", "nested"),
        ("00:00:13.000", "00:00:14.000", "part"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("<?xml", '<!DOCTYPE a [<!ENTITY x "y">]><?xml'), "declares XML entities"),
        (('begin="200f"', 'begin="soon"'), "“soon” in this captions file is not a time"),
        (("</div></body>", "</body>"), "Line 8 of this captions file is not well-formed XML"),
        (('end="00:00:03.000"', ""), "This caption has no end time: “if a &lt; b”"),
        (('end="00:00:03.000"', 'end="00:00:00.500"'), "ends before it starts"),
        (('p:frameRate="25"', 'p:frameRate="0"'), "frame rate"),
    ],
)
def test_ttml_that_cannot_be_read_is_refused_in_words(change, reason):
    with pytest.raises(NotAcceptedFile) as refused:
        webvtt_of(TTML.replace(*change).encode(), "a.ttml")
    assert reason in str(refused.value).replace("<", "&lt;")


def test_many_cues_are_read_in_time():
    """49,000 of them, and nothing quadratic: a person waits for the form."""
    source = "".join(
        f"{n}\n{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},000 --> "
        f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},900\nwords of cue {n}\n\n"
        for n in range(1, 49_001)
    )
    assert len(read_captions(source.encode(), "a.srt")) == 49_000
