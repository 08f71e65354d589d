"""`{% load players %}`: films, sounds and the pages of documents, drawn by outlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from media_items.abilities import Ability
from media_items.addresses import address
from media_items.catalogue.models import Kind
from media_items.outlines import Outline

register = template.Library()

_TEMPLATES = "media_items/playback/"
_WRITTEN = (
    *("public_id", "title", "watcher", "begins_at", "file", "content_type", "width", "height"),
    *("seconds", "waveform", "tracks", "entries"),
)
PLAYERS = {
    Kind.VIDEO: Outline(f"{_TEMPLATES}_video.html", *_WRITTEN, in_addresses=["public_id"]),
    Kind.AUDIO: Outline(f"{_TEMPLATES}_audio.html", *_WRITTEN, in_addresses=["public_id"]),
}
TRACK = Outline(f"{_TEMPLATES}_track.html", "file", "language", "label")
CAPTION_ENTRY = Outline(f"{_TEMPLATES}_caption_entry.html", "number", "language", "label")

DOCUMENT_PAGE = Outline(
    f"{_TEMPLATES}_document_page.html", "number", "file", "width", "height", "text"
)

_SPEEDS = ("2", "1.75", "1.5", "1.25", "1", "0.75", "0.5")


@register.simple_tag(takes_context=True)
def recording(context: Context) -> SafeString:
    """The player; see `_recording.html` for what it shows."""
    item, playback = context["item"], context["playback"]
    kind = Kind(item.kind)
    tracks = context["captions"]
    addresses = file_addresses(
        item.public_id,
        [playback.pk, *(track.pk for track in tracks)],
        named=context.get("file_url") or "media_items:media_file",
    )
    captions = [
        {
            "file": addresses[track.pk],
            "language": track.language,
            "label": track.label or track.language,
            "number": number,
        }
        for number, track in enumerate(tracks)
    ]
    begins_at = context.get("begins_at")
    choices = {
        "kind": kind,
        "picture_url": context.get("picture_url") or "media_items:thumbnail",
        "awaits": bool(context.get("player_parts")),
        "begins": bool(begins_at),
        "captions": bool(captions),
        "may_download": Ability.DOWNLOAD in getattr(item, "abilities", ()),
        "has_picture": bool(context["has_picture"]),
        "has_cover": bool(item.thumbnail),
        "has_width": bool(playback.width),
        "has_height": bool(playback.height),
        "has_length": bool(playback.duration_ms),
        "has_waveform": bool(playback.waveform),
    }
    return PLAYERS[kind].drawn(
        choices,
        public_id=item.public_id,
        title=item.title,
        watcher=context["watcher"],
        begins_at=begins_at,
        file=addresses[playback.pk],
        content_type=playback.content_type,
        width=playback.width,
        height=playback.height,
        seconds=playback.duration_seconds,
        waveform=playback.waveform,
        tracks=_each(TRACK, captions),
        entries=_each(CAPTION_ENTRY, captions),
    )


@register.simple_tag(takes_context=True)
def document_pages(context: Context) -> SafeString:
    """Those of `pages`; `page_number` is the one asked for."""
    pages, asked = context["pages"], context["page_number"]
    addresses = file_addresses(context["item"].public_id, [page.pk for page in pages])
    return _joined(
        DOCUMENT_PAGE.each(
            (
                {
                    "is_asked": page.number == asked,
                    "is_first": page is pages[0],
                    "has_text": bool(page.text),
                },
                {
                    "number": page.number,
                    "file": addresses[page.pk],
                    "width": page.width,
                    "height": page.height,
                    "text": page.text,
                },
            )
            for page in pages
        )
    )


def file_addresses(
    public_id: str, pks: Iterable[int], *, named: str = "media_items:media_file"
) -> dict[int, str]:
    """Of the files of an item: they differ by their number, which stands at the end."""
    beginning = address(named, public_id, 1).removesuffix("1/")
    return {pk: f"{beginning}{pk}/" for pk in pks}


@register.simple_tag
def speeds() -> list[tuple[str, str]]:
    """Each as scripts read it, and as the language writes it."""
    return [(rate, number_format(rate)) for rate in _SPEEDS]


def _each(outline: Outline, captions: Iterable[Mapping[str, Any]]) -> SafeString:
    return _joined(outline.each(({}, one) for one in captions))


def _joined(drawn: Iterable[SafeString]) -> SafeString:
    # SECURITY: of what outlines drew, escaped by them.
    return SafeString("".join(drawn))
