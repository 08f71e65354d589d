"""Finds ffmpeg and runs it on files that strangers made."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings
from django.utils.translation import gettext as _

from media_items.processing.confinement import Limits, Tail, confined
from media_items.processing.errors import PreparationError

logger = logging.getLogger(__name__)

# SECURITY: only containers that hold their own bytes. Playlists (hls, dash, concat, imf) and image
# sequences open further files or addresses and could read this machine's files into a video.
_CONTAINERS = (
    "aac,ac3,aiff,amr,asf,avi,caf,dv,flac,flv,matroska,mov,mp3,mpeg,mpegts,mpegvideo,mxf,ogg,"
    "rm,wav,w64,webm"
)
# SECURITY: the decoders people really use; ffmpeg has hundreds of old ones without a maintainer.
_DECODERS = (
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,msmpeg4v1,msmpeg4v2,"
    "msmpeg4,mpeg1video,mpeg2video,mpegvideo,wmv1,wmv2,wmv3,vc1,h263,h263i,flv,theora,prores,"
    "dnxhd,mjpeg,dvvideo,rawvideo,ffv1,huffyuv,ffvhuff,utvideo,qtrle,svq1,svq3,cinepak,png,"
    "rv10,rv20,rv30,rv40,"
    "aac,aac_latm,mp1,mp1float,mp2,mp2float,mp3,mp3float,ac3,eac3,dca,truehd,opus,libopus,vorbis,"
    "libvorbis,flac,alac,wavpack,wmav1,wmav2,wmapro,wmalossless,amrnb,amrwb,libopencore_amrnb,"
    "libopencore_amrwb,cook,ra_144,ra_288,nellymoser,speex,libspeex,gsm,gsm_ms,adpcm_ms,"
    "adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,adpcm_yamaha,adpcm_g722,adpcm_g726,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,"
    "pcm_f64be,pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,pcm_lxf"
)
_MOST_PIXELS = 40_000_000  # in one picture; 8K is 33 million
_THREADS = min(os.cpu_count() or 2, 4)


@cache
def _find(configured: str) -> str:
    if configured:
        if found := shutil.which(configured):
            return found
        logger.error("FFMPEG_BIN is %s, which is not a program.", configured)
        raise PreparationError(_("The site’s video tool is missing. Tell your administrator."))
    if found := shutil.which("ffmpeg"):
        return found
    # The program inside the wheel, for machines without a packaged one.
    return imageio_ffmpeg.get_ffmpeg_exe()


def find_ffmpeg() -> str:
    return _find(getattr(settings, "FFMPEG_BIN", "") or "")


OLDEST = (5, 1)  # Debian 12's own


@cache
def _listed(program: str, what: str) -> frozenset[str]:
    said = _asked(program, f"-{what}")
    return frozenset(parts[1] for line in said.splitlines() if len(parts := line.split()) > 2)


def _asked(program: str, question: str) -> str:
    return subprocess.run(
        [program, "-hide_banner", question],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    ).stdout


def has_filters(*names: str) -> bool:
    """Asked of the program itself: builds differ in what they were made with."""
    return _listed(find_ffmpeg(), "filters").issuperset(names)


def has_encoders(*names: str) -> bool:
    return _listed(find_ffmpeg(), "encoders").issuperset(names)


def version() -> tuple[int, int] | None:
    """None for a build that does not number itself, such as one of the day."""
    found = re.match(r"ffmpeg version n?(\d+)\.(\d+)", _asked(find_ffmpeg(), "-version"))
    return (int(found[1]), int(found[2])) if found else None


def reading(path: str | os.PathLike[str], *, seek_ms: int = 0) -> list[str]:
    """Arguments that open `path` as one hostile input."""
    seek = ["-ss", f"{seek_ms / 1000:.3f}"] if seek_ms else []
    # SECURITY: "file:" so that a name can never be taken for an option or another protocol.
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", _CONTAINERS),
        *("-codec_whitelist", _DECODERS, "-max_pixels", str(_MOST_PIXELS)),
        *("-max_streams", "64", "-threads", str(_THREADS)),
        *seek,
        *("-i", f"file:{Path(path).absolute()}"),
    ]


def reading_pipe(container: str) -> list[str]:
    """Arguments that open standard input as one hostile input in this container, as it arrives."""
    # SECURITY: the input may open nothing else, and only decoders that people use read it.
    return [
        *("-protocol_whitelist", "pipe", "-format_whitelist", container),
        *("-codec_whitelist", _DECODERS, "-max_pixels", str(_MOST_PIXELS)),
        *("-max_streams", "8", "-threads", str(_THREADS)),
        *("-f", container.partition(",")[0], "-i", "pipe:0"),
    ]


def capture(args: Sequence[str], *, timeout_seconds: float) -> tuple[int, str]:
    """Run ffmpeg for its output: (exit status, standard error).

    Raises PreparationError when it takes longer than `timeout_seconds`.
    """
    return _execute(args, timeout_seconds=timeout_seconds, on_line=None)


def run(
    args: Sequence[str],
    *,
    timeout_seconds: float,
    on_progress: Callable[[int], None] | None = None,
    duration_ms: int | None = None,
) -> None:
    """Run ffmpeg to its end; `on_progress` is called twice a second with the percentage done.

    Without `duration_ms` the percentage is always 0: a sign of life.

    Raises PreparationError when it fails or takes longer than `timeout_seconds`. An exception
    raised by `on_progress` ends ffmpeg and is passed on.
    """
    percent = 0

    def hear(line: str) -> None:
        nonlocal percent
        key, _equals, value = line.partition("=")
        if key == "out_time_us" and value.isdigit() and duration_ms:
            percent = max(percent, min(99, int(value) // (duration_ms * 10)))
        elif key == "progress" and on_progress is not None:
            on_progress(percent)

    options = ["-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-nostats"]
    status, said = _execute([*options, *args], timeout_seconds=timeout_seconds, on_line=hear)
    if status != 0:
        raise PreparationError(_sentence_for(status, said), detail=said.strip()[-2000:])


def _execute(
    args: Sequence[str], *, timeout_seconds: float, on_line: Callable[[str], None] | None
) -> tuple[int, str]:
    command = [find_ffmpeg(), "-nostdin", "-hide_banner", "-y", *args]
    limits = Limits(
        cpu_seconds=int(timeout_seconds * _THREADS) + 5,
        file_mebibytes=16 * 1024,
        memory_mebibytes=6 * 1024,
    )
    with confined(command, limits=limits, timeout_seconds=timeout_seconds) as child:
        tail = Tail(child.err)
        for raw in child.out:
            if on_line is not None:
                on_line(raw.decode("utf-8", "replace").strip())
        status = child.process.wait()
        said = tail.text()
        if child.watchdog.fired:
            raise PreparationError(_too_long(), detail=f"killed after {timeout_seconds} s")
    return status, said


def _too_long() -> str:
    return _("Processing this file took too long, so we stopped. Try a shorter one.")


def _sentence_for(status: int, said: str) -> str:
    text = said.lower()
    if "no space left" in text:
        return _(
            "The site has run out of space for files. Tell your administrator, then try again."
        )
    if status == -signal.SIGXCPU:
        return _too_long()
    if status == -signal.SIGXFSZ or "file too large" in text:
        return _("This file becomes too large when we process it. Try a shorter one.")
    if "cannot allocate memory" in text or "picture size" in text:
        return _("The resolution of this file is too high for us to process.")
    if "moov atom not found" in text or "invalid data" in text or "end of file" in text:
        return _("This file is damaged or incomplete. Try exporting or copying it again.")
    return _("We could not process this file. Try saving it in another format, such as MP4.")
