"""Lists as files that spreadsheets open as what they are."""

from __future__ import annotations

import csv
import io
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from media_items.delivery.file_names import exported_name
from media_items.spreadsheets import (
    Column,
    Sheet,
    csv_of,
    defused,
    file_of,
    length,
    moment,
    number,
    xlsx_of,
)

pytestmark = pytest.mark.no_database

AT = datetime(2026, 7, 1, 22, 30, 15, 400, tzinfo=UTC)
COLUMNS = [Column("Name"), number("Votes"), moment("Joined"), length("Time attended")]


def sheet(*rows, name="Guests", columns=COLUMNS):
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    return Sheet(name=name, columns=columns, rows=iter(rows), zone=zone)


def opened(made):
    with xlsx_of(made) as file:
        return load_workbook(file).active


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert defused(f"{start}HYPERLINK(1)").startswith("'")


@pytest.mark.parametrize("blank", [" ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\x00", "\v"])
def test_so_does_what_it_would_run_once_the_blanks_before_it_are_gone(blank):
    for start in ("=", "+", "-", "@", "＝", "＠"):
        assert defused(f"{blank}{start}HYPERLINK(1)").startswith("'")


@pytest.mark.parametrize("text", ["", "Ada", "ada@example.org", "O'Hara", "1-2", "Łukasz", "محمد"])
def test_ordinary_words_stay_as_they_are(text):
    assert defused(text) == text


SAID = [Column("Name"), Column("Said")]


def cells_cut_at_semicolons(heading, said):
    columns = [Column("Name"), Column(heading)]
    made = "".join(csv_of(sheet(("Ada", said), columns=columns)))
    return [
        cell.lstrip(' "') for line in csv.reader(io.StringIO(made), delimiter=";") for cell in line
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＠"])
@pytest.mark.parametrize("before", ["Hi;", "Hi; ", 'Hi;"', 'Hi; " "', 'a;b;""'])
def test_a_program_that_cuts_at_semicolons_runs_nothing_either(before, start):
    """As Excel does where numbers have a comma: to it the quotes of all columns but the first are
    letters."""
    said = f"{before}{start}1+1;"
    for found in (cells_cut_at_semicolons("Said", said), cells_cut_at_semicolons(said, "Hi")):
        assert len(found) > 2
        assert not any(cell.startswith(start) for cell in found)


@pytest.mark.parametrize("said", ["Ada; Bob", "thanks ;-)", "a;b"])
def test_other_semicolons_stay_as_they_are(said):
    made = "".join(csv_of(sheet(("Ada", said), columns=SAID)))
    assert f'"{said}"' in made


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text())
def test_no_text_comes_out_that_a_spreadsheet_runs_or_refuses(text):
    out = defused(text)
    assert not out.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert out.isprintable()


def test_in_excel_dates_are_dates_and_numbers_are_numbers():
    page = opened(sheet(("Ada", 3, AT, timedelta(hours=30, seconds=5)), ("", 0, None, None)))
    head, row, empty = page.iter_rows()
    assert [cell.value for cell in head] == [
        "Name", "Votes", "Joined (Europe/Berlin)", "Time attended"
    ]  # fmt: skip
    name, votes, joined, attended = row
    assert (name.value, votes.value, votes.data_type) == ("Ada", 3, "n")
    assert (joined.is_date, joined.value.isoformat()) == (True, "2026-07-02T00:30:15")
    assert attended.value == timedelta(hours=30, seconds=5)
    assert attended.number_format == "[h]:mm:ss"
    assert [cell.value for cell in empty] == [None, 0, None, None]


def test_in_excel_the_heading_stays_rows_can_be_filtered_and_columns_fit():
    page = opened(sheet(("A" * 30, 1, AT, None), ("B" * 900, 1, AT, None)))
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:D3"
    assert page["A1"].font.b
    widths = [page.column_dimensions[letter].width for letter in "ABCD"]
    assert 45 < widths[0] < 50  # the longest name, within reason
    assert widths[2] > len("Joined (Europe/Berlin)")
    assert widths[1] < 12
    assert not page.sheet_view.rightToLeft
    with override("he"):
        assert opened(sheet()).sheet_view.rightToLeft


def test_an_empty_list_is_a_file_with_its_headings():
    assert opened(sheet()).max_row == 1
    assert "".join(csv_of(sheet())).count("\n") == 1


def test_what_excel_cannot_take_is_cut_and_nothing_runs():
    made = sheet(("x" * 40_000, 1, None, None), ("=1+1\x00", 2, None, None), name="a/b:c*" * 9)
    page = opened(made)
    assert len(page["A2"].value) == 32_767
    assert (page["A3"].value, page["A3"].data_type) == ("'=1+1 ", "s")


def test_csv_is_read_as_utf8_with_moments_as_spreadsheets_write_them():
    text = "".join(csv_of(sheet(("Łukasz", 3, AT, timedelta(minutes=61)), ("@x", 0, None, None))))
    assert text.startswith("\ufeff")
    _head, row, other = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row == ["Łukasz", "3", "2026-07-02 00:30:15", "1:01:00"]
    assert other == ["'@x", "0", "", ""]


def test_rows_are_read_one_by_one():
    asked = []

    def rows():
        for n in range(3):
            asked.append(n)
            yield (str(n), n, None, None)

    made = csv_of(Sheet(name="x", columns=COLUMNS, rows=rows(), zone=zoneinfo.ZoneInfo("UTC")))
    next(made)
    assert asked == []
    next(made)
    assert asked == [0]


def test_rows_are_written_in_the_language_of_the_request():
    with override("de"):
        made = sheet(columns=[Column("x")])
    rows = Sheet(
        name="", columns=[], rows=([_("Yes")] for _n in "1"), zone=made.zone, language="de"
    )
    assert next(rows.read()) == ["Ja"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Cells / part 2: <a>", "Cells part 2 a – Guests.csv"),
        ("  ...", "Guests.csv"),
        ("מבוא לביולוגיה", "מבוא לביולוגיה – Guests.csv"),
        ("evil\u202evsc.exe", "evilvsc.exe – Guests.csv"),
        ("x" * 200, "x" * 120 + " – Guests.csv"),
    ],
)
def test_a_list_is_saved_under_the_title_of_its_item(title, name):
    assert exported_name(title, "Guests", extension="csv") == name


def test_a_long_title_in_any_script_fits_into_a_file_system():
    assert len(exported_name("課" * 200, "Guests", extension="xlsx").encode()) < 255


def test_there_is_no_other_kind_of_file():
    with pytest.raises(Http404):
        file_of(sheet(), form="exe", title="x")
