"""What was guessed of a list is shown before anything is sent, and can be corrected."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.people_lists.models import Batch
from access.people_lists.services import correcting, inviting
from media_items.text_encodings import readings
from tests.reading import unescaped

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def url(name, batch, *args):
    return reverse(f"access:{name}", args=[batch.item.public_id, batch.pk, *args])


def brought(client, item, *, people="", file=None):
    data = {"people": people, "role": "viewer"}
    if file is not None:
        data["file"] = SimpleUploadedFile("people.csv", file, content_type="text/csv")
    response = client.post(reverse("access:create_batch", args=[item.public_id]), data)
    assert response.status_code == 302, response.content
    return Batch.objects.get()


def names(batch):
    rows = batch.lines.order_by("number").values_list("email", "first_name", "last_name")
    return [tuple(row) for row in rows]


def columns(*chosen):
    return {f"column-{number}": what for number, what in enumerate(chosen)}


SWAPPED = "Spalte 1;Spalte 2;Kontakt\nLovelace;Ada;ada@example.org\nHopper;Grace;grace@example.org"
SHORT = "First name;Last name;Email\nיוסי;כהן;yossi@example.co.il"


def test_the_guessed_columns_are_shown_with_what_stands_in_them(host, item):
    batch = brought(host, item, file=(CASES / "canvas-gradebook.csv").read_bytes())
    page = unescaped(host.get(url("batch", batch)))
    assert "Email: <strong><bdi>SIS Login ID</bdi></strong>" in page
    assert "Full name: <strong><bdi>Student</bdi></strong>" in page
    assert "Lovelace, Ada" in page
    assert "Use these columns" in page


def test_columns_that_count_for_nothing_are_named(host, item):
    """A column of roles would be taken for heard otherwise."""
    people = "Email,Name,Role,Empty\nada@example.org,Ada,Student,\nbob@example.org,Bob,TA,"
    batch = brought(host, item, people=people)
    assert "Columns left out: Role." in unescaped(host.get(url("batch", batch)))
    assert set(batch.lines.values_list("role", flat=True)) == {""}


def test_a_heading_alone_is_no_person_and_told(host, item):
    batch = brought(host, item, people="Participants:\nAda <ada@example.org>\nbob@example.org")
    page = unescaped(host.get(url("batch", batch)))
    assert "“Participants:” is a heading and was left out." in page
    assert [row[0] for row in names(batch)] == ["ada@example.org", "bob@example.org"]
    assert host.post(url("correct_batch_columns", batch, 0), columns("email")).status_code == 404


def test_lines_left_out_above_the_headings_are_told(host, item):
    batch = brought(host, item, people=f"Course 101\nof today\n\n{SWAPPED}")
    assert "2 lines above the headings were left out." in unescaped(host.get(url("batch", batch)))


def test_this_column_is_the_last_name(host, item):
    batch = brought(host, item, people=SWAPPED)
    assert names(batch)[0] == ("ada@example.org", "Lovelace", "Ada")
    response = host.post(
        url("correct_batch_columns", batch, 0), columns("last", "first", "email"), follow=True
    )
    assert "The list was read again with these columns." in unescaped(response)
    assert names(batch) == [
        ("ada@example.org", "Ada", "Lovelace"),
        ("grace@example.org", "Grace", "Hopper"),
    ]


def test_another_column_of_addresses_is_judged_anew(host, item, owner):
    text = f"Email,Work,Name\nada@example.org,{owner.email},Ada\ngrace@example.org,g@b.org,Grace"
    batch = brought(host, item, people=text)
    host.post(url("correct_batch_columns", batch, 0), columns("", "email", "full"))
    assert list(batch.lines.order_by("number").values_list("email", "verdict")) == [
        (owner.email, "yourself"),
        ("g@b.org", "new"),
    ]


def test_what_was_mended_or_removed_by_hand_stays_so(host, item):
    batch = brought(host, item, people=SWAPPED)
    first, second = batch.lines.order_by("number")
    correcting.mend_line(line=first, email="a@example.org", first_name="A.", last_name="L.")
    correcting.remove_line(line=second)
    host.post(url("correct_batch_columns", batch, 0), columns("last", "first", "email"))
    assert names(batch) == [("a@example.org", "A.", "L.")]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (("first", "last", ""), "exactly one column"),
        (("email", "last", "email"), "exactly one column"),
        (("first", "first", "email"), "Two columns can’t be used for the same thing."),
        (("nonsense", "first", "email"), "nonsense"),
    ],
)
def test_columns_that_cannot_be_come_back_as_they_were_chosen(host, item, chosen, said):
    batch = brought(host, item, people=SWAPPED)
    before = names(batch)
    response = host.post(url("correct_batch_columns", batch, 0), columns(*chosen))
    assert response.status_code == 422
    assert said in unescaped(response)
    assert "<details open>" in unescaped(response)
    assert names(batch) == before


def test_letters_that_are_uncertain_are_asked_about_with_a_preview(host, item):
    data = SHORT.encode("cp1255")
    batch = brought(host, item, file=data)
    page = unescaped(host.get(url("batch", batch)))
    assert "Do the names look right?" in page
    for reading in readings(data):
        assert reading.label in page
    assert "יוסי" in page
    host.post(url("choose_batch_letters", batch), {"encoding": "cp1251"})
    assert names(batch)[0][1] not in {"", "יוסי"}
    host.post(url("choose_batch_letters", batch), {"encoding": "cp1255"})
    assert names(batch) == [("yossi@example.co.il", "יוסי", "כהן")]


def test_letters_that_were_guessed_with_certainty_are_named(host, item):
    batch = brought(host, item, file=(CASES / "hebrew-excel-cp1255.csv").read_bytes())
    page = unescaped(host.get(url("batch", batch)))
    assert "The file is read as <strong>Hebrew (Windows-1255)</strong>." in page
    assert batch.file is None


def test_other_letters_leave_pasted_people_and_corrections_alone(host, item):
    data = f"{SHORT}\nLi;לי;sara@example.co.il".encode("cp1255")
    batch = brought(host, item, people="ada@example.org Ada", file=data)
    assert batch.file
    mended = batch.lines.get(email="yossi@example.co.il")
    correcting.mend_line(line=mended, email=mended.email, first_name="Yossi", last_name="Cohen")
    host.post(url("choose_batch_letters", batch), {"encoding": "cp1255"})
    assert names(batch) == [
        ("ada@example.org", "Ada", ""),
        ("yossi@example.co.il", "Yossi", "Cohen"),
        ("sara@example.co.il", "Li", "לי"),
    ]


def test_letters_that_are_certain_are_not_asked_about(host, item):
    batch = brought(host, item, file="Name;Email\nJürgen Groß;jg@example.org".encode())
    assert batch.file is None
    assert "Do the names look right?" not in unescaped(host.get(url("batch", batch)))


def test_once_started_nothing_is_guessed_any_more_and_what_was_for_guessing_is_gone(host, item):
    batch = brought(host, item, file=SHORT.encode("cp1255"))
    assert batch.file
    before = names(batch)
    inviting.start(batch=batch)
    batch.refresh_from_db()
    assert batch.file is None
    assert list(batch.lines.values_list("cells", flat=True)) == [[]]
    host.post(url("correct_batch_columns", batch, 0), columns("last", "email", "first"))
    host.post(url("choose_batch_letters", batch), {"encoding": "cp1251"})
    assert names(batch) == before
    assert "Are these the right" not in unescaped(host.get(url("batch", batch)))


def test_a_file_that_is_no_text_is_refused(host, item):
    file = SimpleUploadedFile("people.csv", bytes(range(256)) * 20, content_type="text/csv")
    address = reverse("access:create_batch", args=[item.public_id])
    response = host.post(address, {"role": "viewer", "file": file})
    assert response.status_code == 422
    assert "This isn’t a text file." in unescaped(response)


def test_a_sheet_that_is_not_there_is_not_found(host, item):
    batch = brought(host, item, people="ada@example.org")
    assert host.post(url("correct_batch_columns", batch, 0), columns("email")).status_code == 404
