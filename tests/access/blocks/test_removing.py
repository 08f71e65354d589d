"""Removed from a session: by whom, who feels it where, and how one comes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks import services
from access.blocks.models import Block
from access.blocks.services import Actor, NotAbove
from access.guests.services import links
from access.links import guest_link_token
from access.memberships.models import GalleryRole
from media_items.catalogue.models import State
from media_items.live.sessions.models import Level, Participant, Stay
from media_items.live.sessions.services import end_session, open_session
from media_items.live.stage.models import Seat, SeatKind, StageInvitation
from tests import factories
from tests.access.blocks.conftest import ADA, address, enter, is_inside
from tests.conftest import client_with_admissions

BYTES = ["", "session/", "session/chat/", "session/participants/", "session/top/", "thumbnail/"]


def statuses(browser: Client, room) -> set[int]:
    """Of everything somebody inside asks for."""
    base = f"/media/{room.public_id}/"
    seen = {browser.get(base + part).status_code for part in BYTES}
    seen |= {
        browser.post(f"{base}session/{act}/").status_code
        for act in ("enter", "heartbeat", "leave", "lock")
    }
    return seen


@pytest.fixture(params=["remove", "block"])
def what(request):
    return request.param


# --- the act --------------------------------------------------------------------------------------


def test_get_asks_once_and_changes_nothing(host, come, guest_of, room, what):
    ada = come(guest_of())
    place = address(room, what, ada.row.pk)
    for headers in ({}, {"HX-Request": "true"}):
        page = host.browser.get(place, headers=headers)
        assert page.status_code == 200
        words = page.content.decode()
        assert "Ada Lovelace" in words
        assert f'action="{place}"' in words
        assert ("until somebody lets them back in" in words) == (what == "block")
    assert is_inside(ada.browser, room)
    assert not Block.objects.exists()


def test_a_guest_who_is_removed_gets_nothing_any_more_and_is_told_so(
    host, come, guest_of, room, what
):
    ada = come(guest_of())
    assert is_inside(ada.browser, room)
    answer = host.browser.post(address(room, what, ada.row.pk))
    assert answer["Location"] == f"/media/{room.public_id}/session/participants/"
    assert statuses(ada.browser, room) == {403}
    page = ada.browser.get(room.get_absolute_url()).content.decode()
    assert "The host has removed you" in page
    assert room.title in page


@pytest.mark.parametrize("way", ["guest", "invited", "account", "member"])
def test_however_they_came_they_are_out_and_told_so(
    host, come, guest_of, invited, client_of, room, what, way
):
    browser = _way_in(way, room, guest_of, invited, client_of)
    ada = come(browser)
    host.browser.post(address(room, what, ada.row.pk))
    assert statuses(browser, room) == {403}
    page = browser.get(room.get_absolute_url()).content.decode()
    assert "The host has removed you" in page
    comes_back = "When it has ended" in page
    assert comes_back == (what == "remove")


def _way_in(way, room, guest_of, invited, client_of) -> Client:
    if way == "guest":
        return guest_of()
    if way == "invited":
        return invited()
    user = factories.UserFactory(email=ADA, email_verified_at=timezone.now())
    if way == "account":
        factories.InvitationFactory(item=room, email=ADA, accepted=True)
    else:
        room.room_of = factories.GalleryMembershipFactory(user=user).gallery
        room.save()
    return client_of(user)


def test_every_browser_and_every_link_of_the_address_goes_with_them(
    host, come, guest_of, invited, room
):
    first, second, by_mail = come(guest_of()), come(guest_of()), come(invited())
    somebody_else = come(guest_of("bob@example.org"))
    dialog = host.browser.get(address(room, "remove", by_mail.row.pk)).content.decode()
    assert "Also removed" in dialog
    assert "Ada Lovelace" in dialog
    host.browser.post(address(room, "remove", by_mail.row.pk))
    for person in (first, second, by_mail):
        assert statuses(person.browser, room) == {403}
        person.row.refresh_from_db()
        assert person.row.removed_at
        assert person.row.removed_by == host.row
    assert is_inside(somebody_else.browser, room)


def test_they_leave_the_stage_their_hand_comes_down_and_nothing_they_said_is_lost(
    host, come, guest_of, room, session
):
    ada = come(guest_of())
    Seat.objects.create(session=session, participant=ada.row, kind=SeatKind.STAGE)
    StageInvitation.objects.create(participant=ada.row)
    Participant.objects.filter(pk=ada.row.pk).update(hand_raised_at=timezone.now())
    session.messages.create(author=ada.row, text="Hello")
    host.browser.post(address(room, "remove", ada.row.pk))
    ada.row.refresh_from_db()
    assert ada.row.hand_raised_at is None
    assert not Seat.objects.filter(left_at=None).exists()
    assert not StageInvitation.objects.exists()
    assert not Stay.objects.filter(participant=ada.row, left_at=None).exists()
    assert session.messages.get().text == "Hello"


def test_the_trail_says_who_put_whom_out_and_back_without_a_name(
    host, moderator, come, guest_of, invited, room
):
    ada, bob = come(guest_of()), come(invited("bob@example.org"))
    moderator.browser.post(address(room, "remove", ada.row.pk))
    host.browser.post(address(room, "block", bob.row.pk))
    block = Block.objects.get(email="bob@example.org")
    host.browser.post(f"/media/{room.public_id}/blocked/{block.pk}/let-back/")
    removed, blocked, back = AccessEvent.objects.filter(
        act__in=[Act.PARTICIPANT_REMOVED, Act.PARTICIPANT_BLOCKED, Act.PARTICIPANT_LET_BACK]
    ).order_by("pk")
    assert removed.act == Act.PARTICIPANT_REMOVED
    assert (removed.actor, removed.by_participant) == (None, moderator.row)
    assert removed.guest.email == ADA
    assert blocked.act == Act.PARTICIPANT_BLOCKED
    assert (blocked.actor, blocked.participant) == (room.owner, bob.row)
    assert blocked.invitation.email == back.invitation.email == "bob@example.org"
    for event in (removed, blocked, back):
        assert event.details == {}
    page = host.browser.get(f"/media/{room.public_id}/access/trail/").content.decode()
    assert "Removed from the session" in page
    assert "Grace" in page


def test_twice_is_once(host, come, guest_of, room, what):
    ada = come(guest_of())
    for _time in range(2):
        assert host.browser.post(address(room, what, ada.row.pk)).status_code == 302
    assert Block.objects.count() == 1
    assert AccessEvent.objects.filter(act__startswith="participant").count() == 1


def test_removed_and_then_blocked_is_blocked(host, come, guest_of, room, session):
    ada = come(guest_of())
    host.browser.post(address(room, "remove", ada.row.pk))
    host.browser.post(address(room, "block", ada.row.pk))
    end_session(session=session)
    assert statuses(ada.browser, room) == {403}
    acts = AccessEvent.objects.filter(act__startswith="participant").order_by("pk")
    assert [one.act for one in acts] == [Act.PARTICIPANT_REMOVED, Act.PARTICIPANT_BLOCKED]


def test_htmx_gets_no_page_but_the_facts(host, come, guest_of, room):
    ada = come(guest_of())
    answer = host.browser.post(address(room, "remove", ada.row.pk), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "live:participants" in answer["HX-Trigger"]
    assert "close-dialog" in answer["HX-Trigger"]


def test_where_the_question_was_a_page_of_its_own_it_leads_back(host, come, guest_of, room):
    place = address(room, "remove", come(guest_of()).row.pk)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{place}?next=/"}
    answer = host.browser.post(place, headers=headers)
    assert answer["HX-Redirect"] == f"/media/{room.public_id}/session/participants/"


def test_somebody_of_another_session_is_not_there(host, come, guest_of, room, what):
    other = factories.MediaItemFactory(kind="room")
    row = Participant.objects.create(session=open_session(item=other), key="guest:1")
    assert host.browser.get(address(room, what, row.pk)).status_code == 404
    assert host.browser.post(address(room, what, row.pk)).status_code == 404


def test_whoever_is_not_inside_puts_nobody_out(come, guest_of, room, client_of, co_editor, what):
    factories.CoEditorFactory(item=room, user=co_editor)
    ada = come(guest_of())
    assert client_of(co_editor).post(address(room, what, ada.row.pk)).status_code == 403
    assert is_inside(ada.browser, room)


# --- how far one reaches --------------------------------------------------------------------------


def test_a_moderator_puts_out_speakers_and_viewers_but_no_moderator_and_no_host(
    host, moderator, come, invited, room, what
):
    speaker = come(invited("speaker@example.org", role="speaker"))
    equal = come(invited("equal@example.org", role="moderator"))
    for person in (host, equal, moderator):
        for ask in (moderator.browser.get, moderator.browser.post):
            assert ask(address(room, what, person.row.pk)).status_code == 403
    assert moderator.browser.post(address(room, what, speaker.row.pk)).status_code == 302
    assert not is_inside(speaker.browser, room)
    assert is_inside(equal.browser, room)
    assert host.browser.post(address(room, what, equal.row.pk)).status_code == 302
    assert not is_inside(equal.browser, room)


@pytest.mark.parametrize("role", ["viewer", "speaker", "guest"])
def test_nobody_below_a_moderator_puts_anybody_out(come, invited, guest_of, room, role, what):
    low = come(guest_of("low@example.org") if role == "guest" else invited("l@b.org", role=role))
    ada = come(guest_of())
    for ask in (low.browser.get, low.browser.post):
        assert ask(address(room, what, ada.row.pk)).status_code == 403
    assert is_inside(ada.browser, room)


def test_a_moderator_who_was_removed_puts_nobody_out(come, invited, guest_of, room, remove):
    """The request was let through before, and comes to the lock after."""
    moderator = come(invited("m@example.org", role="moderator"))
    ada = come(guest_of())
    remove(moderator.row)
    with pytest.raises(NotAbove):
        services.remove(
            participant=ada.row, by=Actor(Level.MODERATOR, None, moderator.row), lasting=True
        )
    assert is_inside(ada.browser, room)


def test_the_owner_and_the_co_editors_stay_whatever_address_a_guest_typed(
    host, moderator, come, guest_of, room, co_editor, client_of, what
):
    factories.CoEditorFactory(item=room, user=co_editor)
    editor = come(client_of(co_editor))
    for email in (room.owner.email, co_editor.email):
        impostor = come(guest_of(email))
        answer = moderator.browser.post(address(room, what, impostor.row.pk))
        assert answer.status_code == 302
        assert statuses(impostor.browser, room) == {403}
    assert is_inside(host.browser, room)
    assert is_inside(editor.browser, room)
    # And come in anew, in this session too.
    for person in (host, editor):
        person.browser.post(f"/media/{room.public_id}/session/leave/")
        enter(person.browser, room)
        assert is_inside(person.browser, room)


def test_nobody_puts_out_an_equal_by_coming_as_a_guest_with_their_address(
    moderator, come, invited, guest_of, room, what
):
    victim = come(invited("victim@example.org", role="moderator"))
    decoy = come(guest_of("victim@example.org"))
    assert moderator.browser.post(address(room, what, decoy.row.pk)).status_code == 302
    assert statuses(decoy.browser, room) == {403}
    assert is_inside(victim.browser, room)
    victim.browser.post(f"/media/{room.public_id}/session/leave/")
    enter(victim.browser, room)
    assert is_inside(victim.browser, room)
    # The address cannot be typed again at any link, which is what was wanted.
    assert not is_inside(_rejoined("victim@example.org", room), room)


def _rejoined(email, room) -> Client:
    link = factories.GuestLinkFactory(item=room, access_on=True)
    browser = Client()
    browser.post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": email})
    enter(browser, room)
    return browser


def test_nor_does_the_host_by_putting_the_impostor_out(host, come, invited, guest_of, room):
    victim = come(invited("victim@example.org", role="moderator"))
    decoy = come(guest_of("victim@example.org"))
    host.browser.post(address(room, "remove", decoy.row.pk))
    assert statuses(decoy.browser, room) == {403}
    assert is_inside(victim.browser, room)


def test_a_gallerys_manager_is_out_of_a_moderators_reach(
    moderator, come, room, client_of, guest_of, what
):
    manager = factories.GalleryMembershipFactory(role=GalleryRole.MANAGER)
    room.room_of = manager.gallery
    room.save()
    inside = come(client_of(manager.user))
    assert inside.row.level == Level.MODERATOR
    assert moderator.browser.post(address(room, what, inside.row.pk)).status_code == 403
    decoy = come(guest_of(manager.user.email))
    moderator.browser.post(address(room, what, decoy.row.pk))
    assert is_inside(inside.browser, room)
    assert not is_inside(decoy.browser, room)


def test_a_member_made_moderator_a_moment_ago_is_out_of_reach_already(
    moderator, come, invited, room, what
):
    """Their row still says audience; their invitation says moderator."""
    person = come(invited())
    room.invitations.filter(email=ADA).update(role="moderator")
    answer = moderator.browser.post(address(room, what, person.row.pk))
    assert answer.status_code == 422
    assert "Ask the host" in answer.content.decode()
    assert is_inside(person.browser, room)


# --- the ways back --------------------------------------------------------------------------------


@pytest.mark.parametrize("email", [ADA, "ADA@Example.org"])
def test_no_link_lets_them_in_again_and_the_page_says_no_more_than_that(
    host, come, guest_of, room, what, email
):
    ada = come(guest_of())
    host.browser.post(address(room, what, ada.row.pk))
    link = factories.GuestLinkFactory(item=room, access_on=True)
    answer = Client().post(f"/g/{guest_link_token(link)}/", {"name": "Ada", "email": email})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "This email can’t be used here" in page  # anybody can type it
    assert ADA not in page.replace(email, "")
    assert "session" not in page.lower().replace("sessionid", "")
    link.refresh_from_db()
    assert link.places_taken == 0


def test_whoever_types_another_address_comes_in_as_before(host, come, guest_of, room):
    host.browser.post(address(room, "block", come(guest_of()).row.pk))
    assert is_inside(_rejoined("bob@example.org", room), room)


def test_a_plain_removal_is_over_with_the_session(host, come, guest_of, room, session):
    ada = come(guest_of())
    host.browser.post(address(room, "remove", ada.row.pk))
    end_session(session=session)
    assert ada.browser.get(room.get_absolute_url()).status_code == 200
    open_session(item=room)
    enter(ada.browser, room)
    assert is_inside(ada.browser, room)


def test_a_block_stays_over_the_end_of_the_session(host, come, guest_of, room, session):
    ada = come(guest_of())
    host.browser.post(address(room, "block", ada.row.pk))
    end_session(session=session)
    open_session(item=room)
    assert statuses(ada.browser, room) == {403}
    assert not is_inside(_rejoined(ADA, room), room)


def test_ended_for_everyone_meanwhile_a_guest_let_back_comes_by_the_form_again(
    host, come, guest_of, room
):
    ada = come(guest_of())
    host.browser.post(address(room, "block", ada.row.pk))
    links.switch_off(item=room, by=room.owner, end_inside=True)
    block = Block.objects.get()
    services.unblock(block=block, by=Actor(Level.HOST))
    assert statuses(ada.browser, room) == {403}


def test_an_unlisted_room_shows_them_what_it_shows_the_public(
    host, come, guest_of, room, session, what
):
    ada = come(guest_of())
    room.state = State.UNLISTED
    room.save()
    host.browser.post(address(room, what, ada.row.pk))
    assert ada.browser.get(room.get_absolute_url()).status_code == 200
    assert not is_inside(ada.browser, room)
    page = ada.browser.get(f"/media/{room.public_id}/session/").content.decode()
    assert "The host has removed you" in page
    assert "Continue" not in page
    enter(ada.browser, room)
    assert not is_inside(ada.browser, room)
    assert session.participants.inside().count() == 1
    beat = ada.browser.post(f"/media/{room.public_id}/session/heartbeat/")
    assert beat.headers.get("HX-Refresh") == "true"
    assert "foyer_live" not in beat.cookies


def test_an_account_removed_of_an_unlisted_room_does_not_knock_again(
    host, come, client_of, room, session
):
    user = factories.UserFactory()
    room.state = State.UNLISTED
    room.save()
    passing = come(client_of(user))
    host.browser.post(address(room, "block", passing.row.pk))
    end_session(session=session)
    again = open_session(item=room)
    enter(passing.browser, room)
    assert not again.participants.filter(key=passing.row.key).exists()
    assert passing.browser.get(room.get_absolute_url()).status_code == 200


def test_a_passer_by_with_an_account_waits_and_once_admitted_looks_and_does_not_write(
    host, come, client_of, room, session
):
    room.state = State.UNLISTED
    room.save()
    passing = come(client_of(factories.UserFactory()))
    assert passing.row.is_waiting
    assert not is_inside(passing.browser, room)
    Participant.objects.filter(pk=passing.row.pk).update(admitted_at=timezone.now())
    assert is_inside(passing.browser, room)
    abilities = passing.browser.get(room.get_absolute_url()).wsgi_request.visitor.abilities_on(room)
    assert abilities == {"view"}


def test_a_passer_by_without_an_account_takes_no_part(room, session):
    room.state = State.UNLISTED
    room.save()
    browser = Client()
    enter(browser, room)
    assert not is_inside(browser, room)
    assert not session.participants.exists()


# --- let back in ----------------------------------------------------------------------------------


def test_let_back_in_they_come_by_what_they_had(host, come, guest_of, room, what):
    ada = come(guest_of())
    host.browser.post(address(room, what, ada.row.pk))
    page = host.browser.get(f"/media/{room.public_id}/blocked/").content.decode()
    assert "Ada Lovelace" in page
    assert ADA in page
    block = Block.objects.get()
    url = f"/media/{room.public_id}/blocked/{block.pk}/let-back/"
    for _time in range(2):
        assert host.browser.post(url).status_code == 302
    block.refresh_from_db()
    assert block.lifted_by == room.owner
    assert block.lifted_by_participant == host.row
    enter(ada.browser, room)
    assert is_inside(ada.browser, room)
    assert AccessEvent.objects.filter(act=Act.PARTICIPANT_LET_BACK).count() == 1
    assert (
        "Nobody has been removed"
        in host.browser.get(f"/media/{room.public_id}/blocked/").content.decode()
    )


def test_let_back_lifts_all_that_puts_the_person_out(host, come, invited, room):
    """An account's address and the address it was invited by, a removal and a block."""
    user = factories.UserFactory(email_verified_at=timezone.now())
    factories.InvitationFactory(item=room, email=ADA, account=user, accepted=True)
    browser = Client()
    browser.force_login(user)
    person = come(browser)
    for what in ("remove", "block"):
        host.browser.post(address(room, what, person.row.pk))
    assert set(Block.objects.values_list("email", flat=True)) == {user.email, ADA}
    assert Block.objects.count() == 4
    services.unblock(block=Block.objects.first(), by=Actor(Level.HOST))
    assert not Block.objects.in_force().exists()
    enter(browser, room)
    assert is_inside(browser, room)


def test_a_moderator_lets_back_whom_moderators_removed_and_nobody_whom_the_host_did(
    host, moderator, come, guest_of, room
):
    ada, bob = come(guest_of()), come(guest_of("bob@example.org"))
    moderator.browser.post(address(room, "block", ada.row.pk))
    host.browser.post(address(room, "block", bob.row.pk))
    for person, status in ((ada, 302), (bob, 422)):
        block = Block.objects.get(participant=person.row)
        url = f"/media/{room.public_id}/blocked/{block.pk}/let-back/"
        assert moderator.browser.post(url).status_code == status
    enter(ada.browser, room)
    enter(bob.browser, room)
    assert is_inside(ada.browser, room)
    assert not is_inside(bob.browser, room)


def test_a_moderator_reads_names_and_no_addresses(host, moderator, come, guest_of, room):
    host.browser.post(address(room, "block", come(guest_of()).row.pk))
    page = moderator.browser.get(f"/media/{room.public_id}/blocked/").content.decode()
    assert "Ada Lovelace" in page
    assert ADA not in page
    assert "Let back in" not in page


def test_the_entry_of_the_menu_counts_and_is_not_there_for_nobody(host, come, guest_of, room):
    url = f"/media/{room.public_id}/blocked/entry/"
    assert host.browser.get(url).content.decode().strip() == ""
    host.browser.post(address(room, "block", come(guest_of()).row.pk))
    assert "Removed and blocked (1)" in host.browser.get(url).content.decode()


def test_eleven_people_removed_cost_as_many_queries_as_one(
    host, room, session, django_assert_num_queries
):
    url = f"/media/{room.public_id}/blocked/"

    def another():
        row = Participant.objects.create(
            session=session, key=f"guest:{Participant.objects.count()}"
        )
        factories.BlockFactory(
            item=room, participant=row, made_by=room.owner, made_by_participant=row
        )

    another()
    host.browser.get(url)
    with django_assert_num_queries(5):  # session, account, item, site policy, page
        host.browser.get(url)
    for _one in range(10):
        another()
    with django_assert_num_queries(5):
        assert host.browser.get(url).content.decode().count("Let back in") == 11


def test_a_stranger_to_the_item_learns_nothing_of_an_account_with_that_address(room, client_of):
    """A guest may have typed it; who would not see the item anyhow gets what everybody gets."""
    user = factories.UserFactory(email=ADA)
    factories.BlockFactory(item=room, email=ADA)
    assert client_of(user).get(room.get_absolute_url()).status_code == 404


def test_the_bytes_of_a_video_are_guarded_the_same_way(item):
    """Only live items have sessions, but the rule stands below them: in the proofs themselves."""
    admission = factories.GuestAdmissionFactory(guest__link__item=item, guest__email=ADA)
    browser = client_with_admissions(admission)
    assert browser.get(item.get_absolute_url()).status_code == 200
    factories.BlockFactory(item=item, email=ADA)
    assert browser.get(item.get_absolute_url()).status_code == 403
    assert browser.get(f"{item.get_absolute_url()}thumbnail/").status_code == 403
