"""From the original of an upload to what its page shows."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from media_items.catalogue.models import Kind
from media_items.processing import documents, pictures, renditions, storage, waveform
from media_items.processing.endings import breaks_off
from media_items.processing.errors import PreparationError
from media_items.processing.models import MediaFile, Purpose
from media_items.processing.notes import of_document, of_recording
from media_items.processing.probe import probe
from media_items.processing.runs import Run

logger = logging.getLogger(__name__)


def make(run: Run, folder: Path) -> None:
    try:
        path = storage.local_path(run.original, folder)
        path.stat()
    except FileNotFoundError as error:
        raise PreparationError(
            _("The uploaded file is missing. Please upload it again."), detail=str(error)
        ) from error
    if run.item.kind == Kind.DOCUMENT:
        _make_document(run, path, folder)
    else:
        _make_recording(run, path, folder)


def _make_recording(run: Run, path: Path, folder: Path) -> None:
    is_video = run.item.kind == Kind.VIDEO
    prepare = renditions.prepare_video if is_video else renditions.prepare_audio
    found = probe(path)
    run.notes = of_recording(found, breaks_off=breaks_off(path, found.container))
    made = prepare(path, folder=folder, on_progress=run.progress_between(0, 92))
    seen = made.probe
    for row, value in (("width", seen.width), ("height", seen.height)):
        setattr(run.original, row, value)
    run.original.duration_ms = seen.duration_ms
    facts: dict[str, Any] = {
        "width": seen.width,
        "height": seen.height,
        "duration_ms": seen.duration_ms,
    }
    how: dict[str, Any] = {
        "folder": folder,
        "duration_ms": seen.duration_ms,
        "on_progress": run.progress_between(92, 99),
    }
    try:
        if is_video:
            jpeg = pictures.video_poster(made.path, **how)
        else:
            heights = waveform.loudness_of(made.path, **how)
            facts["waveform"] = waveform.as_text(heights)
            jpeg = pictures.audio_poster(heights)
    except PreparationError as error:
        # A film without a poster still plays.
        logger.warning("No poster for item %s: %s", run.item.pk, error)
    else:
        _store_poster(run, jpeg, folder)
    if made.is_original:
        run.made.append(
            MediaFile(
                item=run.item,
                purpose=Purpose.PLAYBACK,
                file=run.original.file.name,
                size=run.original.size,
                content_type=made.content_type,
                **facts,
            )
        )
    else:
        run.store(
            Purpose.PLAYBACK,
            made.path,
            extension=made.extension,
            content_type=made.content_type,
            **facts,
        )


def _make_document(run: Run, path: Path, folder: Path) -> None:
    facts = documents.facts_of(path)
    total = documents.pages_to_show(facts.pages)
    drawn = folder / "page.webp"
    has_poster = False
    undrawn: list[int] = []
    empty: list[int] = []
    bare: list[int] = []
    for page in documents.render_pages(path):
        if not page.is_drawn:
            undrawn.append(page.number)
        elif not has_poster:
            _store_poster(run, pictures.page_poster(page.webp), folder)
            has_poster = True
        if page.is_empty:
            empty.append(page.number)
        if page.is_bare:
            bare.append(page.number)
        drawn.write_bytes(page.webp)
        run.store(
            Purpose.PAGE,
            drawn,
            extension="webp",
            content_type="image/webp",
            number=page.number,
            width=page.width,
            height=page.height,
            text=page.text,
        )
        run.report(page.number * 99 // total)
    empty = sorted([*empty, *documents.lost_among(path, bare, pages=facts.pages)])
    run.notes = of_document(facts, shown=total, undrawn=undrawn, empty=empty)


def _store_poster(run: Run, jpeg: bytes, folder: Path) -> None:
    path = folder / "poster.jpg"
    path.write_bytes(jpeg)
    width, height = pictures.size_of(jpeg)
    run.store(
        Purpose.POSTER,
        path,
        extension="jpg",
        content_type="image/jpeg",
        width=width,
        height=height,
    )
