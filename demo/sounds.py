"""The demo's recordings, made by ffmpeg from formulas."""

from __future__ import annotations

from pathlib import Path

from demo.films import BIRDS, Scale, run_ffmpeg

_STRUCK = "exp(-1.6*mod(t\\,3))*min(1\\,mod(t\\,3)*60)"
# Every three seconds another interval above the same note: third, fourth, fifth, octave.
_STEP = (
    "st(0\\,mod(floor(t/3)\\,4));st(1\\,if(eq(ld(0)\\,0)\\,1.25\\,if(eq(ld(0)\\,1)\\,1.3333"
    "\\,if(eq(ld(0)\\,2)\\,1.5\\,2))))"
)
_INTERVALS = (
    f"aevalsrc='{_STEP};0.22*{_STRUCK}*(sin(2*PI*261.63*t)+0.3*sin(2*PI*523.25*t)"
    "+sin(2*PI*261.63*ld(1)*t)+0.3*sin(2*PI*523.25*ld(1)*t))':s=22050"
)
_RAIN = (
    "anoisesrc=c=pink:r=22050:a=0.32,highpass=f=500,lowpass=f=7000[fall];"
    "anoisesrc=c=white:r=22050:a=0.5,agate=threshold=0.48:ratio=9:attack=0.1:release=4,"
    "highpass=f=1800[drops];[fall][drops]amix=2:normalize=0,tremolo=f=0.12:d=0.5,aecho=0.8:0.6:40:0.3"
)


def _record(path: Path, scale: Scale, *, seconds: float, sound: str, codec: list[str]) -> None:
    length = scale.seconds(seconds)
    fades = f"afade=in:d=0.6,afade=out:st={max(0.0, length - 1.2)}:d=1.2"
    run_ffmpeg(
        *("-filter_complex", f"{sound},{fades}[a]", "-map", "[a]", "-t", f"{length}"),
        *("-ac", "1", "-ar", "22050", "-map_metadata", "-1", *codec, str(path)),
    )


_MP3 = ["-c:a", "libmp3lame", "-b:a", "80k", "-f", "mp3"]
_M4A = ["-c:a", "aac", "-b:a", "80k", "-movflags", "+faststart", "-f", "mp4"]


def dawn_chorus(path: Path, scale: Scale) -> None:
    _record(path, scale, seconds=40, sound=BIRDS, codec=_MP3)


def intervals(path: Path, scale: Scale) -> None:
    _record(path, scale, seconds=24, sound=_INTERVALS, codec=_M4A)


def rain(path: Path, scale: Scale) -> None:
    _record(path, scale, seconds=30, sound=_RAIN, codec=_MP3)
