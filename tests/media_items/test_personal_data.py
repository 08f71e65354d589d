"""Rooms register what they keep about people; nothing that walks the registry knows a model."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.guests.services.guests import erase_guest
from access.personal_data import erase_outdated
from media_items import personal_data
from media_items.personal_data import Section, Subject
from tests import factories
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db


class Notes:
    """A room that begins to keep something about people."""

    name = "notes"

    def __init__(self):
        self.by_key = {}
        self.cutoffs = []

    def sections(self, subject):
        kept = {"label": "Note"}
        return [
            Section("tests/note.html", kept, who_sees="Everybody sees a note.")
            for key in subject.keys
            if key in self.by_key
        ]

    def export(self, subject):
        return [{"text": self.by_key[key]} for key in subject.keys if key in self.by_key]

    def erase(self, subject, *, moment):
        for key in subject.keys:
            self.by_key.pop(key, None)

    def erase_older_than(self, cutoff):
        self.cutoffs.append(cutoff)
        return 3


@pytest.fixture
def notes(monkeypatch, settings, tmp_path):
    """The new room, registered, with a note of the guest's browser."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/note.html").write_text("<p>{{ kept.label }} of yours</p>")
    templates = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    settings.TEMPLATES = templates
    monkeypatch.setattr(personal_data, "_parts", dict(personal_data._parts))
    room = Notes()
    personal_data.register(room)
    return room


@pytest.fixture
def admission(notes):
    row = factories.GuestAdmissionFactory()
    notes.by_key[f"guest:{row.pk}"] = "A note"
    return row


def test_what_a_new_room_keeps_is_on_the_persons_own_page_and_in_the_file(admission):
    browser = client_with_admissions(admission)
    page = reverse("access:guest_record", args=[admission.guest.link.item.public_id])
    body = browser.get(page).content.decode()
    assert "Note of yours" in body
    assert "Everybody sees a note." in body
    file = reverse("access:guest_record_file", args=[admission.guest.link.item.public_id])
    assert browser.get(file).json()["notes"] == [{"text": "A note"}]
    assert Client().get(page).status_code == 404


def test_what_a_new_room_keeps_is_erased_with_the_guest(admission, notes):
    erase_guest(guest=admission.guest, by=None)
    assert notes.by_key == {}


def test_what_a_new_room_keeps_is_erased_when_the_guests_time_is_up(admission, notes):
    admission.admitted_at = timezone.now() - timedelta(days=4_000)
    admission.save()
    assert erase_outdated() >= 3
    assert notes.by_key == {}
    assert len(notes.cutoffs) == 1


def test_a_part_that_fails_keeps_no_other_from_its_work(notes, monkeypatch):
    class Broken(Notes):
        name = "broken"

        def erase_older_than(self, cutoff):
            raise RuntimeError("no")

    monkeypatch.setattr(personal_data, "_parts", {"broken": Broken(), "notes": notes})
    with pytest.raises(ExceptionGroup):
        erase_outdated()
    assert len(notes.cutoffs) == 1


def test_one_name_is_one_part(notes):
    class Other(Notes):
        pass

    with pytest.raises(ValueError, match="notes"):
        personal_data.register(Other())


def test_nothing_is_shown_of_nobody():
    item = factories.MediaItemFactory()
    nobody = Subject(item=item, keys=frozenset())
    assert personal_data.sections_of(nobody) == []
    assert not any(personal_data.export_of(nobody).values())
