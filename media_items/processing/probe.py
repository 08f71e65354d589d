"""What an audio or video file contains, and whether every browser plays it as it is.

Parses what ffmpeg prints about its input, because imageio-ffmpeg brings no ffprobe.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from media_items.processing import ffmpeg
from media_items.processing.errors import PreparationError

_SECONDS = 60
_INPUT = re.compile(r"^Input #0, ([\w,]+), from ")
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d+)")
# SECURITY: metadata is indented deeper than streams, but a forged key may imitate a stream's line.
# Nothing here decides who sees what; at worst a forged file plays badly for its own owner.
_STREAM = re.compile(r"^  Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^)]*\))?: (Video|Audio): (.+)$")
_ANY_STREAM = re.compile(r"^  Stream #0:\d+\S*: \w+: ")
_SIZE = re.compile(r", (\d{1,6})x(\d{1,6})(?=[ ,]|$)")
_ROTATION = re.compile(r"^      [Dd]isplay ?[Mm]atrix: rotation of (-?\d+(?:\.\d+)?) degrees")
_INTERLACED = re.compile(r"\b(?:top|bottom) (?:coded )?first\b")
_HIGH_RANGE = re.compile(r"[/ ](?:smpte2084|arib-std-b67)\b")
_CHAPTER = re.compile(r"^ {2,4}Chapter #0:\d+: ")
_SUBTITLE = re.compile(r"^  Stream #0:\d+\S*: Subtitle: ")
_ESTIMATED = "Estimating duration from bitrate"
_LOCATION = re.compile(r"^    (?:location|com\.apple\.quicktime\.location\.\S+) ", re.IGNORECASE)
_NOT_READABLE = ("invalid data", "not on whitelist", "moov atom not found", "error opening input")


@dataclass(frozen=True, kw_only=True)
class Probe:
    """`width` and `height` are as shown, after rotation; `container` is a short name of ours."""

    container: str
    duration_ms: int | None
    width: int | None
    height: int | None
    video_codec: str
    audio_codec: str
    pixel_format: str
    has_video: bool
    has_audio: bool
    rotation: int = 0
    has_location: bool = False
    has_more: bool = False  # streams that the player does not show
    audio_number: int = 0  # among the sounds: the one its maker made the default
    audios: int = 0
    subtitles: int = 0
    chapters: int = 0
    is_interlaced: bool = False
    is_high_range: bool = False  # HDR: PQ or HLG
    is_length_estimated: bool = False


def probe(path: str | os.PathLike[str]) -> Probe:
    """Raises PreparationError when ffmpeg finds no audio or video container it may open."""
    _status, said = ffmpeg.capture(ffmpeg.reading(path), timeout_seconds=_SECONDS)
    return parse(said, head=_head(path))


def parse(said: str, *, head: bytes = b"") -> Probe:
    lines = said.splitlines()
    formats = next((m[1] for line in lines if (m := _INPUT.match(line))), "")
    if not formats:
        raise PreparationError(
            _("This file is damaged, or its format is not supported."),
            detail=next((x for x in lines if any(n in x.lower() for n in _NOT_READABLE)), ""),
        )
    video = ""
    audios: list[str] = []
    default_audio: int | None = None
    rotation = 0
    in_video = False
    for line in lines:
        if stream := _STREAM.match(line):
            in_video = False
            if stream[1] == "Audio":
                if default_audio is None and line.rstrip().endswith("(default)"):
                    default_audio = len(audios)
                audios.append(stream[2])
            elif not video and "(attached pic)" not in line and "(still image)" not in line:
                video, in_video = stream[2], True
        elif in_video and (turn := _ROTATION.match(line)):
            rotation = round(float(turn[1])) % 360
    number = default_audio or 0
    audio = audios[number] if audios else ""
    width, height = _size(video)
    if rotation in (90, 270):
        width, height = height, width
    return Probe(
        container=_container(formats, head),
        duration_ms=_duration_ms(lines),
        width=width,
        height=height,
        video_codec=_codec(video),
        audio_codec=_codec(audio),
        pixel_format=_pixel_format(video),
        has_video=bool(video),
        has_audio=bool(audio),
        rotation=rotation,
        has_location=any(_LOCATION.match(line) for line in lines),
        has_more=_streams_besides_covers(lines) > bool(video) + bool(audio),
        audio_number=number,
        audios=len(audios),
        subtitles=sum(bool(_SUBTITLE.match(line)) for line in lines),
        chapters=sum(bool(_CHAPTER.match(line)) for line in lines),
        is_interlaced=bool(_INTERLACED.search(video)),
        is_high_range=bool(_HIGH_RANGE.search(video)),
        is_length_estimated=any(_ESTIMATED in line for line in lines),
    )


def _streams_besides_covers(lines: list[str]) -> int:
    return sum(
        bool(_ANY_STREAM.match(line))
        and "(attached pic)" not in line
        and "(still image)" not in line
        for line in lines
    )


def is_web_safe(probe: Probe) -> bool:
    """Plays as it is in current Chrome, Firefox and Safari.

    MP4 and MOV with 8-bit 4:2:0 H.264 and AAC or MP3; WebM with VP8 or VP9 and Opus or Vorbis
    (Safari has played these since 14.1 on macOS and 17.4 on iPhone); MP3, M4A, AAC and PCM WAV.
    """
    if probe.has_video:
        return is_web_safe_video(probe) and _fits_container(probe, _VIDEO_CONTAINERS)
    return probe.has_audio and _fits_container(probe, _AUDIO_CONTAINERS)


def is_web_safe_video(probe: Probe) -> bool:
    """Browsers show the picture itself, whatever the container."""
    if probe.pixel_format not in {"yuv420p", "yuvj420p"}:
        return False
    # Browsers show both halves of an interlaced picture at once, as a comb.
    if probe.is_interlaced or probe.is_high_range:
        return False
    # Many hardware decoders stop at 4096 pixels.
    return probe.video_codec in {"h264", "vp8", "vp9"} and max(_sides(probe)) <= 4096


_VIDEO_CONTAINERS = {
    "mp4": ({"h264"}, {"aac", "mp3", ""}),
    "mov": ({"h264"}, {"aac", "mp3", ""}),
    "webm": ({"vp8", "vp9"}, {"opus", "vorbis", ""}),
}
_AUDIO_CONTAINERS = {
    "mp4": ({""}, {"aac", "mp3"}),
    "mov": ({""}, {"aac"}),
    "webm": ({""}, {"opus", "vorbis"}),
    "mp3": ({""}, {"mp3"}),
    "aac": ({""}, {"aac"}),
    "wav": ({""}, {"pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le"}),
}


def _fits_container(probe: Probe, containers: dict[str, tuple[set[str], set[str]]]) -> bool:
    videos, audios = containers.get(probe.container, (set(), set()))
    return probe.video_codec in videos and probe.audio_codec in audios


def _sides(probe: Probe) -> tuple[int, int]:
    return probe.width or 0, probe.height or 0


def _head(path: str | os.PathLike[str]) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(4096)


def _container(formats: str, head: bytes) -> str:
    names = formats.split(",")
    if "mov" in names:
        # The brand is in the first box; files older than brands are QuickTime.
        brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
        return "mov" if brand == b"qt  " else "3gp" if brand[:3] == b"3gp" else "mp4"
    if "webm" in names:
        return "webm" if b"\x42\x82\x84webm" in head[:128] else "matroska"
    return names[0]


def _duration_ms(lines: list[str]) -> int | None:
    for line in lines:
        if match := _DURATION.match(line):
            hours, minutes, seconds, fraction = match.groups()
            whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
            return (whole * 1000 + int(float(f"0.{fraction}") * 1000)) or None
    return None


def _codec(described: str) -> str:
    return re.split(r"[ ,]", described, maxsplit=1)[0] if described else ""


def _size(described: str) -> tuple[int | None, int | None]:
    match = _SIZE.search(described)
    return (int(match[1]), int(match[2])) if match else (None, None)


def _pixel_format(described: str) -> str:
    # "h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 320x180": drop what is in brackets.
    parts = re.sub(r"\([^()]*\)", "", described).split(",")
    return parts[1].strip() if len(parts) > 1 else ""
