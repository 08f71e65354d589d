"""Every address of a live session answers each person as tests/live_access says, and none but those
on and behind the stage with a word of the backchannel."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole
from media_items.abilities import Ability
from media_items.live.chat.models import BackchannelMessage
from media_items.live.sessions.models import Level, LiveSession, Participant, Stay, level_of
from tests import factories, live_access, undoing
from tests.access_rows import Row, answer_to, undone, wrong_answers
from tests.conftest import client_with_admissions, client_with_proofs
from tests.one_clock import tell_zone
from tests.one_language import in_own_language
from tests.test_access_table import ADDRESSES

_LEVELS = {
    "owner": Level.HOST,
    "co_editor": Level.HOST,
    "moderator": Level.MODERATOR,
    "speaker": Level.SPEAKER,
}
SAID_BEHIND_THE_STAGE = "zqsaidbehindthestage"


@dataclass
class LiveWorld:
    """One live session and everybody before it. `participants` are the rows of those with one."""

    item: Any
    session: LiveSession
    people: dict[str, Any]
    proofs: dict[str, Any]
    admissions: dict[str, Any]
    participants: dict[str, Participant] = field(default_factory=dict)

    def browser_of(self, person: str) -> Client:
        return in_own_language(self._browser_of(person), person)

    def _browser_of(self, person: str) -> Client:
        if person in self.admissions:
            return client_with_admissions(self.admissions[person])
        if person in self.proofs:
            return client_with_proofs(self.proofs[person])
        client = Client()
        if person != "nobody":
            client.force_login(self.people[person])
            tell_zone(client)
        return client

    def come(self, person: str, key: str, **facts: Any) -> None:
        moment = timezone.now()
        facts = {"admitted_at": moment, "level": _LEVELS.get(person, Level.AUDIENCE), **facts}
        row = Participant.objects.create(
            session=self.session,
            key=key,
            person=person,
            name=f"Ada {len(self.participants)}",
            **facts,
        )
        Stay.objects.create(participant=row)
        self.participants[person] = row


def make_world(kind: str) -> LiveWorld:
    owner = factories.UserFactory(email="noa@example.edu", first_name="Noa", last_name="Levi")
    item = factories.MediaItemFactory(owner=owner, kind=kind, title="Office hour")
    session = LiveSession.objects.create(item=item, opened_at=timezone.now())
    people = {
        "owner": owner,
        "co_editor": factories.CoEditorFactory(item=item).user,
        "stranger": factories.UserFactory(),
    }
    roles = {
        "moderator": InvitationRole.MODERATOR,
        "speaker": InvitationRole.SPEAKER,
        "viewer": InvitationRole.VIEWER,
        "not_in": InvitationRole.VIEWER,
        "removed": InvitationRole.VIEWER,
    }
    proofs = {
        person: factories.InvitationProofFactory(invitation__item=item, invitation__role=role)
        for person, role in roles.items()
    }
    link = factories.GuestLinkFactory(item=item, access_on=True)
    door = factories.GuestLinkFactory(item=item, access_on=True, waiting_room=True)
    admissions = {
        "guest": factories.GuestAdmissionFactory(guest__link=link),
        "waiting": factories.GuestAdmissionFactory(guest__link=door),
    }
    world = LiveWorld(item, session, people, proofs, admissions)
    for person in ("owner", "co_editor"):
        world.come(person, f"account:{people[person].pk}")
    for person in ("moderator", "speaker", "viewer"):
        world.come(person, f"invitation:{proofs[person].invitation_id}")
    world.come("guest", f"guest:{admissions['guest'].pk}")
    world.come("waiting", f"guest:{admissions['waiting'].pk}", admitted_at=None)
    key = f"invitation:{proofs['removed'].invitation_id}"
    world.come("removed", key, removed_at=timezone.now())
    return world


def words_of(world: LiveWorld, table: ModuleType) -> dict[str, Any]:
    """What may stand in the addresses of this table."""
    more = table.words(world) if hasattr(table, "words") else {}
    return {"public_id": world.item.public_id, **more}


def wanted_words(name: str) -> list[str]:
    """What stands in the address: the pattern's own words and those it is included under."""
    found = [*ADDRESSES[name].pattern.converters]
    return found if "public_id" in found else ["public_id", *found]


@pytest.mark.parametrize("person", live_access.COLUMNS)
def test_addresses_of_a_session_answer_each_person_as_the_tables_say(db, person):
    wrong = []
    for kind in {live_access.kind_of(table) for table in live_access.TABLES}:
        with undoing.stage():
            world = make_world(kind)
            browser = world.browser_of(person)
            for table in live_access.TABLES:
                if live_access.kind_of(table) == kind:
                    wrong += wrong_in_table(world, table, person, browser)
            transaction.set_rollback(True)
    assert wrong == []


def wrong_in_table(world: LiveWorld, table: ModuleType, person: str, browser: Client) -> list[str]:
    with undone(browser):
        words = words_of(world, table)
        BackchannelMessage.objects.create(
            session=world.session, author=world.participants["owner"], text=SAID_BEHIND_THE_STAGE
        )

        def ask(row: Row) -> int:
            place = reverse(row.name, kwargs={one: words[one] for one in wanted_words(row.name)})
            typed = getattr(table, "TYPED", {}).get(row.name, {})
            with undone(browser):
                status, whole = answer_to(browser, row, place, typed)
            reads_it = person in _LEVELS and row.name == "media_items:backchannel" and status == 200
            assert (SAID_BEHIND_THE_STAGE.encode() in whole) == reads_it, row.name
            return status

        return wrong_answers(live_access.rows_of_table(table), person, ask)


def test_the_world_is_what_the_columns_say(db):
    """The level written down is the one their abilities give."""
    world = make_world("room")
    for person, row in world.participants.items():
        request = world.browser_of(person).get(world.item.get_absolute_url()).wsgi_request
        abilities = request.visitor.abilities_on(world.item)
        assert level_of(abilities) == row.level, person
        assert (Ability.WALK_IN in abilities) == (person != "waiting")
