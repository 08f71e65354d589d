"""A report as files, safe to open in a spreadsheet."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.access.register.test_exports import csv_rows, xlsx_cells
from tests.live_factories import AudienceQuestionFactory, ChatMessageFactory

pytestmark = pytest.mark.django_db

FILES = [
    ("session_export", "csv"),
    ("session_export", "xlsx"),
    ("session_chat_export", "csv"),
    ("session_chat_export", "xlsx"),
    ("session_questions_export", "csv"),
    ("session_questions_export", "xlsx"),
]


@pytest.mark.parametrize("file", FILES, ids=" ".join)
def test_a_file_is_for_those_who_see_the_register(host, url, outsiders, file):
    response = host.get(url(*file))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    b"".join(response)  # to the end: files are closed there
    for who, (browser, status) in outsiders.items():
        assert browser.get(url(*file)).status_code == status, who


def test_attendance_holds_everybody_who_came_with_times_on_the_readers_clock(
    host, url, by_guest_link, came
):
    by_guest_link((0, 10), (20, 45))
    came("Out", (0, 10), admitted_at=None)
    head, row = csv_rows(host.get(url("session_export", "csv")))
    found = dict(zip(head, row, strict=True))
    assert found == {
        "Name": "Ada Lovelace",
        "Email": "ada@example.org",
        "Role": "Guest",
        "Joined via": "Guest link “Webinar”",
        "Verification": "Not verified",
        "Status": "Attended",
        "Joined (UTC)": "2026-11-20 10:00:00",
        "Left (UTC)": "2026-11-20 10:45:00",
        "Time attended": "0:35:00",
        "Seconds attended": "2100",
        "Times joined": "2",
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Ada Lovelace", "Bob"]),
        ({"q": "ada"}, ["Ada Lovelace"]),
        ({"show": "guests"}, ["Ada Lovelace"]),
        ({"show": "removed"}, ["Out"]),
        ({"show": "missed"}, ["Grace Hopper"]),
        ({"sort": "name"}, ["Ada Lovelace", "Bob"]),
    ],
)
def test_the_file_holds_what_the_list_shows(host, url, by_guest_link, came, invite, query, names):
    by_guest_link((0, 10))
    came("Bob", (5, 10), key="account:77")
    came("Out", admitted_at=None)
    invite("grace@example.org")
    rows = csv_rows(host.get(url("session_export", "csv"), query))
    assert [row[0] for row in rows[1:]] == names
    cells = xlsx_cells(host.get(url("session_export", "xlsx"), query))
    assert [row[0].value for row in cells[1:]] == names


def test_whoever_did_not_come_is_told_so_with_the_state_of_the_invitation(host, url, invite):
    invite("grace@example.org", declined=True)
    head, row = csv_rows(host.get(url("session_export", "csv"), {"show": "missed"}))
    found = dict(zip(head, row, strict=True))
    assert found["Status"] == "Did not attend (Declined)"
    assert found["Joined via"] == "Invited by Noa Levi"
    assert (found["Seconds attended"], found["Joined (UTC)"]) == ("0", "")


def test_hostile_names_and_words_are_text_in_every_file(host, url, came, session):
    name = "=cmd|' /C calc'!A0" + "x" * 180
    ada = came(name, (0, 10))
    came("@SUM(1)\u202e\x0b", (1, 10))
    ChatMessageFactory(author=ada, text="+1\n=2")
    AudienceQuestionFactory(author=ada, text="-1", answer="@x")
    _head, row, other = csv_rows(host.get(url("session_export", "csv")))
    assert (row[0], other[0]) == (f"'{name}", "'@SUM(1)  ")
    _head, cells, _other = xlsx_cells(host.get(url("session_export", "xlsx")))
    assert cells[0].value == f"'{name}"
    assert "f" not in {cell.data_type for cell in cells}
    _head, said = csv_rows(host.get(url("session_chat_export", "csv")))
    assert said[1:3] == [f"'{name}", "'+1 =2"]
    _head, asked = csv_rows(host.get(url("session_questions_export", "csv")))
    assert (asked[2], asked[5]) == ("'-1", "'@x")


def test_deleted_words_are_in_no_file(host, url, came):
    ChatMessageFactory(author=came("Ada", (0, 10)), text="Rude", deleted=True)
    assert len(csv_rows(host.get(url("session_chat_export", "csv")))) == 1


@pytest.mark.parametrize(
    "name", ["session_export", "session_chat_export", "session_questions_export"]
)
def test_an_unknown_kind_of_file_is_not_there(host, url, name):
    assert host.get(url(name, "exe")).status_code == 404


def test_chat_and_questions_are_workbooks_too(host, url, came):
    ada = came("Ada", (0, 10))
    sent = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
    ChatMessageFactory(author=ada, text="=1+1", sent_at=sent)
    AudienceQuestionFactory(author=ada, text="Why?", asked_at=sent, vote_count=7)
    host.cookies["foyer_zone"] = "Europe/Berlin"
    reading = datetime(2026, 11, 20, 11, 5)  # noqa: DTZ001 (a clock's, as sheets know it)
    for name, title, row in (
        ("session_chat_export", "Chat", [reading, "Ada", "'=1+1"]),
        ("session_questions_export", "Questions", [reading, "Ada", "Why?", 7]),
    ):
        answer = host.get(url(name, "xlsx"))
        assert f"{title}.xlsx" in unquote(answer["Content-Disposition"])
        assert "Office hour" in unquote(answer["Content-Disposition"])
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        head, first = book.active.iter_rows(values_only=True)
        assert head[0].endswith("(Europe/Berlin)")
        assert list(first[: len(row)]) == row
        assert book.active.freeze_panes == "A2"
        assert book.active.auto_filter.ref


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("show", ["", "missed"])
def test_a_file_costs_the_same_queries_with_one_row_and_with_eleven(
    host, url, by_guest_link, by_invitation, invite, form, show
):
    def more(n):
        by_guest_link((0, 10), email=f"guest{n}@example.org")
        by_invitation(invite(f"came{n}@example.org", accepted=True), (0, 10))
        invite(f"missed{n}@example.org")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            b"".join(host.get(url("session_export", form), {"show": show}))
        return len(captured)

    more(0)
    few = queries()
    for n in range(1, 11):
        more(n)
    assert queries() == few
