"""The demo's films: each function makes one MP4 that every browser plays as it is.

Lengths are in seconds of the full demo; `Scale` makes all films shorter and smaller.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from demo import cells, drawing
from media_items.processing.ffmpeg import find_ffmpeg

FRAMES_PER_SECOND = 8
_FILM = [
    *("-c:v", "libx264", "-threads", "1", "-preset", "superfast", "-crf", "25"),
    *("-pix_fmt", "yuv420p", "-maxrate", "900k", "-bufsize", "1800k", "-g", "48"),
    # Every sound of the demo is one channel.
    *("-c:a", "aac", "-b:a", "64k", "-ar", "22050", "-ac", "1"),
    *("-movflags", "+faststart", "-map_metadata", "-1", "-f", "mp4"),
]
# A slow progression of four soft chords.
_ROOTS = (
    "st(0\\,floor(mod(t/4\\,4)));st(1\\,if(eq(ld(0)\\,0)\\,196\\,if(eq(ld(0)\\,1)\\,174.6"
    "\\,if(eq(ld(0)\\,2)\\,220\\,164.8))))"
)
_SWELL = "(0.35+0.65*sin(PI*mod(t\\,4)/4))"
PAD = (
    f"aevalsrc='{_ROOTS};0.07*{_SWELL}*(sin(2*PI*ld(1)*t)+0.7*sin(2*PI*ld(1)*1.5*t)"
    "+0.5*sin(2*PI*ld(1)*2.5*t)+0.25*sin(2*PI*ld(1)*4*t))':s=22050"
)
BIRDS = (
    "aevalsrc='"
    "0.16*gt(sin(2*PI*0.23*t)\\,0.35)*pow(abs(sin(2*PI*4.2*t))\\,3)"
    "*sin(2*PI*(3100*t+60*sin(2*PI*8.4*t)))"
    "+0.12*gt(sin(2*PI*0.17*t+2)\\,0.5)*pow(abs(sin(2*PI*7*t))\\,2)"
    "*sin(2*PI*(4600*t+24*sin(2*PI*14*t)))"
    "+0.15*gt(sin(2*PI*0.11*t+4)\\,0.2)*pow(abs(sin(2*PI*1.1*t))\\,6)"
    "*sin(2*PI*(1500*t+90*sin(2*PI*2.2*t)))'"
    ":s=22050[birds];anoisesrc=c=brown:r=22050:a=0.05[wind];[birds][wind]amix=2:normalize=0"
)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large and how long the media are."""

    width: int = 960
    height: int = 540
    speed: float = 1.0

    def seconds(self, full: float) -> float:
        return full / self.speed


FULL = Scale()
TINY = Scale(width=240, height=136, speed=15)


def run_ffmpeg(*arguments: str | Path, pipe: Iterator[bytes] | None = None) -> None:
    """Runs ffmpeg on trusted input; `pipe` is written to its standard input."""
    command = [find_ffmpeg(), "-v", "error", "-y", *map(str, arguments)]
    if pipe is None:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=300)
        return
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        if child.stdin is None:
            raise RuntimeError("no pipe to ffmpeg")
        for frame in pipe:
            child.stdin.write(frame)
        child.stdin.close()
        if child.wait(timeout=300):
            raise RuntimeError("ffmpeg could not make a film of the demo")


def drawn_film(
    path: Path, scale: Scale, *, seconds: float, frame_at: Callable[[float], Image.Image]
) -> None:
    """A film whose frames are drawn by Pillow: `frame_at(second)`, in 1920 × 1080."""
    length = scale.seconds(seconds)
    size = (scale.width, scale.height)

    def frames() -> Iterator[bytes]:
        for number in range(round(length * FRAMES_PER_SECOND)):
            frame = frame_at(number / FRAMES_PER_SECOND * scale.speed)
            yield (frame.reduce(2) if size == (960, 540) else frame.resize(size)).tobytes()

    run_ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{scale.width}x{scale.height}"),
        *("-r", str(FRAMES_PER_SECOND), "-i", "pipe:0", "-f", "lavfi", "-i", PAD),
        *("-af", f"afade=in:d=1,afade=out:st={max(0.0, length - 1.5)}:d=1.5"),
        *("-t", f"{length}", *_FILM, str(path)),
        pipe=frames(),
    )


def ffmpeg_film(
    path: Path, scale: Scale, *, seconds: float, picture: str, sound: str, title: str, by: str
) -> None:
    """A film from ffmpeg's own sources, with an opening title that fades out.

    Two thirds as large as what is drawn: its sources are coarse.
    """
    length = scale.seconds(seconds)
    width, height = scale.width * 2 // 3, scale.height * 2 // 3
    card = path.with_suffix(".png")
    title_card(title=title, by=by).resize((width, height)).save(card)
    shown = min(3.0, length / 3)
    fades = f"format=rgba,fade=in:d=0.5:alpha=1,fade=out:st={max(0.0, shown - 0.7)}:d=0.7:alpha=1"
    graph = (
        f"{picture},scale={width}:{height}:flags=neighbor,setsar=1[under];"
        f"[0:v]{fades}[card];[under][card]overlay=shortest=0:eof_action=pass,format=yuv420p[v];"
        f"{sound},afade=in:d=1,afade=out:st={max(0.0, length - 1.5)}:d=1.5[a]"
    )
    run_ffmpeg(
        *("-loop", "1", "-framerate", "15", "-t", f"{shown}", "-i", str(card)),
        *("-filter_complex", graph, "-map", "[v]", "-map", "[a]"),
        *("-t", f"{length}", *_FILM, str(path)),
    )
    card.unlink()


def title_card(*, title: str, by: str) -> Image.Image:
    picture = drawing.gradient((1920, 1080), drawing.DEEP, drawing.NIGHT)
    draw = cells.pen(picture)
    lines = drawing.wrapped(title, size=118, width=1560)
    top = 560 - 70 * (len(lines) - 1)
    for number, line in enumerate(lines):
        drawing.write(
            draw, (160, top + 140 * number), line, size=118, colour=drawing.PAPER, bold=True
        )
    draw.rounded_rectangle((162, top - 220, 402, top - 206), 7, fill=drawing.SAND)
    drawing.write(draw, (164, top + 140 * len(lines) - 30), by, size=52, colour=drawing.MINT)
    return picture


# --- the films ---------------------------------------------------------------------------------


def interphase(path: Path, scale: Scale) -> None:
    film = cells.CellFilm(heading="Cell division · part 1", stages=cells.INTERPHASE)
    drawn_film(path, scale, seconds=film.seconds, frame_at=film.frame_at)


def mitosis(path: Path, scale: Scale) -> None:
    film = cells.CellFilm(heading="Cell division · part 2", stages=cells.MITOSIS)
    drawn_film(path, scale, seconds=film.seconds, frame_at=film.frame_at)


def meiosis(path: Path, scale: Scale) -> None:
    film = cells.CellFilm(heading="Cell division · part 3", stages=cells.MEIOSIS)
    drawn_film(path, scale, seconds=film.seconds, frame_at=film.frame_at)


def game_of_life(path: Path, scale: Scale) -> None:
    colours = "life_color=#94d6c5:death_color=#1f6a68:mold_color=#0b2126"
    life = f"life=s=160x90:r=10:ratio=0.14:mold=12:{colours}:seed=7"
    title = "Life from three rules"
    ffmpeg_film(path, scale, seconds=24, picture=life, sound=PAD, title=title, by="Dr. Mei Tanaka")


def mandelbrot(path: Path, scale: Scale) -> None:
    shades = "format=yuv444p,pseudocolor=preset=viridis"
    zoom = f"mandelbrot=s=480x270:r=10:maxiter=200:end_pts=200:end_scale=0.004,{shades}"
    title = "A coastline without an end"
    ffmpeg_film(path, scale, seconds=14, picture=zoom, sound=PAD, title=title, by="Dr. Mei Tanaka")


def spectrogram(path: Path, scale: Scale) -> None:
    """The picture is drawn from the sound that is heard."""
    picture = (
        f"{BIRDS},asplit[heard][seen];"
        "[seen]showspectrum=s=480x270:slide=scroll:color=viridis:scale=cbrt:stop=8000:fps=10"
    )
    title = "What a spectrogram shows"
    ffmpeg_film(
        path,
        scale,
        seconds=26,
        picture=picture,
        sound="[heard]anull",
        title=title,
        by="Prof. Samuel Okafor",
    )


def microscope_tour(path: Path, scale: Scale) -> None:
    colours = "c0=#103a40:c1=#2a9d8f:c2=#e9c46a:nb_colors=3"
    picture = f"gradients=s=480x270:r=10:{colours}:speed=0.02:seed=3"
    title = "Microscope tour (old version)"
    ffmpeg_film(path, scale, seconds=8, picture=picture, sound=PAD, title=title, by="Dr. Noa Levi")


def cut_short(path: Path, scale: Scale) -> None:
    """A damaged file, as from a card pulled out of the camera: a header without a picture. It does
    not know its length: one that does would be refused at the door."""
    whole = path.with_name("whole.mkv")
    run_ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s={scale.width}x{scale.height}:r=12:d=4"),
        *("-c:v", "mpeg4", "-f", "matroska", whole),
    )
    content = whole.read_bytes()
    size_at = content.index(b"\x18\x53\x80\x67") + 4  # of Matroska's segment
    unknown = b"\x01" + b"\xff" * 7
    path.write_bytes((content[:size_at] + unknown + content[size_at + 8 :])[:1400])
    whole.unlink()
