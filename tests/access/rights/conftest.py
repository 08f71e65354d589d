"""A room that is live, and in it one person of each kind whose right may change."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from access.memberships.models import GalleryRole
from media_items.catalogue.models import State
from media_items.live.stage.engine import current_engine
from tests import factories
from tests.access.blocks.conftest import (  # noqa: F401 - fixtures
    come,
    guest_of,
    host,
    invited,
    remove,
    room,
    session,
)


@pytest.fixture
def announced(monkeypatch, django_capture_on_commit_callbacks):
    """`announced(act)`: what goes out on the bus meanwhile, as kind and recipients, with all that
    follows after commit."""
    heard = []

    class Bus:
        def publish(self, fact):
            heard.append((fact.kind, fact.recipients))

        def publish_all(self, facts):
            for fact in facts:
                self.publish(fact)

    monkeypatch.setattr("media_items.live.events.announcing.current_bus", Bus)

    def during(act):
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return list(heard)

    return during


@pytest.fixture
def engine_told(monkeypatch):
    """The ids of the seats of which the stage's engine was told that they have ended."""
    told = []
    engine = type(current_engine())
    ends = engine.seats_ended

    def spy(self, seats, why):
        told.extend(seat.pk for seat in seats)
        ends(self, seats, why)

    monkeypatch.setattr(engine, "seats_ended", spy)
    return told


@pytest.fixture
def pictured(room):  # noqa: F811
    """The room has a picture, so that it has bytes to be refused."""
    room.thumbnail.save("picture.webp", ContentFile(b"RIFF0000WEBP"))
    return room


@pytest.fixture
def people(pictured, come, client_of, guest_of, invited, gallery, owner):  # noqa: F811
    """`people["guest"]()`: comes in; who they are, with the rows behind them."""

    def guest():
        person = come(guest_of())
        admission = factories.GuestAdmission.objects.latest("pk")
        return {
            "person": person,
            "admission": admission,
            "guest": admission.guest,
            "link": admission.guest.link,
        }

    def invitee():
        person = come(invited("grace@example.org", role="speaker"))
        return {"person": person, "invitation": factories.Invitation.objects.latest("pk")}

    def invited_account():
        user = factories.UserFactory(email="lena@example.org", email_verified_at=timezone.now())
        invitation = factories.InvitationFactory(
            item=pictured, email=user.email, role="speaker", account=user, accepted=True
        )
        return {"person": come(client_of(user)), "invitation": invitation, "user": user}

    def passer_by():
        pictured.state = State.UNLISTED
        pictured.save()
        user = factories.UserFactory(email="omar@example.org", email_verified_at=timezone.now())
        person = come(client_of(user))
        person.row.admitted_at = timezone.now()
        person.row.save()
        invitation = factories.InvitationFactory(item=pictured, email=user.email, role="speaker")
        return {"person": person, "user": user, "invitation": invitation}

    def manager():
        pictured.room_of = gallery
        pictured.save()
        other = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER)
        membership = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER)
        return {
            "person": come(client_of(membership.user)),
            "membership": membership,
            "gallery": gallery,
            "by": other.user,
        }

    def reader():
        """Sees the room because it is published in a gallery of theirs."""
        pictured.state = State.PUBLISHED
        pictured.save()
        factories.PublicationFactory(item=pictured, gallery=gallery)
        membership = factories.GalleryMembershipFactory(gallery=gallery)
        return {"person": come(client_of(membership.user)), "gallery": gallery}

    def co_editor():
        row = factories.CoEditorFactory(item=pictured)
        return {"person": come(client_of(row.user)), "co_editor": row, "user": row.user}

    def owner_inside():
        return {"person": come(client_of(owner)), "user": owner}

    kinds = (
        guest,
        invitee,
        invited_account,
        passer_by,
        manager,
        reader,
        co_editor,
        owner_inside,
    )

    def make(kind):
        found = {make.__name__: make for make in kinds}[kind]()
        return SimpleNamespace(
            room=pictured, owner=owner, admin=factories.UserFactory(is_staff=True), **found
        )

    return make
