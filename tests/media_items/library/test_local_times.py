"""Clock readings in a time zone, to moments and back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from media_items.library.local_times import NoSuchTime, moment_of, reading_of
from media_items.time_zones import time_zone_choices

PARIS = ZoneInfo("Europe/Paris")
reading = datetime.fromisoformat


def test_a_reading_becomes_the_moment_at_which_clocks_there_show_it():
    assert moment_of(reading("2026-07-01T15:00"), PARIS) == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


def test_a_moment_is_read_to_the_minute():
    moment = datetime(2026, 1, 1, 13, 0, 59, tzinfo=UTC)
    assert reading_of(moment, PARIS) == reading("2026-01-01T14:00")


def test_a_time_skipped_by_summer_time_is_refused_with_the_next_one_that_exists():
    with pytest.raises(NoSuchTime, match=r"Clocks in Europe/Paris go forward .* 02:30 .* 03:30"):
        moment_of(reading("2026-03-29T02:30"), PARIS)


def test_a_time_shown_twice_is_the_earlier_one():
    assert moment_of(reading("2026-10-25T02:30"), PARIS).hour == 0


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_years_far_from_ours_are_refused(year):
    with pytest.raises(NoSuchTime, match="between 2000 and 2099"):
        moment_of(reading(f"{year:04}-01-01T00:00"), ZoneInfo("Pacific/Kiritimati"))


def test_time_zones_are_grouped_and_hold_one_that_is_not_among_the_usual():
    choices = time_zone_choices(current="EST")
    assert choices[:2] == [("UTC", "UTC"), ("EST", "EST")]
    assert ("Europe/Paris", "Paris") in dict(choices)["Europe"]


OLD_NAMES = (
    *("America/Buenos_Aires", "America/Indianapolis", "Asia/Calcutta", "Asia/Saigon"),
    *("Atlantic/Faeroe", "Australia/ACT", "Europe/Belfast", "Europe/Kiev", "Pacific/Samoa"),
    *("EST5EDT", "Etc/GMT+5", "GB", "US/Eastern"),
)


def offered(current="UTC"):
    names = []
    for value, label in time_zone_choices(current=current):
        names += [value] if isinstance(label, str) else [name for name, _place in label]
    return names


def test_each_zone_is_offered_under_one_name():
    names = offered()
    assert set(names).isdisjoint(OLD_NAMES)
    assert {"Asia/Kolkata", "America/Argentina/Buenos_Aires", "Europe/Kyiv", "UTC"} <= set(names)
    # Of each country, also where its clocks are those of another.
    assert {"Europe/Berlin", "Europe/Stockholm", "Europe/Amsterdam"} <= set(names)
    assert len(names) == len(set(names)) > 400


@pytest.mark.parametrize("name", OLD_NAMES)
def test_whoever_has_an_old_name_keeps_it(name):
    assert offered(name).count(name) == 1
    assert set(offered(name)) - {name} == set(offered())
