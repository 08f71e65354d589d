"""Small real media made on the spot: each function makes one file in a folder and returns its path.

`samples()` keeps them; ask it for a file by the function's name.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from media_items.processing.ffmpeg import find_ffmpeg

KEPT = Path(__file__).resolve().parents[1] / "build" / "media-samples"
NAME_OF_SAMPLE = "name-of-sample"
SECONDS = 2
_PICTURE = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r=25:d={SECONDS}"]
_TONE = ["-f", "lavfi", "-i", f"sine=f=440:d={SECONDS}"]
_H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
PAGES = ["Mitosis has four phases", "Prophase comes first", "Metaphase follows it"]


def _ffmpeg(*args: str | Path) -> None:
    command = [find_ffmpeg(), "-v", "error", "-nostdin", "-y", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"


def mp4(folder: Path) -> Path:
    """H.264 and AAC, index at the front: plays everywhere as it is."""
    path = folder / "faststart.mp4"
    _ffmpeg(*_PICTURE, *_TONE, *_H264, "-c:a", "aac", "-movflags", "+faststart", path)
    return path


def mp4_index_at_end(folder: Path) -> Path:
    path = folder / "index-at-end.mp4"
    _ffmpeg(*_PICTURE, *_TONE, *_H264, "-c:a", "aac", path)
    return path


def mp4_of_90_seconds(folder: Path) -> Path:
    path = folder / "long.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=5:d=90"]
    tone = ["-f", "lavfi", "-i", "sine=f=440:d=90"]
    _ffmpeg(*picture, *tone, *_H264, "-g", "10", "-c:a", "aac", "-movflags", "+faststart", path)
    return path


def mp4_with_place(folder: Path) -> Path:
    """As a phone makes it: with the coordinates of where it was taken."""
    path = folder / "with-place.mp4"
    place = ["-metadata", "location=+32.0853+034.7818/", "-movflags", "+faststart"]
    _ffmpeg(*_PICTURE, *_TONE, *_H264, "-c:a", "aac", *place, path)
    return path


def mp4_turned(folder: Path) -> Path:
    """Shot upright: stored 320 × 180, shown 180 × 320."""
    path = folder / "turned.mp4"
    content = bytearray(mp4_index_at_end(folder).read_bytes())
    # ffmpeg writes a turn with an option since 6, with another until 5: here it is written into
    # the header of the picture's track, whose matrix follows 40 bytes after its version 0 begins.
    at = content.index(b"tkhd") + 4 + 40
    assert content[at : at + 36] == _matrix(1, 0, 0, 1)
    content[at : at + 36] = _matrix(0, 1, -1, 0)
    path.write_bytes(content)
    return path


def _matrix(a: int, b: int, c: int, d: int) -> bytes:
    """A turn in the fixed point numbers of MP4."""
    return struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)


def two_minutes_of_vbr_mp3(folder: Path) -> Path:
    """Without the header that counts its frames, loud and silent parts: its length is a guess."""
    path = folder / "vbr.mp3"
    loud = "aevalsrc='if(lt(mod(t,40),20),0.6*random(0),0)':s=44100:d=120"
    options = ["-c:a", "libmp3lame", "-q:a", "2", "-write_xing", "0", "-id3v2_version", "0"]
    _ffmpeg("-f", "lavfi", "-i", loud, "-ac", "1", *options, path)
    return path


def webm_cut_short(folder: Path) -> Path:
    path = folder / "short.webm"
    path.write_bytes(webm(folder).read_bytes()[:-20_000])
    return path


def mp4_with_extras(folder: Path) -> Path:
    """Two sounds, the second of which is the default and has another pitch; subtitles, chapters."""
    path = folder / "extras.mkv"
    words = folder / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    chapters = folder / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1\nSTART=1\nEND=2\ntitle=Two\n"
    )
    silence = ["-f", "lavfi", "-i", f"anullsrc=d={SECONDS}"]
    inputs = [*_PICTURE, *silence, *_TONE, "-i", words, "-i", chapters]
    maps = ["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map_chapters", "4"]
    default = ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    _ffmpeg(*inputs, *maps, *_H264, "-c:a", "aac", "-c:s", "srt", *default, path)
    return path


def pdf_with_a_lost_page(folder: Path) -> Path:
    """The second of three pages is not in the file: PDFium cannot load it."""
    return pdf_by_hand(folder / "lost-page.pdf", second=b"null")


def pdf_with_a_damaged_page(folder: Path) -> Path:
    """What stands on the second of three pages cannot be decoded: PDFium draws a blank."""
    page = pdf_page(b"/Contents 7 0 R")
    damaged = pdf_stream(b"\x00" * 50, b"/Filter /FlateDecode")
    return pdf_by_hand(folder / "damaged-page.pdf", page, damaged)


def pdf_of_xfa(folder: Path) -> Path:
    """A form of Adobe's that is drawn from XML; the page only asks to wait."""
    return pdf_by_hand(folder / "xfa.pdf", *_XFA, in_catalog=b"/NeedsRendering true " + _FORM)


def pdf_of_xfa_on_pages(folder: Path) -> Path:
    """The same with pages of its own, on which the XML puts its fields."""
    return pdf_by_hand(folder / "xfa-on-pages.pdf", *_XFA, in_catalog=_FORM)


def pdf_portfolio(folder: Path) -> Path:
    """As Acrobat makes one: a cover, and the documents that it is about inside."""
    first = pdf(folder).read_bytes()
    file = b"<< /Type /Filespec /F (%b) /UF (%b) /EF << /F %d 0 R >> >>"
    objects = [
        pdf_page(b"/Contents 6 0 R"),
        pdf_stream(first, b"/Type /EmbeddedFile /Subtype /application#2Fpdf"),
        pdf_stream(b"1,2,3", b"/Type /EmbeddedFile"),
        file % (b"paper.pdf", b"paper.pdf", 7),
        file % (b"table.csv", b"table.csv", 8),
        b"<< /Names [(paper.pdf) 9 0 R (table.csv) 10 0 R] >>",
    ]
    catalog = b"/Names << /EmbeddedFiles 11 0 R >> /Collection << /Type /Collection /View /D >>"
    path = folder / "portfolio.pdf"
    return pdf_by_hand(path, *objects, in_catalog=catalog)


_FORM = b"/AcroForm << /Fields [] /XFA 7 0 R >>"
_XFA_WORDS = (
    b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/'
    b'xfa-template/2.6/"><subform name="form1"><pageSet><pageArea><contentArea/><medium/>'
    b'</pageArea></pageSet><field name="name"/></subform></template></xdp:xdp>'
)


def pdf_page(more: bytes) -> bytes:
    """What is drawn on it may use the font F1, and object 8 as the picture X1."""
    uses = b"/Resources << /Font << /F1 5 0 R >> /XObject << /X1 8 0 R >> >>"
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %b %b >>" % (uses, more)


def pdf_stream(content: bytes, more: bytes = b"") -> bytes:
    head = b"<< /Length %d %b >>" % (len(content), more)
    return head + b"\nstream\n" + content + b"\nendstream"


_XFA = (pdf_page(b"/Contents 6 0 R"), pdf_stream(_XFA_WORDS))


def pdf_by_hand(path: Path, second: bytes, *more: bytes, in_catalog: bytes = b"") -> Path:
    """Three pages, the first and the third of which are one; `more` are the objects from 7 on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % in_catalog,
        b"<< /Type /Pages /Count 3 /Kids [3 0 R 4 0 R 3 0 R] >>",
        pdf_page(b"/Contents 6 0 R"),
        second,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        pdf_stream(b"BT /F1 24 Tf 72 700 Td (Please wait) Tj ET"),
        *more,
    ]
    content, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = b"%d" % (len(objects) + 1)
    end = b"trailer\n<< /Size %b /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    path.write_bytes(content + b"xref\n0 %b\n0000000000 65535 f \n" % size + table + end)
    return path


def mov(folder: Path) -> Path:
    path = folder / "quicktime.mov"
    _ffmpeg(*_PICTURE, *_TONE, *_H264, "-c:a", "aac", path)
    return path


def webm(folder: Path) -> Path:
    path = folder / "vp9.webm"
    quick = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
    _ffmpeg(*_PICTURE, *_TONE, *quick, "-c:a", "libopus", path)
    return path


def webm_without_length(folder: Path) -> Path:
    """As a browser's recorder makes it."""
    path = folder / "live.webm"
    quick = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]
    _ffmpeg(*_PICTURE, *_TONE, *quick, "-live", "1", "-f", "webm", path)
    return path


def mkv_mpeg4(folder: Path) -> Path:
    """No browser plays this: it must be encoded anew."""
    path = folder / "mpeg4.mkv"
    _ffmpeg(*_PICTURE, *_TONE, "-c:v", "mpeg4", "-c:a", "ac3", path)
    return path


def mkv_h264_ac3(folder: Path) -> Path:
    """The picture is good, the sound is not."""
    path = folder / "h264-ac3.mkv"
    _ffmpeg(*_PICTURE, *_TONE, *_H264, "-c:a", "ac3", path)
    return path


def mp4_ten_bit(folder: Path) -> Path:
    path = folder / "ten-bit.mp4"
    _ffmpeg(*_PICTURE, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", path)
    return path


def mp4_large(folder: Path) -> Path:
    """2560 × 1440 in a codec that must be encoded anew."""
    path = folder / "large.avi"
    source = ["-f", "lavfi", "-i", "color=teal:s=2560x1440:r=5:d=1"]
    _ffmpeg(*source, "-c:v", "mpeg4", path)
    return path


def silent_mp4(folder: Path) -> Path:
    path = folder / "silent.mp4"
    _ffmpeg(*_PICTURE, *_H264, "-movflags", "+faststart", path)
    return path


def wav(folder: Path) -> Path:
    path = folder / "tone.wav"
    _ffmpeg(*_TONE, path)
    return path


def mp3(folder: Path) -> Path:
    path = folder / "tone.mp3"
    _ffmpeg(*_TONE, path)
    return path


def mp3_with_cover(folder: Path) -> Path:
    path = folder / "cover.mp3"
    picture = folder / "cover.jpg"
    Image.new("RGB", (300, 300), "teal").save(picture)
    cover, as_cover = ["-i", picture], ["-c:v", "copy", "-disposition:v", "attached_pic"]
    lies = "title=Two\n  Stream #0:9: Video: h264 (High), yuv420p, 9x9"
    _ffmpeg(*_TONE, *cover, "-map", "0", "-map", "1", *as_cover, "-metadata", lies, path)
    return path


def flac(folder: Path) -> Path:
    path = folder / "tone.flac"
    _ffmpeg(*_TONE, path)
    return path


def kept_as(ending: str, folder: Path) -> Path:
    """Eight seconds of sound, or two of a film where this kind holds pictures."""
    path = folder / f"whole.{ending}"
    film = [*_PICTURE, *_TONE, *_H264, "-c:a", "aac"]
    films = {
        "avi": [*_PICTURE, *_TONE, "-c:v", "mpeg4", "-c:a", "mp3"],
        "ts": film,
        "m2ts": [*film, "-mpegts_m2ts_mode", "1", "-f", "mpegts"],
        "flv": film,
    }
    noise = ["-f", "lavfi", "-i", "anoisesrc=d=8:a=0.3:r=44100"]
    _ffmpeg(*films.get(ending, noise), path)
    return path


def m4a(folder: Path) -> Path:
    path = folder / "tone.m4a"
    _ffmpeg(*_TONE, "-c:a", "aac", "-movflags", "+faststart", path)
    return path


def pdf(folder: Path) -> Path:
    path = folder / "slides.pdf"
    _write_pdf(path)
    return path


def encrypted_pdf(folder: Path) -> Path:
    path = folder / "locked.pdf"
    _write_pdf(path, encrypt=StandardEncryption("secret", ownerPassword="owner", strength=128))
    return path


def pdf_with_huge_page(folder: Path) -> Path:
    """One page as large as the format allows, one far larger, one a hair's breadth."""
    path = folder / "huge.pdf"
    canvas = Canvas(str(path))
    for size in [(14400, 14400), (1_000_000_000, 1_000_000_000), (3, 14400)]:
        canvas.setPageSize(size)
        canvas.drawString(1, 1, "huge")
        canvas.showPage()
    canvas.save()
    return path


def slow_pdf(folder: Path) -> Path:
    """Sixty pages, each of which takes a second or more to draw."""
    path = folder / "slow.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.beginForm("layers")
    canvas.setFillAlpha(0.01)
    for _ in range(1_500):
        canvas.rect(0, 0, *A4, stroke=0, fill=1)
    canvas.endForm()
    for number in range(60):
        canvas.drawString(72, 720, f"Page {number + 1}")
        canvas.doForm("layers")
        canvas.showPage()
    canvas.save()
    return path


def broken_pdf(folder: Path) -> Path:
    path = folder / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"\x00\xffnothing of use" * 50)
    return path


def _write_pdf(path: Path, **options: object) -> None:
    canvas = Canvas(str(path), pagesize=A4, **options)
    for text in PAGES:
        canvas.setFont("Helvetica", 28)
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()


def png(folder: Path) -> Path:
    path = folder / "picture.png"
    Image.new("RGBA", (640, 640), (0, 128, 128, 120)).save(path)
    return path


def srt(folder: Path) -> Path:
    path = folder / "captions.srt"
    path.write_text(
        "1\n00:00:00,000 --> 00:00:01,000\nMitosis\n\n"
        "2\n00:00:01,000 --> 00:00:02,000\nhas phases\n"
    )
    return path


def vtt(folder: Path) -> Path:
    path = folder / "captions.vtt"
    path.write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.000\nMitosis\n\n00:01.000 --> 00:02.000\nhas phases\n"
    )
    return path


def web_page_named_mp4(folder: Path) -> Path:
    path = folder / "page.mp4"
    path.write_text("<!DOCTYPE html><html><script>alert(1)</script></html>")
    return path


def playlist_named_mp4(folder: Path) -> Path:
    """A playlist that would have ffmpeg read a file of the machine into a video."""
    path = folder / "playlist.mp4"
    path.write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    )
    return path


def concat_script_named_mp4(folder: Path) -> Path:
    path = folder / "concat.mp4"
    path.write_text("ffconcat version 1.0\nfile '/etc/passwd'\n")
    return path


def truncated_mp4(folder: Path) -> Path:
    """Cut off before its index."""
    path = folder / "truncated.mp4"
    path.write_bytes(mp4_index_at_end(folder).read_bytes()[:20_000])
    return path


class Samples:
    """`samples().mp4` is the path of that sample, made when it is first asked for.

    Kept in `build/`, for other test processes and later runs, under a name that changes with what
    makes them.
    """

    def __init__(self) -> None:
        said = subprocess.run([find_ffmpeg(), "-version"], capture_output=True, check=True)
        made_by = Path(__file__).read_bytes() + said.stdout
        self._kept = KEPT / hashlib.sha256(made_by).hexdigest()[:16]
        self._kept.mkdir(parents=True, exist_ok=True)

    def __getattr__(self, name: str) -> Path:
        if name.startswith("_") or name not in globals():
            raise AttributeError(name)  # while `_kept` is not there yet, too
        folder = self._kept / name
        if not folder.exists():
            self._make(name, folder)
        path = folder / (folder / NAME_OF_SAMPLE).read_text()
        setattr(self, name, path)
        return path

    def _make(self, name: str, folder: Path) -> None:
        """Whole or not at all: two processes may be at it at once, and the first is kept."""
        making = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._kept))
        try:
            (making / NAME_OF_SAMPLE).write_text(globals()[name](making).name)
            making.rename(folder)
        except OSError:
            if not (folder / NAME_OF_SAMPLE).exists():
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)


@cache
def samples() -> Samples:
    return Samples()
