"""Makes a file that every browser plays, with as little work as possible.

Web-safe and quick to start → the original itself; web-safe streams in the wrong container → the
same streams in another container (remuxed); anything else → H.264 and AAC in MP4, at most 1080p
(sound: AAC in M4A).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from media_items.processing import ffmpeg
from media_items.processing.errors import PreparationError
from media_items.processing.mp4_boxes import starts_fast
from media_items.processing.probe import Probe, is_web_safe, is_web_safe_video, probe

Progress = Callable[[int], None]
_LONG, _SHORT = 1920, 1080
_MP4 = ["-movflags", "+faststart", "-f", "mp4"]
# Containers with usable timestamps, whose streams may be remuxed.
_WELL_TIMED = {"mp4", "mov", "3gp", "matroska", "webm", "mpegts", "flv"}
_MP4_AUDIO = {"aac", "mp3"}
_WEBM_AUDIO = {"opus", "vorbis"}
# SECURITY: nothing but picture and sound is copied: no place of recording, no attachments.
_NOTHING_ELSE = ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """`path` is the source itself when `is_original`."""

    path: Path
    is_original: bool
    content_type: str
    extension: str
    probe: Probe


def prepare_video(
    source: str | os.PathLike[str], *, folder: Path, on_progress: Progress | None = None
) -> Rendition:
    """Raises PreparationError. A new file is written into `folder`."""
    source = Path(source)
    found = probe(source)
    if not found.has_video:
        raise PreparationError(_("This file has sound but no video."))
    if _plays_as_it_is(source, found):
        webm = found.container == "webm"
        return _original(source, found, "video/webm" if webm else "video/mp4")
    if found.video_codec in {"vp8", "vp9"} and _may_remux(found, _WEBM_AUDIO):
        attempt = [*_streams(found), "-c", "copy", *_NOTHING_ELSE, "-f", "webm"]
        if made := _try(attempt, source, folder / "playback.webm", found, on_progress):
            return _rendition(made, "video/webm")
    target = folder / "playback.mp4"
    if found.video_codec == "h264" and _may_remux(found, None):
        # The picture is copied; the sound is encoded again only when browsers cannot play it.
        sound = ["-c:a", "copy"] if found.audio_codec in _MP4_AUDIO else _AAC
        attempt = [*_streams(found), "-c:v", "copy", *sound]
        if made := _try([*attempt, *_NOTHING_ELSE, *_MP4], source, target, found, on_progress):
            return _rendition(made, "video/mp4")
    _make(_encoding(found), source, target, found, on_progress)
    return _rendition(target, "video/mp4")


def prepare_audio(
    source: str | os.PathLike[str], *, folder: Path, on_progress: Progress | None = None
) -> Rendition:
    """Raises PreparationError. A new file is written into `folder`."""
    source = Path(source)
    found = probe(source)
    if not found.has_audio:
        raise PreparationError(_("This file has no sound."))
    if _plays_as_it_is(source, found):
        content_type = {"mp3": "audio/mpeg", "wav": "audio/wav", "webm": "audio/webm"}
        return _original(source, found, content_type.get(found.container, "audio/mp4"))
    target = folder / "playback.m4a"
    only_sound = ["-map", f"0:a:{found.audio_number}", "-vn"]
    if found.audio_codec == "mp3" and found.container == "mp3":
        # The same sound, with an index of its frames in front: so its length is true.
        counted = [*only_sound, "-c:a", "copy", *_NOTHING_ELSE, "-write_xing", "1", "-f", "mp3"]
        if made := _try(counted, source, folder / "playback.mp3", found, on_progress):
            return _rendition(made, "audio/mpeg")
    if found.audio_codec == "aac" and found.container in {*_WELL_TIMED, "aac"}:
        attempt = [*only_sound, "-c:a", "copy", *_NOTHING_ELSE, *_MP4]
        if made := _try(attempt, source, target, found, on_progress):
            return _rendition(made, "audio/mp4")
    encoding = [*only_sound, *_AAC, *_NOTHING_ELSE, *_MP4]
    _make(encoding, source, target, found, on_progress)
    return _rendition(target, "audio/mp4")


_AAC = ["-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", "48000"]


def _plays_as_it_is(source: Path, found: Probe) -> bool:
    # A recording without a length (as browsers record) plays, but cannot seek.
    if not is_web_safe(found) or found.duration_ms is None or found.is_length_estimated:
        return False
    # SECURITY: cameras add streams of places and movements, editors second sounds and subtitles;
    # people who may watch but not download get what the player shows and no more.
    if found.has_location or found.has_more:
        return False
    if found.container in {"mov", "aac"}:
        return False  # remuxing takes a moment, and then it plays and seeks everywhere
    return found.container != "mp4" or starts_fast(source)


def _may_remux(found: Probe, audio_codecs: set[str] | None) -> bool:
    fits = audio_codecs is None or not found.has_audio or found.audio_codec in audio_codecs
    return fits and found.container in _WELL_TIMED and is_web_safe_video(found)


def _encoding(found: Probe) -> list[str]:
    portrait = (found.height or 0) > (found.width or 0)
    wide, high = (_SHORT, _LONG) if portrait else (_LONG, _SHORT)
    # Square pixels first; then scaled down to the box, never up; the encoder needs even sides.
    shrinking = "force_original_aspect_ratio=decrease:force_divisible_by=2"
    picture = ",".join(
        [
            _deinterlacing(found),
            "scale=w='trunc(iw*max(sar\\,0.01)/2)*2':h=ih,setsar=1",
            f"scale=w='min({wide}\\,iw)':h='min({high}\\,ih)':{shrinking}",
            *_standard_range(found),
            "format=yuv420p",
        ]
    )
    return [
        *(*_streams(found), "-vf", picture, "-fpsmax", "60"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-profile:v", "high"),
        *("-maxrate", "8M", "-bufsize", "16M", "-g", "120", "-threads", "4"),
        *(*_AAC, *_NOTHING_ELSE, *_MP4),
    ]


def _streams(found: Probe) -> list[str]:
    """The picture, and the sound that plays when nobody chooses."""
    return ["-map", "0:V:0", "-map", f"0:a:{found.audio_number}?"]


def _deinterlacing(found: Probe) -> str:
    """Of the whole film where its container says so, else of the pictures that are marked."""
    which = "all" if found.is_interlaced else "interlaced"
    return f"{'bwdif' if ffmpeg.has_filters('bwdif') else 'yadif'}=mode=send_frame:deint={which}"


def _standard_range(found: Probe) -> list[str]:
    """From PQ or HLG in the colours of BT.2020 to what every screen shows. White of 203 nits is
    white (BT.2408); what is brighter is pressed together above that."""
    if not found.is_high_range or not ffmpeg.has_filters("zscale", "tonemap"):
        return []
    return [
        "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709",
        "tonemap=tonemap=mobius:param=0.8:desat=0",
        "zscale=t=bt709:m=bt709:r=tv",
    ]


def _timeout_seconds(found: Probe) -> float:
    ceiling = getattr(settings, "PREPARATION_TIMEOUT_MINUTES", 360) * 60
    if found.duration_ms is None:
        return ceiling
    return min(ceiling, 600 + 20 * found.duration_ms / 1000)


def _make(
    options: list[str], source: Path, target: Path, found: Probe, on_progress: Progress | None
) -> None:
    ffmpeg.run(
        [*ffmpeg.reading(source), *options, f"file:{target}"],
        timeout_seconds=_timeout_seconds(found),
        on_progress=on_progress,
        duration_ms=found.duration_ms,
    )


def _try(
    options: list[str], source: Path, target: Path, found: Probe, on_progress: Progress | None
) -> Path | None:
    """None when ffmpeg cannot remux these streams: they are encoded then, so this is no error."""
    try:
        _make(options, source, target, found, on_progress)
        made = probe(target)
    except PreparationError:
        return None
    return target if made.has_video == found.has_video and made.duration_ms else None


def _original(source: Path, found: Probe, content_type: str) -> Rendition:
    return Rendition(
        path=source,
        is_original=True,
        content_type=content_type,
        extension=source.suffix.lstrip("."),
        probe=found,
    )


def _rendition(made: Path, content_type: str) -> Rendition:
    found = probe(made)
    if found.duration_ms is None:
        found = replace(found, duration_ms=0)
    return Rendition(
        path=made,
        is_original=False,
        content_type=content_type,
        extension=made.suffix.lstrip("."),
        probe=found,
    )
