"""The picture of an item: posters made from its file, thumbnails that its owner chose."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from media_items.processing import documents, ffmpeg
from media_items.processing.errors import NotAcceptedFile, PreparationError
from media_items.processing.waveform import draw_waveform

SIZE = (1280, 720)
_MOST_PIXELS = 50_000_000
# PNG and WebP cannot be decoded smaller: they are whole in memory, partly twice, 4 bytes a pixel.
_MOST_PIXELS_WHOLE = 25_000_000
_QUALITY = 85
_MOST_PROFILE_BYTES = 4_000_000
# SECURITY: only well-maintained decoders; no SVG (scripts), no PostScript, no rare formats.
_FORMATS = ("JPEG", "PNG", "WEBP")
_REPRESENTATIVE = (
    "thumbnail=n=60,scale=w='trunc(iw*max(sar\\,0.01))':h=ih,"
    "scale=w='min(1280\\,iw)':h='min(1280\\,ih)':force_original_aspect_ratio=decrease"
)
_GROUND = (226, 234, 233)  # a light teal grey, behind the page of a document


def video_poster(
    path: str | os.PathLike[str],
    *,
    folder: Path,
    duration_ms: int | None,
    on_progress: Callable[[int], None] | None = None,
) -> bytes:
    """JPEG of a representative frame early in the video. Raises PreparationError without any."""
    target = folder / "poster.png"
    # At a tenth of the length, after a black beginning; where that finds no frame, at the start.
    starts = [min(duration_ms // 10, 60_000), 0] if duration_ms else [0]
    for start in starts:
        target.unlink(missing_ok=True)
        ffmpeg.run(
            [
                *ffmpeg.reading(path, seek_ms=start),
                *("-map", "0:V:0", "-an", "-sn", "-dn"),
                *("-vf", _REPRESENTATIVE),
                *("-frames:v", "1", "-update", "1", "-f", "image2", "-c:v", "png"),
                f"file:{target}",
            ],
            timeout_seconds=180,
            on_progress=on_progress,
        )
        if target.exists() and target.stat().st_size:
            with Image.open(target, formats=["PNG"]) as picture:
                return as_jpeg(picture.convert("RGB"))
    raise PreparationError(_("We could not find a picture in this video for its thumbnail."))


def audio_poster(heights: Sequence[float]) -> bytes:
    """JPEG of the sound's waveform."""
    return as_jpeg(draw_waveform(heights, SIZE))


def document_poster(path: str | os.PathLike[str]) -> bytes:
    """JPEG of the first page. Raises PreparationError when it cannot be drawn."""
    for page in documents.render_pages(path, last=1):
        if page.is_drawn:
            return page_poster(page.webp)
    raise PreparationError(_("We could not show the first page of this PDF."))


def page_poster(webp: bytes) -> bytes:
    """JPEG of a page: a slide fills it; an upright page stands on a background, its lower part cut
    off."""
    with Image.open(io.BytesIO(webp), formats=["WEBP"]) as opened:
        page = opened.convert("RGB")
    width, height = SIZE
    if page.width / page.height >= 1.3:
        return as_jpeg(ImageOps.fit(page, SIZE, Image.Resampling.LANCZOS))
    page_width, top = 720, 56
    page_height = max(1, round(page.height * page_width / page.width))
    page = page.resize((page_width, page_height), Image.Resampling.LANCZOS)
    page = page.crop((0, 0, page_width, min(page_height, height)))
    left = (width - page_width) // 2
    canvas = Image.new("RGB", SIZE, _GROUND)
    shadow = Image.new("L", SIZE, 0)
    shadow.paste(70, (left, top + 8, left + page_width, min(height, top + page.height + 8)))
    canvas.paste((20, 50, 50), (0, 0), shadow.filter(ImageFilter.GaussianBlur(18)))
    canvas.paste(page, (left, top))
    return as_jpeg(canvas)


def clean_picture(uploaded: Any) -> bytes:
    """A chosen thumbnail, encoded again as JPEG of at most 1280 × 720 with nothing but pixels.

    Raises NotAcceptedFile when it is no still picture in one of the accepted formats.
    """
    return as_jpeg(_fit(_drawn(uploaded)))


def clean_whole_picture(uploaded: Any) -> bytes:
    """As `clean_picture`, with all of the picture: as wide and as high as it is, reduced where a
    side is longer than a thumbnail is wide."""
    drawn = _drawn(uploaded)
    drawn.thumbnail((SIZE[0], SIZE[0]), Image.Resampling.LANCZOS)
    return as_jpeg(drawn)


def _drawn(uploaded: Any) -> Image.Image:
    """Upright, on white, in the colours of every screen. Raises NotAcceptedFile."""
    uploaded.seek(0)
    try:
        with Image.open(uploaded, formats=list(_FORMATS)) as picture:
            whole = picture.format in {"PNG", "WEBP"}
            most = _MOST_PIXELS_WHOLE if whole else _MOST_PIXELS
            if picture.width * picture.height > most:
                raise NotAcceptedFile(_("This picture is too large. Choose a smaller one."))
            # A photo of a phone may hold a second view (MPO); its first is an ordinary picture.
            if getattr(picture, "n_frames", 1) > 1 and picture.format in {"PNG", "WEBP"}:
                raise NotAcceptedFile(_("This picture is animated. Choose a still one."))
            # JPEG can be decoded smaller at once, which saves most of the memory.
            picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
            upright = ImageOps.exif_transpose(_reduced(picture))
            return _on_white(_in_srgb(_eight_bits(upright)))
    except NotAcceptedFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAcceptedFile(_("This picture is too large. Choose a smaller one.")) from error
    except UnidentifiedImageError as error:
        raise NotAcceptedFile(
            _("This is not a picture we can use. Choose a JPEG, PNG or WebP file.")
        ) from error
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        raise NotAcceptedFile(_("This picture is damaged. Choose another one.")) from error
    finally:
        uploaded.seek(0)


def _reduced(picture: Image.Image) -> Image.Image:
    """Reduced by a whole factor to save memory, still larger than the final size."""
    picture.load()
    factor = min(picture.size) // SIZE[0]
    if factor < 2 or picture.mode not in {"L", "LA", "RGB", "RGBA"}:
        return picture
    return picture.reduce(factor)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit greys keep their shades; converted as they are, all but black become white."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The colours of the picture's profile as every screen shows them; the profile is dropped."""
    profile = picture.info.get("icc_profile")
    if not profile or len(profile) > _MOST_PROFILE_BYTES:
        return picture
    alpha = picture.getchannel("A") if picture.mode in {"RGBA", "LA"} else None
    plain = picture.convert(picture.mode[:-1]) if alpha else picture
    if plain.mode not in {"L", "RGB", "CMYK"}:
        plain = plain.convert("RGB")
    try:
        converted = ImageCms.profileToProfile(
            plain, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        return picture  # of another kind of colours than the picture, or damaged
    if converted is None:
        return picture
    if alpha:
        converted.putalpha(alpha)
    return converted


def _fit(picture: Image.Image) -> Image.Image:
    """Cropped to 16:9 around its middle, a little above for upright photos; never enlarged."""
    scale = min(1.0, picture.width / SIZE[0], picture.height / SIZE[1])
    size = (max(1, round(SIZE[0] * scale)), max(1, round(SIZE[1] * scale)))
    middle = (0.5, 0.4 if picture.height > picture.width else 0.5)
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=middle)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return picture.convert("RGB")


def as_jpeg(picture: Image.Image) -> bytes:
    # SECURITY: metadata of the source (EXIF with the place, comments) must not be written again.
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def size_of(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        return picture.size
