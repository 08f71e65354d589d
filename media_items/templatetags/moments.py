"""The one way in which templates write a moment; the words it needs on every page.

{% moment item.starts_at event=item %}          a scheduled time, with the event's own clock
{% moment guest.joined_at %}                     Sat 28 Nov 2026, 19:45
{% moment link.created_at form="day" as day %}   for a sentence: {{ day }} stands in blocktranslate
{{ one.started_at|moment_text }}                 for attributes and titles: no element
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import cast

from django import template
from django.utils import dateformat, formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from media_items.drawn_once import of_language_alone
from media_items.models import MediaItem
from media_items.moments import Form, event_time, reader_zone, source_of_zone, written

register = template.Library()

_NO_TIME = SafeString("")
# As a language writes a month: short, short with a stop, whole. All its forms use the same.
_MONTHS = "MNF"
_A_SUNDAY = 4  # of January 2026


@register.simple_tag
def moment(
    value: datetime | None,
    form: Form = "moment",
    *,
    zone: bool = False,
    event: MediaItem | None = None,
    css: str = "",
    countdown: bool = False,
    reload: bool = False,
) -> SafeString:
    """A <time>; nothing for None. `zone`: with the zone's short name. `event`: the item that is
    scheduled for then, whose own clock stands behind where it differs. `countdown`, `reload`: as
    in times.js."""
    if value is None:
        return _NO_TIME
    with_zone = zone or event is not None
    attributes = f'datetime="{value.astimezone(UTC).isoformat()}" data-moment="{escape(form)}"'
    if css or countdown:
        name = f"{css} countdown".strip() if countdown else css
        attributes += f' class="{escape(name)}"'
    if event is not None:
        attributes += f' data-event-zone="{escape(event.time_zone)}"'
    attributes += " data-with-zone" if with_zone else ""
    attributes += " data-countdown" if countdown else ""
    attributes += " data-reload" if reload else ""
    text = escape(written(value, form, with_zone=with_zone))
    made = mark_safe(f"<time {attributes}>{text}</time>")  # noqa: S308 - each part is escaped
    if event is not None and (there := event_time(value, event.zone)):
        return format_html('{} <span class="event-time">{}</span>', made, there)
    return made


@register.filter
def moment_text(value: datetime | None, form: str = "moment") -> str:
    return written(value, cast("Form", form)) if value else ""


@register.simple_tag
def reader_clock() -> SafeString:
    """Attributes of <html>: on whose clock the page is, and how that is known."""
    return format_html(' data-zone="{}" data-zone-of="{}"', reader_zone().key, source_of_zone())


@register.simple_tag
def reader_zone_name() -> str:
    """For a page of many times without a label each: "Europe/Berlin"."""
    return reader_zone().key


@register.simple_tag
@of_language_alone
def moment_words() -> SafeString:
    """Attributes of #words: the forms of times and the names in them, for times.js."""
    form = str(formats.get_format("DATETIME_FORMAT"))
    letter = next(one for one in _MONTHS if one in form)
    months = [dateformat.format(datetime(2026, month, 1), letter) for month in range(1, 13)]  # noqa: DTZ001
    days = [dateformat.format(datetime(2026, 1, _A_SUNDAY + day), "D") for day in range(7)]  # noqa: DTZ001
    return format_html_join(
        " ",
        'data-{}="{}"',
        [
            ("moment-form", form),
            ("day-form", formats.get_format("DATE_FORMAT")),
            ("time-form", formats.get_format("TIME_FORMAT")),
            ("months", " ".join(months)),
            ("weekdays", " ".join(days)),
        ],
    )
