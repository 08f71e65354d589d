"""Moments in words: one form, one clock, and the clock named where nobody could know it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import formats, timezone, translation

from media_items.catalogue.models import Kind, MediaItem
from media_items.moments import (
    ReaderZone,
    Source,
    event_time,
    reader_zone,
    source_of_zone,
    span,
    written,
    zone_name,
)
from media_items.time_zones import is_time_zone, place_of

ROOT = Path(__file__).resolve().parents[2]
BERLIN, NEW_YORK, TOKYO = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Asia/Tokyo"))
EVENING = datetime(2026, 11, 28, 18, 45, tzinfo=UTC)
NAMES = json.loads((ROOT / "tests/js/zone_names.json").read_text())


def on_clock_of(zone: ZoneInfo, source: Source = Source.BROWSER):
    return timezone.override(ReaderZone(lambda: (zone, source)))


@pytest.mark.parametrize(("moment", "zone", "name"), NAMES)
def test_a_zone_has_the_short_name_that_scripts_give_it(moment, zone, name):
    assert zone_name(datetime.fromisoformat(moment), ZoneInfo(zone)) == name


def test_one_moment_has_one_form():
    with on_clock_of(BERLIN):
        assert written(EVENING) == "Sat 28 Nov 2026, 19:45"
        assert written(EVENING, with_zone=True) == "Sat 28 Nov 2026, 19:45 CET"
        assert written(EVENING, "day", with_zone=True) == "28 Nov 2026"
        assert written(EVENING, "time") == "19:45"
        assert written(EVENING, "seconds") == "19:45:00"
        assert written(EVENING, zone=TOKYO, with_zone=True) == "Sun 29 Nov 2026, 03:45 UTC+9"


def test_a_clock_that_nobody_knows_is_named():
    with on_clock_of(BERLIN, Source.SITE):
        assert written(EVENING) == "Sat 28 Nov 2026, 19:45 CET"
        assert written(EVENING, "time") == "19:45 CET"
    with timezone.override(BERLIN):  # a mail, a task
        assert written(EVENING) == "Sat 28 Nov 2026, 19:45 CET"


def test_utc_is_always_named():
    with on_clock_of(ZoneInfo("UTC")):
        assert written(EVENING, "time") == "18:45 UTC"


def test_an_end_of_a_day_is_that_day_and_any_other_its_hour():
    midnight = datetime(2026, 11, 28, 23, tzinfo=UTC)
    with on_clock_of(BERLIN):
        assert written(midnight, "until") == "28 Nov 2026"
        assert written(midnight - timedelta(seconds=1), "until") == "Sat 28 Nov 2026, 23:59 CET"
    with on_clock_of(NEW_YORK):
        assert written(midnight, "until") == "Sat 28 Nov 2026, 18:00 EST"


def test_a_day_that_ends_where_clocks_skip_midnight_is_that_day():
    cairo = ZoneInfo("Africa/Cairo")
    ends = datetime(2026, 4, 24, tzinfo=cairo)  # clocks show 01:00 then
    assert ends.astimezone(UTC).astimezone(cairo).hour == 1
    with on_clock_of(cairo):
        assert written(ends.astimezone(UTC), "until") == "23 Apr 2026"


def test_the_events_own_clock_stands_there_only_where_it_shows_something_else():
    with on_clock_of(BERLIN):
        assert event_time(EVENING, ZoneInfo("Europe/Paris")) == ""
        assert event_time(EVENING, NEW_YORK) == "(event time: 13:45 EST)"
        assert event_time(EVENING, TOKYO) == "(event time: Sun 29 Nov 2026, 03:45 UTC+9)"
    with on_clock_of(ZoneInfo("Africa/Lagos")):  # Berlin's clock in winter
        assert event_time(EVENING, BERLIN) == ""
        assert (
            event_time(datetime(2026, 7, 1, 12, tzinfo=UTC), BERLIN) == "(event time: 14:00 CEST)"
        )


def test_a_span_names_its_zone_once_and_its_day_once():
    with on_clock_of(BERLIN):
        later = EVENING + timedelta(minutes=90)
        assert span(EVENING, later) == "Sat 28 Nov 2026, 19:45 – 21:15 CET"
        assert span(EVENING, None) == "Sat 28 Nov 2026, 19:45 CET"
        night = EVENING + timedelta(hours=6)
        assert span(EVENING, night) == "Sat 28 Nov 2026, 19:45 – Sun 29 Nov 2026, 01:45 CET"
        autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert span(autumn, autumn + timedelta(hours=1)) == (
            "Sun 25 Oct 2026, 02:30 CEST – Sun 25 Oct 2026, 02:30 CET"
        )


def test_the_readers_zone_is_looked_up_when_it_is_needed_and_once():
    asked = []

    def find():
        asked.append(1)
        return TOKYO, Source.ACCOUNT

    zone = ReaderZone(find)
    with timezone.override(zone):
        assert not zone.was_asked
        assert timezone.localtime(EVENING).hour == 3
        assert timezone.localtime(EVENING).tzinfo is TOKYO
        assert reader_zone() is TOKYO
        assert source_of_zone() == Source.ACCOUNT
        assert timezone.get_current_timezone_name() == "Asia/Tokyo"
        assert timezone.make_aware(datetime(2026, 11, 29, 3, 45)) == EVENING  # noqa: DTZ001
        assert timezone.localdate(EVENING).day == 29
    assert zone.was_asked
    assert asked == [1]


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "localtime", "Factory"])
def test_a_zone_that_nobody_knows_is_none(name):
    assert not is_time_zone(name)


def test_a_zone_is_known_by_its_place():
    assert place_of("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_forms_have_only_letters_that_scripts_know(settings):
    """static/js/shared/times.js writes them again."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            forms = [formats.get_format(f"{one}_FORMAT") for one in ("DATETIME", "DATE", "TIME")]
        letters = set(re.findall(r"[A-Za-z]", "".join(forms)))
        assert letters <= set("DjMNFYHis"), language
        assert len(letters & set("MNF")) == 1, language  # the names of months go by one of them


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "Sat 28 Nov 2026, 19:45 CET"),
        ("fr", "sam. 28 nov. 2026, 19:45 CET"),
        ("he", "שבת 28 בנובמבר 2026, 19:45 CET"),
    ],
)
def test_each_language_has_its_form(language, wanted):
    with on_clock_of(BERLIN), translation.override(language):
        assert written(EVENING, with_zone=True) == wanted


def drawn(source: str, **context: object) -> str:
    return Template("{% load moments %}" + source).render(Context(context))


def test_the_tag_says_to_scripts_what_it_wrote():
    item = MediaItem(kind=Kind.LIVE_EVENT, starts_at=EVENING, time_zone="America/New_York")
    with on_clock_of(BERLIN):
        assert drawn("{% moment at %}", at=EVENING) == (
            '<time datetime="2026-11-28T18:45:00+00:00" data-moment="moment">'
            "Sat 28 Nov 2026, 19:45</time>"
        )
        assert drawn("{% moment item.starts_at event=item countdown=True %}", item=item) == (
            '<time datetime="2026-11-28T18:45:00+00:00" data-moment="moment" class="countdown" '
            'data-event-zone="America/New_York" data-with-zone data-countdown>'
            "Sat 28 Nov 2026, 19:45 CET</time> "
            '<span class="event-time">(event time: 13:45 EST)</span>'
        )
        assert drawn("{{ at|moment_text:'time' }}", at=EVENING) == "19:45"
        assert drawn("{% reader_clock %}") == ' data-zone="Europe/Berlin" data-zone-of="browser"'
    assert drawn("{% moment at %}", at=None) == ""


def test_the_tag_stands_in_sentences():
    source = (
        '{% load i18n %}{% moment at form="day" as day %}'
        "{% blocktranslate %}On {{ day }}.{% endblocktranslate %}"
    )
    with on_clock_of(BERLIN):
        assert drawn(source, at=EVENING).endswith('data-moment="day">28 Nov 2026</time>.')


# What machines read, and the page for when the database is down.
NO_TIMES = {
    "{% now 'c' %}",
    "{{ my_seat.muted_by_host_at|date:'U.u' }}",
    '{% now "Y-m-d H:i:s e" as moment %}',
}


def test_no_template_writes_a_time_by_itself():
    """The administration's are Django's, on the clock that its head names."""
    by_itself = re.compile(
        r"<time\b|\{\{[^}]*\|(?:date|time|timesince|timeuntil|localtime|timezone|utc)\b[^}]*\}\}"
        r"|\{%[^%]*\|(?:date|time|timezone|utc)\b[^%]*%\}|\{% now\b[^%]*%\}"
    )
    found = {
        (str(path.relative_to(ROOT)), one)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for one in by_itself.findall(path.read_text())
        if one not in NO_TIMES
    }
    assert found == set()


def test_no_sentence_is_glued_around_a_moment():
    """A translator puts the words round it in their own order: `{% moment … as day %}` and
    `{{ day }}` within the sentence."""
    words = r"(?:\{% translate (?:\"[^\"]*\"|'[^']*') %\}|\{% endblocktranslate %\})"
    alone = r"\{% moment (?:(?! as )[^%])*%\}"
    glued = re.compile(rf"{words}\s*{alone}|{alone}\s*\{{% (?:block)?translate ")
    found = {
        (str(path.relative_to(ROOT)), one)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for one in glued.findall(path.read_text())
    }
    assert found == set()
