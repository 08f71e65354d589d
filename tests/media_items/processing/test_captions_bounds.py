"""What a captions file costs is bounded by its size, whatever stands in it."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from media_items.processing.captions import ttml, words
from media_items.processing.captions.reading import cues_of, read_captions
from media_items.processing.errors import NotAcceptedFile

ROOT = Path(__file__).parents[3]
# All of the hostile files together take some three seconds; some took minutes, or hours, alone.
CPU_SECONDS = 20
SIZE = 100_000
REPEATED = [
    *("<", ">", "&", ";", ":", "-", "{\\", "{", "\\", " ", "\t", "\r", "\n", "1", "0:", "a", "."),
    *("a<b>", "<b>", "</b>", "<b.", "<v ", "<v", "<v.a", "<lang ", "<font ", "<1", "<00:00", "-->"),
    *("&#", "&#1", "&#x1", "&a", "&amp", "&amp;", "line:", "WEBVTT", "NOTE ", "1:1", "[br]", "#1"),
    *("<tt", "<tt ", "<a:tt", "<?xml", "?>", "xmlns", "xmlns:", "\ufeff", "\u200b", "{\\an8}", "İ"),
]


def timed(text: str) -> str:
    return f"1\n00:00:01,000 --> 00:00:02,000{text}\n"


def marked_up(attributes: str = "", inside: str = '<p begin="1s" end="2s">x</p>') -> str:
    namespace = 'xmlns="http://www.w3.org/ns/ttml"'
    return f"<tt {namespace} {attributes}><body><div>{inside}</div></body></tt>"


def hostile() -> Iterator[tuple[str, str]]:
    for name in ("frameRate", "tickRate", "frameRateMultiplier"):
        for value in ("1e4000000", "1e-4000000", "1 1e4000000", "9" * SIZE):
            yield f"{name} {value[:20]}", marked_up(f'{name}="{value}"')
    for value in ("1e4000000s", "9" * SIZE + "s", "0:00:01." + "9" * SIZE, "1" * SIZE + ":00:00"):
        yield f"begin {value[:20]}", marked_up("", f'<p begin="{value}" end="2s">x</p>')
    yield "deep", marked_up("", "<span>" * SIZE + "</span>" * SIZE)
    yield (
        "long namespace",
        f'<tt xmlns="http://{"w" * 2_000_000}"><body>{"<p/>" * 400_000}</body></tt>',
    )
    for sign in REPEATED:
        many = sign * (SIZE // len(sign))
        pieces = "\n".join(many[at : at + 9_000] for at in range(0, len(many), 9_000))
        yield f"{sign!r} alone", many
        yield f"{sign!r} in WebVTT", f"WEBVTT\n\n{many}"
        yield f"{sign!r} after times", timed(" " + many)
        yield f"{sign!r} as words", timed("\n" + many)
        yield f"{sign!r} as words in lines", timed("\n" + pieces)
        yield f"{sign!r} with spaces alone", sign + " " * SIZE + "."
        yield f"{sign!r} for a time", f"0:00:01.0{many},0:00:02.0\nx\n"
        yield f"{sign!r} as a time", marked_up("", f"<p begin='{many}' end='2s'>x</p>")


def read_all() -> None:
    """In a process of its own, whose time is limited."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    settings.configure(USE_I18N=False)
    for name, text in hostile():
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        if name.endswith(" alone"):
            words.cleaned([text], is_webvtt=False)
            words.plain(text)
            ttml.is_ttml(text)
        try:
            cues_of(text, "a.srt")
        except NotAcceptedFile:
            continue
    sys.stdout.write("all read\n")


def test_no_file_takes_longer_than_its_size_allows() -> None:
    code = f"from {__name__} import read_all; read_all()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["all read"], (done.stdout[-300:], done.stderr[-600:])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (marked_up('frameRate="1e4"'), "frame rate"),
        (marked_up('frameRate="1/2"'), "frame rate"),
        (marked_up('frameRate="-25"'), "frame rate"),
        (marked_up('frameRate="1234567"'), "frame rate"),
        (marked_up('frameRate=""'), "frame rate"),
        (marked_up('tickRate="1e4"'), "frame rate"),
        (marked_up('frameRateMultiplier="1e3 1001"'), "frame rate"),
        (marked_up('frameRateMultiplier="1000 0"'), "frame rate"),
        (marked_up('frameRateMultiplier="1 1 1"'), "frame rate"),
        (marked_up("", "<span>" * 5000 + "</span>" * 5000), "nested too deeply"),
        (marked_up("", "<div>" * 5000 + "</div>" * 5000), "nested too deeply"),
        (marked_up(f'xmlns:a="{"w" * 400}"'), "namespace"),
        (marked_up("", f'<p begin="{"1" * 5000}s" end="2s">x</p>'), "not a time"),
        (marked_up("", f'<p begin="{"1" * 5000}:00:00" end="2s">x</p>'), "not a time"),
        (marked_up("", f'<p begin="1s" end="{"1" * 4200}s">x</p>'), "not a time"),
        (marked_up("", f'<p begin="1s" end="0:00:02.{"1" * 20}">x</p>'), "not a time"),
        (marked_up("", f'<p begin="1s" end="2s">{"x" * 10_001}</p>'), "is too long: “xxx"),
        (timed("\n" + "x" * 10_001), "line 2 is too long: “xxx"),
        (timed("\n" + "a<b>" * 2_501), "line 2 is too long"),
        (timed("\nx").replace("00:00:01", "1" * 5000 + ":00:01"), "Line 2 is not a time"),
        (timed("\nx").replace(",000 -", ",000" + "0" * 20 + " -"), "Line 2 is not a time"),
        (f"0:00:01.0,{'1' * 5000}:00:02.0\nx\n", "Line 1 is not a time"),
        (f"0:00:01.0,0:00:02.{'1' * 20}\nx\n", "Line 1 is not a time"),
    ],
)
def test_what_is_beyond_bounds_is_refused_in_words(source: str, reason: str) -> None:
    with pytest.raises(NotAcceptedFile, match=reason):
        read_captions(source.encode(), "a.srt")


@pytest.mark.parametrize(
    ("attributes", "begin", "milliseconds"),
    [
        ('tickRate="10000000"', "54000000000t", 5_400_000),
        ('frameRate="30" frameRateMultiplier="1000 1001"', "300f", 10_010),
        ('frameRate="30" frameRateMultiplier="999:1000"', "999f", 33_333),
        ('frameRate="23.976"', "23976f", 1_000_000),
        ("", "5400000ms", 5_400_000),
    ],
)
def test_rates_and_times_of_real_files_are_read(
    attributes: str, begin: str, milliseconds: int
) -> None:
    (cue,) = cues_of(marked_up(attributes, f'<p begin="{begin}" dur="1s">x</p>'))
    assert cue.start == milliseconds


def test_the_longest_cue_is_read() -> None:
    (cue,) = cues_of(timed("\n" + "x" * words.MOST_CHARACTERS))
    assert len(cue.text) == words.MOST_CHARACTERS


def test_a_tag_glued_to_a_word_counts_where_it_is_closed_later() -> None:
    (cue,) = cues_of(timed("\na<b>c</B> a<i>c İİ d<b>e"))
    assert cue.text == "a<b>c</b> a&lt;i&gt;c İİ d&lt;b&gt;e"
