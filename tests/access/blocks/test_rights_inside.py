"""A change of rights does not wait for the page of the person it is about."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.audit.models import Act
from access.blocks import services as blocks
from access.guests.models import Guest
from access.guests.services import guests
from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.services import managing
from access.memberships import services as memberships
from access.memberships.models import GalleryMembership, GalleryRole
from access.rights.effects import apply
from access.rights.models import RightsChange
from access.roles import Role
from media_items.catalogue.models import Kind, State
from media_items.live.sessions import removing
from media_items.live.sessions.models import Level, Participant, Stay
from media_items.live.sessions.services import end_session, lock_session, open_session
from media_items.live.stage.models import Seat, SeatKind
from media_items.live.stage.services import go_on_stage
from tests import factories
from tests.access.blocks.conftest import address, enter, is_inside
from tests.conftest import client_with_admissions

pytestmark = pytest.mark.django_db


@pytest.fixture
def felt(django_capture_on_commit_callbacks):
    """`felt(act)`: does it, and lets what follows from it happen; nobody's page says a word."""

    def do(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()

    return do


@pytest.fixture
def lena(room, session, come, client_of):
    """Has an account, invited to the room as a speaker, inside."""
    account = factories.UserFactory(email="lena@example.org", email_verified_at=timezone.now())
    factories.InvitationFactory(
        item=room, email=account.email, role="speaker", accepted_at=timezone.now(), account=account
    )
    return come(client_of(account))


@pytest.fixture
def invitation(lena):
    return Invitation.objects.get()


def stage_seats(person):
    return Seat.objects.filter(participant=person.row, left_at=None, kind=SeatKind.STAGE)


def is_there(person):
    return Stay.objects.filter(participant=person.row, left_at=None).exists()


def on_stage(person):
    go_on_stage(participant=person.row, at_will=True)
    assert stage_seats(person).exists()


def demote(invitation, role="viewer"):
    by = Inviter(roles={Role.OWNER}, account=invitation.item.owner)
    managing.change_role(invitation=invitation, role=role, by=by)


def changed(session, row):
    """What the host did about them is applied."""
    change = RightsChange.objects.create(
        session=session,
        participant_ids=[row.pk],
        taken=True,
        act=Act.INVITATION_REVOKED,
    )
    apply(change.pk)
    assert not RightsChange.objects.exists()


def take_back(invitation):
    managing.revoke(invitation=invitation, by=invitation.item.owner)


def make_unlisted(room):
    room.state = State.UNLISTED
    room.save(update_fields=["state"])


def test_taken_back_they_do_not_stay_in_an_unlisted_room_as_a_passer_by(
    felt, room, session, lena, invitation
):
    make_unlisted(room)
    lock_session(session=session)
    felt(lambda: take_back(invitation))
    assert not is_inside(lena.browser, room)
    enter(lena.browser, room)
    assert not is_inside(lena.browser, room)
    assert lena.browser.get(f"/media/{room.public_id}/session/").status_code == 200
    assert not is_there(lena)


def test_invited_again_they_walk_in_again(felt, room, lena, invitation):
    make_unlisted(room)
    felt(lambda: take_back(invitation))
    factories.InvitationFactory(
        item=room, email=invitation.email, role="viewer", accepted_at=timezone.now()
    )
    enter(lena.browser, room)
    assert is_inside(lena.browser, room)


def test_taken_back_and_undone_they_walk_in_again(felt, room, lena, invitation):
    make_unlisted(room)
    felt(lambda: take_back(invitation))
    felt(lambda: managing.undo_revoke(invitation=invitation, by=room.owner))
    enter(lena.browser, room)
    assert is_inside(lena.browser, room)


def test_whoever_leaves_the_gallery_is_out_of_its_room_though_it_is_unlisted(
    felt, gallery, come, client_of, owner
):
    room = factories.MediaItemFactory(
        owner=owner, kind=Kind.ROOM, room_of=gallery, state=State.UNLISTED
    )
    open_session(item=room)
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.MANAGER)
    membership = factories.GalleryMembershipFactory(gallery=gallery)
    member = come(client_of(membership.user), item=room)
    felt(lambda: memberships.remove_member(membership=membership, by=owner))
    assert not is_inside(member.browser, room)
    enter(member.browser, room)
    assert not is_inside(member.browser, room)
    member.row.refresh_from_db()
    assert (member.row.removed_at, bool(member.row.right_ended_at)) == (None, True)


def test_a_manager_who_is_a_member_now_moderates_nothing_and_is_reached(
    felt, gallery, come, client_of, owner
):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, room_of=gallery)
    open_session(item=room)
    factories.GalleryMembershipFactory(gallery=gallery, user=owner, role=GalleryRole.MANAGER)
    membership = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER)
    manager = come(client_of(membership.user), item=room)
    assert manager.row.level == Level.MODERATOR
    felt(
        lambda: memberships.change_role(
            membership=GalleryMembership.objects.get(pk=membership.pk),
            role=GalleryRole.MEMBER,
            by=owner,
        )
    )
    manager.row.refresh_from_db()
    assert manager.row.level == Level.AUDIENCE
    assert is_inside(manager.browser, room)


def test_a_speaker_who_is_one_no_more_leaves_the_stage_and_does_not_come_on_again(
    felt, room, lena, invitation
):
    on_stage(lena)
    felt(lambda: demote(invitation))
    assert not stage_seats(lena).exists()
    stage = f"/media/{room.public_id}/session/stage/"
    assert lena.browser.post(stage + "go-on/", {"anew": "on"}).status_code != 204
    assert not stage_seats(lena).exists()
    assert is_inside(lena.browser, room)


def test_a_moderator_who_is_one_no_more_can_be_removed_by_the_others(
    felt, room, session, come, moderator, invited
):
    nettie = come(invited("nettie@example.org", role="moderator"))
    remove = address(room, "remove", nettie.row.pk)
    assert moderator.browser.get(remove).status_code == 403
    felt(lambda: demote(Invitation.objects.get(email="nettie@example.org")))
    assert moderator.browser.post(remove).status_code == 302
    assert not is_inside(nettie.browser, room)


def test_whoever_is_made_a_moderator_is_out_of_the_others_reach_at_once(
    felt, room, session, come, moderator, invited
):
    nettie = come(invited("nettie@example.org"))
    felt(lambda: demote(Invitation.objects.get(email="nettie@example.org"), role="moderator"))
    assert moderator.browser.get(address(room, "remove", nettie.row.pk)).status_code == 403


def test_the_seat_of_somebody_taken_back_is_free_at_once(felt, room, session, come, invited):
    carl = come(invited("carl@example.org", role="speaker"))
    on_stage(carl)
    felt(lambda: take_back(Invitation.objects.get(email="carl@example.org")))
    assert not stage_seats(carl).exists()
    assert not is_there(carl)
    carl.row.refresh_from_db()
    assert carl.row.removed_at is None
    assert carl.row.right_ended_at


def test_a_guest_who_is_ended_is_gone_at_once_and_the_others_stay(
    felt, room, session, come, guest_of
):
    ada = come(guest_of())
    bob = come(guest_of("bob@example.org"))
    felt(lambda: guests.remove_guest(guest=Guest.objects.get(email="ada@example.org"), by=None))
    assert not is_there(ada)
    assert is_there(bob)
    assert is_inside(bob.browser, room)
    ada.row.refresh_from_db()
    assert ada.row.removed_at is None
    assert ada.row.right_ended_at


@pytest.mark.parametrize("waiting_room", [False, True])
def test_a_guest_with_a_right_again_comes_in_and_need_not_be_let_in_twice(
    felt, room, session, come, waiting_room
):
    link = factories.GuestLinkFactory(item=room, access_on=True, waiting_room=waiting_room)
    admission = factories.GuestAdmissionFactory(guest__link=link)
    ada = come(client_with_admissions(admission))
    Participant.objects.filter(pk=ada.row.pk).update(admitted_at=timezone.now())
    removing.end_rights(session=session, participant_ids=[ada.row.pk])
    assert not is_inside(ada.browser, room)
    enter(ada.browser, room)
    ada.row.refresh_from_db()
    assert (ada.row.right_ended_at, ada.row.is_inside) == (None, True)
    assert is_inside(ada.browser, room)


def test_an_account_that_only_passes_by_does_not_come_back_by_passing_by(
    room, session, come, client_of
):
    make_unlisted(room)
    person = come(client_of(factories.UserFactory()))
    removing.end_rights(session=session, participant_ids=[person.row.pk])
    enter(person.browser, room)
    person.row.refresh_from_db()
    assert person.row.right_ended_at
    assert not person.row.is_waiting


def test_a_removed_guest_whose_right_ended_too_stays_removed(felt, room, session, come, guest_of):
    ada = come(guest_of())
    Participant.objects.filter(pk=ada.row.pk).update(
        removed_at=timezone.now(), right_ended_at=timezone.now()
    )
    enter(ada.browser, room)
    ada.row.refresh_from_db()
    assert ada.row.removed_at
    assert not is_inside(ada.browser, room)


def test_the_entrance_says_that_access_ended_and_blames_nobody(felt, room, lena, invitation):
    make_unlisted(room)
    felt(lambda: take_back(invitation))
    said = lena.browser.get(f"/media/{room.public_id}/session/").content.decode()
    assert "Your access to this session has ended" in said
    assert "The host has removed you" not in said


def test_whoever_acts_with_a_right_that_has_ended_puts_nobody_out(room, session, come, invited):
    mod = come(invited("mod@example.org", role="moderator"))
    carl = come(invited("carl@example.org"))
    removing.end_rights(session=session, participant_ids=[mod.row.pk])
    with pytest.raises(blocks.NotAbove):
        blocks.remove(
            participant=carl.row, by=blocks.Actor(Level.MODERATOR, None, mod.row), lasting=False
        )


def test_whoever_has_another_right_stays(felt, room, lena, invitation):
    other = factories.CoEditorFactory(item=room, user=invitation.account)
    felt(lambda: take_back(invitation))
    assert is_inside(lena.browser, room)
    lena.row.refresh_from_db()
    assert lena.row.level == Level.HOST
    assert other.user == invitation.account


def test_a_passer_by_who_was_let_in_stays_when_they_decline_an_invitation(
    room, session, come, client_of
):
    make_unlisted(room)
    passer_by = factories.UserFactory()
    browser = client_of(passer_by)
    person = come(browser)
    person.row.admitted_at = timezone.now()
    person.row.save(update_fields=["admitted_at"])
    changed(session, person.row)
    assert is_inside(browser, room)


def test_nothing_is_settled_where_no_session_is_under_way(lena, session, invitation):
    end_session(session=session)
    take_back(invitation)
    changed(session, lena.row)
    lena.row.refresh_from_db()
    assert lena.row.removed_at is None
