"""Ways in that were tried, by somebody with a link, an old browser or a list, and stay shut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.invitations.models import MailKind
from access.invitations.people import Inviter
from access.invitations.services import answering, managing
from access.invitations.suggestions import people_like
from access.links import invitation_token
from access.mail.texts import write
from access.people_lists.parsing import read_people
from access.roles import Role
from tests import factories
from tests.conftest import client_with_proofs
from tests.growth import assert_takes_its_length

pytestmark = pytest.mark.django_db


def path_of(invitation):
    return f"/i/{invitation_token(invitation)}/"


def test_a_browser_that_was_ended_never_learns_the_new_link_after_it_expired(item, owner):
    proof = factories.InvitationProofFactory(invitation__item=item)
    thief, invitation = client_with_proofs(proof), proof.invitation
    managing.give_new_address(invitation=invitation, end_browsers=True, by=owner)
    invitation.refresh_from_db()
    invitation.expires_at = timezone.now() - timedelta(minutes=1)
    invitation.save()
    response = thief.get(item.get_absolute_url())
    assert response.status_code == 403
    assert invitation_token(invitation) not in response.content.decode()


def test_a_browser_that_was_ended_never_learns_the_new_link_after_a_decline(item, owner):
    proof = factories.InvitationProofFactory(invitation__item=item)
    thief, invitation = client_with_proofs(proof), proof.invitation
    managing.give_new_address(invitation=invitation, end_browsers=True, by=owner)
    invitation.refresh_from_db()
    answering.decline(invitation=invitation, key_version=invitation.key_version, is_proven=True)
    response = thief.get(item.get_absolute_url())
    assert response.status_code == 403
    assert invitation_token(invitation) not in response.content.decode()


def test_whoever_answered_at_the_wrong_address_is_not_led_to_the_corrected_link(item, owner):
    proof = factories.InvitationProofFactory(invitation__item=item)
    wrong, invitation = client_with_proofs(proof), proof.invitation
    answering.decline(invitation=invitation, key_version=invitation.key_version, is_proven=True)
    by = Inviter(roles={Role.OWNER}, account=owner)
    managing.correct_address(invitation=invitation, email="right@elsewhere.example", by=by)
    invitation.refresh_from_db()
    response = wrong.get(item.get_absolute_url())
    shown = response.headers.get("Location", "") + response.content.decode()
    assert invitation_token(invitation) not in shown
    assert "elsewhere.example" not in shown
    assert response.status_code in {403, 404}


def test_the_address_of_an_inviting_moderator_without_a_name_is_shown_to_nobody(item):
    moderator = factories.InvitationFactory(
        item=item, email="secret.moderator@example.org", first_name="", last_name=""
    )
    invitation = factories.InvitationFactory(
        item=item, invited_by=None, invited_by_invitation=moderator
    )
    page = Client().get(path_of(invitation)).content.decode()
    assert "secret.moderator@" not in page
    assert "secret.moderator" in page


def test_a_note_of_several_lines_in_the_subject_stays_one_line():
    values = {"note": "one\nBcc: everybody@example.org", "link": "https://example.org/i/x/"}
    written = write(kind=MailKind.INVITE, subject="About {note}", body="{link}", values=values)
    assert written.subject == "About one Bcc: everybody@example.org"


@pytest.mark.parametrize(
    "line",
    [
        lambda length: "a@<" + " " * length + "x",
        lambda length: "@" + "a" * length,
        lambda length: "a@b " + "<" * (length // 2) + " " * (length // 2) + "x",
    ],
)
def test_a_hostile_line_takes_its_length_only(line):
    assert_takes_its_length(read_people, line, length=19_900)


def test_somebody_who_proves_nothing_is_offered_nobody(item):
    factories.InvitationFactory(item=item, email="ada@example.org")
    assert people_like("ada", by=Inviter(roles=frozenset())) == []


def test_the_picture_goes_when_the_page_goes(item):
    invitation = factories.InvitationFactory(item=item)
    item.available_until = timezone.now() - timedelta(minutes=1)
    item.save()
    assert Client().get(path_of(invitation)).status_code == 403
    assert Client().get(f"{path_of(invitation)}picture/").status_code == 404


def test_an_address_is_not_corrected_to_one_with_control_characters(item, owner, client_of):
    invitation = factories.InvitationFactory(item=item)
    url = reverse("access:correct_invitation_address", args=[item.public_id, invitation.pk])
    response = client_of(owner).post(url, {"email": '"\x0b"@example.org'})
    assert response.status_code == 422
    invitation.refresh_from_db()
    assert "\x0b" not in invitation.email
