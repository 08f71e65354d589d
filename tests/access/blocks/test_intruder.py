"""What somebody with fresh eyes got hold of once, and nobody does any more."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import InvitationRole
from access.links import guest_link_token
from media_items.live.events.facts import MODERATORS
from media_items.live.sessions import services
from media_items.live.sessions.models import Participant, Stay
from media_items.live.stage.mesh.forms import SignalForm
from media_items.live.stage.models import Seat
from tests import factories, live_factories
from tests.access.blocks.conftest import enter, is_inside
from tests.conftest import client_with_admissions, client_with_proofs

pytestmark = pytest.mark.django_db


def guest_link_path(link) -> str:
    return reverse("access:join", args=[guest_link_token(link)])


@pytest.fixture
def staff(client_of):
    return client_of(factories.UserFactory(is_staff=True, is_superuser=True))


@pytest.mark.parametrize(
    "lookup",
    ["questions__id__exact", "questions", "questions__id", "%2B", "messages__text__contains"],
)
def test_the_administration_does_not_say_who_asked_without_a_name(staff, lookup):
    question = live_factories.AudienceQuestionFactory(is_anonymous=True)
    live_factories.ParticipantFactory(session=question.session, name="Somebody else")
    answer = staff.get(f"/admin/live/participant/?{lookup}={question.pk}", follow=True)
    assert answer.status_code in {302, 400, 200}
    if answer.status_code == 200:
        assert "Somebody else" in answer.text


def test_a_speaker_made_viewer_gives_up_the_stage_at_once(
    client_of, django_capture_on_commit_callbacks
):
    room = factories.MediaItemFactory(kind="room")
    session = services.open_session(item=room)
    host = client_of(room.owner)
    host.post(f"/media/{room.public_id}/session/enter/")
    proof = factories.InvitationProofFactory(
        invitation__item=room, invitation__role=InvitationRole.SPEAKER
    )
    speaker = client_with_proofs(proof)
    at = f"/media/{room.public_id}/session/"
    speaker.post(f"{at}enter/")
    speaker.post(f"{at}stage/go-on/")
    person = session.participants.get(key=f"invitation:{proof.invitation_id}")
    assert Seat.objects.current().filter(participant=person).exists()
    with django_capture_on_commit_callbacks(execute=True):
        host.post(f"{at}people/{person.pk}/role/", {"role": "viewer"})
    assert not Seat.objects.current().filter(participant=person).exists()


def test_whoever_comes_and_goes_without_end_is_slowed_down(settings):
    settings.ENTER_RATE_PER_PERSON = "3/m"
    room = factories.MediaItemFactory(kind="room")
    services.lock_session(session=services.open_session(item=room))
    link = factories.GuestLinkFactory(item=room, access_on=True)
    guest = client_with_admissions(factories.GuestAdmissionFactory(guest__link=link))
    for _n in range(6):
        guest.post(f"/media/{room.public_id}/session/enter/")
        guest.post(f"/media/{room.public_id}/session/leave/")
    assert Stay.objects.count() == 3
    assert MODERATORS == "mods"


def test_somebody_declined_does_not_walk_in_by_another_browser():
    room = factories.MediaItemFactory(kind="room")
    session = services.open_session(item=room)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    guest = factories.GuestFactory(link=link)
    first, second = (
        client_with_admissions(factories.GuestAdmissionFactory(guest=guest)) for _n in range(2)
    )
    enter = f"/media/{room.public_id}/session/enter/"
    services.lock_session(session=session)
    first.post(enter)
    Participant.objects.update(declined_at=session.opened_at)
    services.unlock_session(session=session)
    second.post(enter)
    assert Participant.objects.get(declined_at=None).is_waiting


@pytest.mark.parametrize(
    "payload",
    [
        {"link": "\0", "candidates": [{"candidate": "x"}]},
        {"link": "a", "candidates": [{"candidate": "x" * 2_000}]},
        {"link": "a", "candidates": [{"candidate": "\0"}]},
        {"link": "a", "candidates": [{"candidate": "\ud800"}]},
    ],
)
def test_what_a_database_or_a_browser_would_choke_on_is_no_signal(payload):
    sent = {"seat": 1, "to": 2, "kind": "candidates", "payload": json.dumps(payload)}
    assert not SignalForm(sent).is_valid()
    fine = {"link": "a", "candidates": [{"candidate": "candidate:1 1 udp 1 10.0.0.1 1 typ host"}]}
    assert SignalForm({**sent, "payload": json.dumps(fine)}).is_valid()


@pytest.mark.parametrize("lasting", [False, True])
def test_a_guest_removed_does_not_come_back_under_another_name_in_the_same_browser(
    room, session, come, guest_of, remove, lasting
):
    ada = come(guest_of())
    remove(ada.row, lasting=lasting)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    page = guest_link_path(link)
    for answer in (
        ada.browser.get(page),
        ada.browser.post(page, {"name": "Bob", "email": "bob@example.org"}),
    ):
        assert answer.status_code == 403
        said = "until the host lets you back in" if lasting else "When it has ended"
        assert said in answer.content.decode()
        assert room.title not in answer.content.decode()
    assert not is_inside(ada.browser, room)
    assert Client().post(page, {"name": "Bob", "email": "bob@example.org"}).status_code == 302


def test_an_account_removed_does_not_come_back_as_a_guest_while_signed_in(
    room, session, come, client_of, remove
):
    account = factories.UserFactory(email_verified_at=timezone.now())
    factories.InvitationFactory(item=room, email=account.email, accepted_at=timezone.now())
    lena = come(client_of(account))
    remove(lena.row, lasting=True)
    page = guest_link_path(factories.GuestLinkFactory(item=room, access_on=True))
    answer = lena.browser.post(page, {"name": "Bob", "email": "bob@example.org"})
    assert answer.status_code == 403
    enter(lena.browser, room)
    assert not is_inside(lena.browser, room)


@pytest.mark.parametrize(
    "typed",
    [
        "ada@exam\u00adple.org",
        "ada@ｅｘａｍｐｌｅ.ｏｒｇ",
        "ada@example.or\u200bg",
        "ada@exam\u202eple.org",
        "ADA@EXAMPLE.ORG",
    ],
)
def test_an_address_removed_is_out_in_every_way_of_writing_it(
    room, session, come, guest_of, remove, typed
):
    remove(come(guest_of("ada@example.org")).row, lasting=True)
    page = guest_link_path(factories.GuestLinkFactory(item=room, access_on=True))
    assert Client().post(page, {"name": "Ada", "email": typed}).status_code == 403


@pytest.mark.parametrize("typed", ["zoe@ex\u2028ample.org", "zoe@x\ufffe.org"])
def test_an_address_that_no_mail_can_go_to_is_refused_beside_the_field(room, typed):
    link = factories.GuestLinkFactory(item=room, access_on=True)
    for what, page in (
        ("join", guest_link_path(link)),
        ("ask", reverse("access:ask_host", args=[guest_link_token(link)])),
    ):
        answer = Client().post(page, {"name": "Zoe", "email": typed, "message": "Please"})
        assert answer.status_code == 422, what
        assert "invalid-feedback" in answer.content.decode()
