"""Changing the role of somebody inside: for the person, felt at once, no new link."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.invitations.models import Invitation
from access.invitations.services.inviting import let_moderators_invite
from media_items.live.sessions.models import Level
from tests import factories
from tests.access.blocks.conftest import ADA, address, is_inside


def backchannel(browser: Client, room) -> int:
    return browser.get(f"/media/{room.public_id}/session/backchannel/").status_code


def test_an_invited_viewer_is_a_speaker_at_the_next_request(host, come, invited, room):
    ada = come(invited())
    key_version = Invitation.objects.get().key_version
    page = host.browser.get(address(room, "role", ada.row.pk)).content.decode()
    assert "Speaker" in page
    assert backchannel(ada.browser, room) == 403
    answer = host.browser.post(address(room, "role", ada.row.pk), {"role": "speaker"})
    assert answer["Location"] == f"/media/{room.public_id}/session/participants/"
    beat = ada.browser.post(f"/media/{room.public_id}/session/heartbeat/")
    assert beat["HX-Trigger"] == "live:me"
    assert backchannel(ada.browser, room) == 200
    assert Invitation.objects.get().key_version == key_version
    ada.row.refresh_from_db()
    assert (ada.row.level, ada.row.role) == (Level.SPEAKER, "speaker")


def test_a_moderator_made_viewer_moderates_nobody_any_more(host, come, invited, guest_of, room):
    moderator = come(invited("m@example.org", role="moderator"))
    ada = come(guest_of())
    host.browser.post(address(room, "role", moderator.row.pk), {"role": "viewer"})
    assert moderator.browser.post(address(room, "remove", ada.row.pk)).status_code == 403
    assert is_inside(ada.browser, room)


def test_an_account_with_an_invitation_gets_the_role_by_it(host, come, client_of, room):
    user = factories.UserFactory(email=ADA, email_verified_at=timezone.now())
    invitation = factories.InvitationFactory(item=room, email=ADA, accepted=True)
    person = come(client_of(user))
    host.browser.post(address(room, "role", person.row.pk), {"role": "speaker"})
    invitation.refresh_from_db()
    assert invitation.role == "speaker"
    assert backchannel(person.browser, room) == 200
    assert AccessEvent.objects.get(act=Act.INVITATION_CHANGED).details["before"] == "viewer"


def test_whoever_has_no_invitation_is_explained_to_the_host_and_can_be_invited(
    host, come, guest_of, client_of, room
):
    guest = come(guest_of())
    member = factories.GalleryMembershipFactory()
    room.room_of = member.gallery
    room.save()
    for person in (guest, come(client_of(member.user))):
        page = host.browser.get(address(room, "role", person.row.pk))
        assert page.status_code == 200
        assert "Only invited people have a role" in page.content.decode()
        assert f"/media/{room.public_id}/invitations/new/" in page.content.decode()
        answer = host.browser.post(address(room, "role", person.row.pk), {"role": "speaker"})
        assert answer.status_code == 422
        assert backchannel(person.browser, room) == 403
    assert not Invitation.objects.exists()


def test_a_moderator_changes_roles_only_where_the_owner_lets_moderators_invite(
    moderator, come, invited, room
):
    ada = come(invited())
    equal = come(invited("equal@example.org", role="moderator"))
    place = address(room, "role", ada.row.pk)
    assert moderator.browser.post(place, {"role": "speaker"}).status_code == 403
    let_moderators_invite(item=room, allowed=True, by=room.owner)
    assert moderator.browser.post(place, {"role": "speaker"}).status_code == 302
    assert backchannel(ada.browser, room) == 200
    # Nobody acts on an equal, nor on themself.
    for person in (equal, moderator):
        answer = moderator.browser.post(address(room, "role", person.row.pk), {"role": "viewer"})
        assert answer.status_code == 403


def test_a_role_that_is_not_offered_is_refused(host, come, invited, room):
    ada = come(invited())
    for role in ("collaborator", "owner", ""):
        answer = host.browser.post(address(room, "role", ada.row.pk), {"role": role})
        assert answer.status_code == 422
    assert Invitation.objects.get().role == "viewer"


def test_taken_back_there_is_no_role_to_change(host, come, invited, room):
    ada = come(invited())
    Invitation.objects.update(revoked_at=timezone.now())
    answer = host.browser.post(address(room, "role", ada.row.pk), {"role": "speaker"})
    assert answer.status_code == 422
    assert "Only invited people have a role" in answer.content.decode()


def test_get_changes_nothing(host, come, invited, room):
    ada = come(invited())
    host.browser.get(address(room, "role", ada.row.pk), {"role": "speaker"})
    assert Invitation.objects.get().role == "viewer"
