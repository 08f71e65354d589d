"""The register as a file, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from tests import factories


def csv_rows(response):
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def xlsx_cells(response):
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.active.iter_rows()]


@pytest.mark.django_db
def test_csv_holds_every_person_with_times_on_the_readers_clock(host, item, url):
    moment = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    factories.InvitationFactory(
        item=item, email="ada@example.org", created_at=moment, accepted=True, accepted_at=moment
    )
    factories.InvitationFactory(item=item, email="b@example.org", revoked=True)
    host.cookies["foyer_zone"] = "Europe/Berlin"
    response = host.get(url("register_export", "csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    head, row = csv_rows(response)
    found = dict(zip(head, row, strict=True))
    assert found["Email"] == "ada@example.org"
    assert found["Status"] == "Accepted"
    assert found["Since (Europe/Berlin)"] == "2026-11-23 13:30:00"
    assert found["Invited (Europe/Berlin)"] == "2026-11-23 13:30:00"
    assert found["Verification"] == "Verified"


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"q": "ada"}, {"show": "came"}])
def test_the_file_holds_what_the_list_shows(host, item, url, query):
    factories.InvitationFactory(item=item, email="ada@example.org", accepted=True)
    factories.InvitationFactory(item=item, email="bob@example.org")
    for form, read in (("csv", csv_rows), ("xlsx", xlsx_cells)):
        assert len(read(host.get(url("register_export", form), query))) == 2, form


@pytest.mark.django_db
def test_a_hostile_name_is_text_in_both_files(host, item, url):
    name = "=cmd|' /C calc'!A0"
    factories.InvitationFactory(
        item=item, email="+x@example.org", first_name=name, last_name="@SUM(1)\x0b\u202e"
    )
    _head, row = csv_rows(host.get(url("register_export", "csv")))
    assert row[:3] == ["'+x@example.org", f"'{name}", "'@SUM(1)  "]
    _head, cells = xlsx_cells(host.get(url("register_export", "xlsx")))
    assert [cell.value for cell in cells[:3]] == row[:3]
    assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.django_db
def test_the_excel_file_is_a_real_one_named_after_the_item(host, item, url):
    item.title = "Cells / part 2: שיעור"
    item.save()
    moment = datetime(2026, 11, 23, 12, 30, 5, 999, tzinfo=UTC)
    factories.InvitationFactory(item=item, email="ada@example.org", created_at=moment)
    host.cookies["foyer_zone"] = "Europe/Berlin"
    response = host.get(url("register_export", "xlsx"))
    name = quote("Cells part 2 שיעור – Invited people.xlsx")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    head, row = xlsx_cells(response)
    found = dict(zip([cell.value for cell in head], row, strict=True))
    invited = found["Invited (Europe/Berlin)"]
    assert invited.is_date
    assert invited.value == datetime(2026, 11, 23, 13, 30, 5)  # noqa: DTZ001 (a bare reading)
    assert found["Accepted (Europe/Berlin)"].value is None


@pytest.mark.django_db
def test_an_unknown_kind_of_file_is_not_there(host, url):
    assert host.get(url("register_export", "exe")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_costs_the_same_queries_with_one_row_and_with_eleven(
    host, item, url, mail, form, django_assert_num_queries
):
    def fetch():
        response = host.get(url("register_export", form))
        b"".join(response.streaming_content)

    mail(factories.InvitationFactory(item=item))
    with CaptureQueriesContext(connection) as one:
        fetch()
    for _n in range(10):
        row = factories.InvitationFactory(item=item, expires_at=timezone.now() - timedelta(1))
        mail(row, refused_at=timezone.now())
    with django_assert_num_queries(len(one)):
        fetch()
