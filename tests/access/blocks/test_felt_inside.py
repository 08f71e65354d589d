"""Changes of rights reach the people inside: who hears what, after commit."""

from __future__ import annotations

import asyncio
import re
import time
from math import inf

import pytest
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.services import guests, joining, links
from access.invitations.models import Invitation, InvitationProof
from access.invitations.people import Inviter
from access.invitations.services import answering, managing
from access.invitations.services.inviting import let_moderators_invite
from access.memberships import co_editors
from access.memberships import services as memberships
from access.memberships.models import GalleryRole
from access.roles import Role
from media_items.catalogue.models import State
from media_items.live.events.bus import current_bus
from media_items.live.events.facts import EVERYBODY, only
from media_items.live.events.hub import HUB
from media_items.live.events.streams import Stream
from media_items.live.events.tickets import Ticket
from media_items.live.sessions.services import end_session, open_session
from tests import factories
from tests.access.blocks.conftest import address


@pytest.fixture
def loop(settings):
    """The hub of this process hears what is said here, whatever the database."""
    settings.LIVE_BUS = "memory"
    current_bus.cache_clear()
    made = asyncio.new_event_loop()
    HUB.run_in(made)
    yield made
    HUB.run_in(None)
    made.close()
    current_bus.cache_clear()


@pytest.fixture
def listen(session, loop, django_capture_on_commit_callbacks):
    """`listen(row)`: a stream as that person's; calling it does an act and says what came."""

    def make(row=None, *, session=session):
        pk = row.pk if row else 0
        recipients = frozenset({EVERYBODY, only(pk)})
        stream = HUB.open(
            Ticket(session.public_id, pk, recipients, issued_at=time.time(), read_at=inf)
        )

        def hear(act) -> list[str]:
            with django_capture_on_commit_callbacks(execute=True):
                act()
            loop.run_until_complete(asyncio.sleep(0))
            return re.findall(r"event: (\w+)", loop.run_until_complete(_next(stream)).decode())

        return hear

    return make


async def _next(stream: Stream) -> bytes:
    """What has come by now; nothing at all is an answer too."""
    try:
        return await asyncio.wait_for(stream.next(), 0.02)
    except TimeoutError:
        return b""


def by(user):
    return Inviter(roles={Role.OWNER}, account=user)


HOST_ACTS = {
    "guests ended": lambda it: links.end_inside(link=it["link"], by=it["owner"]),
    "guest access off, and out": lambda it: links.switch_off(
        item=it["room"], by=it["owner"], end_inside=True
    ),
    "link paused, and out": lambda it: links.pause_link(
        link=it["link"], by=it["owner"], end_inside=True
    ),
    "link deleted": lambda it: links.delete_link(link=it["link"], by=it["owner"]),
    "link changed": lambda it: links.change_link(link=it["link"], by=it["owner"], may_chat=False),
    "guest removed": lambda it: guests.remove_guest(guest=it["guest"], by=it["owner"]),
    "taken back": lambda it: managing.revoke(invitation=it["invitation"], by=it["owner"]),
    "role changed": lambda it: managing.change_role(
        invitation=it["invitation"], role="speaker", by=by(it["owner"])
    ),
    "new address, browsers ended": lambda it: managing.give_new_address(
        invitation=it["invitation"], end_browsers=True, by=it["owner"]
    ),
    "last day": lambda it: managing.prolong(
        invitation=it["invitation"], expires_at=timezone.now(), by=by(it["owner"])
    ),
    "co-editor added": lambda it: co_editors.add_co_editor(
        item=it["room"], email=it["colleague"].email, by=it["owner"]
    ),
    "moderators may invite": lambda it: let_moderators_invite(
        item=it["room"], allowed=True, by=it["owner"]
    ),
}


@pytest.fixture
def there(room, session, come, guest_of, invited):
    """A guest and an invited person inside, with the rows behind them."""
    guest, invitee = come(guest_of()), come(invited("grace@example.org"))
    return {
        "room": room,
        "owner": room.owner,
        "colleague": factories.UserFactory(),
        "guest": Guest.objects.get(),
        "link": GuestLink.objects.get(),
        "invitation": Invitation.objects.get(),
        "guest_row": guest.row,
        "invitee_row": invitee.row,
    }


@pytest.mark.parametrize("act", HOST_ACTS)
def test_every_page_asks_for_its_rights_after_a_hosts_act(listen, there, act):
    heard = listen()(lambda: HOST_ACTS[act](there))
    assert heard[0] == "rights"
    assert set(heard[1:]) <= {"participants"}  # where it removes somebody


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ("guests ended", "guest_row"),
        ("guest access off, and out", "guest_row"),
        ("link paused, and out", "guest_row"),
        ("link deleted", "guest_row"),
        ("guest removed", "guest_row"),
        ("taken back", "invitee_row"),
        ("role changed", "invitee_row"),
        ("new address, browsers ended", "invitee_row"),
        ("last day", "invitee_row"),
    ],
)
def test_the_streams_of_those_concerned_are_cut_and_of_nobody_else(listen, there, act, who):
    other = "invitee_row" if who == "guest_row" else "guest_row"
    concerned, bystander = listen(there[who]), listen(there[other])
    assert concerned(lambda: HOST_ACTS[act](there))[-1] == "closed"
    assert "closed" not in bystander(lambda: None)


def test_what_nobody_inside_can_feel_is_not_said(listen, there):
    hear, owner = listen(), there["owner"]
    assert hear(lambda: links.pause_link(link=there["link"], by=owner)) == []
    assert hear(lambda: links.resume_link(link=there["link"], by=owner)) == []
    assert hear(lambda: links.give_new_address(link=there["link"], by=owner)) == []
    again = lambda: managing.send_again(  # noqa: E731
        invitations=[there["invitation"]], kind="reminder", by=owner
    )
    assert hear(again) == []


def test_people_who_come_and_go_by_themselves_disturb_nobody_else(listen, there):
    bystander, guest = listen(there["invitee_row"]), listen(there["guest_row"])
    join = lambda: joining.join(  # noqa: E731
        link=there["link"], key_version=1, name="Bob", email="bob@example.org"
    )
    assert bystander(join) == []
    admission = GuestAdmission.objects.get(guest=there["guest"])
    assert guest(lambda: joining.leave(admission=admission)) == ["closed"]
    assert bystander(lambda: None) == ["participants"]  # one fewer is there
    proof = InvitationProof.objects.select_related("invitation__item").get()
    assert bystander(lambda: answering.leave(proofs=[proof])) == ["closed"]


def test_a_co_editor_who_is_one_no_more_is_cut_off(listen, come, room, client_of):
    co_editor = factories.CoEditorFactory(item=room)
    inside = come(client_of(co_editor.user))
    remove = lambda: co_editors.remove_co_editor(co_editor=co_editor, by=room.owner)  # noqa: E731
    assert listen(inside.row)(remove) == ["closed"]


def test_nothing_is_said_where_no_session_is_under_way(listen, there, session):
    hear = listen()
    end_session(session=session)
    assert hear(lambda: HOST_ACTS["taken back"](there)) == []


def test_a_video_costs_no_query_more(item, invitation, django_assert_num_queries):
    with django_assert_num_queries(
        7
    ):  # savepoint, row, update, mails, those in hand, trail, release
        managing.revoke(invitation=invitation, by=item.owner)


def test_removing_cuts_the_streams_of_all_who_are_that_person(listen, host, come, guest_of, room):
    first, second = come(guest_of()), come(guest_of())
    bystander, hears = listen(host.row), [listen(one.row) for one in (first, second)]
    remove = lambda: host.browser.post(address(room, "remove", first.row.pk))  # noqa: E731
    assert hears[0](remove) == ["closed"]
    assert hears[1](lambda: None) == ["closed"]
    assert set(bystander(lambda: None)) == {"participants"}


@pytest.mark.parametrize("where", ["its room", "published there"])
def test_members_of_a_gallery_feel_it_in_its_sessions(
    listen, room, session, gallery, come, client_of, where
):
    manager = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user
    member = factories.GalleryMembershipFactory(gallery=gallery)
    if where == "its room":
        room.room_of = gallery
    else:
        room.state = State.PUBLISHED
        factories.PublicationFactory(item=room, gallery=gallery)
    room.save()
    inside = come(client_of(member.user))
    hear, bystander = listen(inside.row), listen()
    promote = lambda: memberships.change_role(  # noqa: E731
        membership=member, role=GalleryRole.MANAGER, by=manager
    )
    assert hear(promote) == ["closed"]
    again = listen(inside.row)
    assert again(lambda: memberships.remove_member(membership=member, by=manager)) == ["closed"]
    assert set(bystander(lambda: None)) == {"participants"}
    assert inside.browser.get(room.get_absolute_url()).status_code == 404


def test_the_trail_of_a_gallery_is_kept(gallery):
    manager = factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER).user
    user = factories.UserFactory()
    made = memberships.add_member(
        gallery=gallery, user=user, role=GalleryRole.CONTRIBUTOR, by=manager
    )
    memberships.change_role(membership=made, role=GalleryRole.CONTRIBUTOR, by=manager)
    memberships.change_role(membership=made, role=GalleryRole.MEMBER, by=manager)
    memberships.remove_member(membership=made, by=manager)
    memberships.remove_member(membership=made, by=manager)
    events = AccessEvent.objects.order_by("pk")
    assert [event.act for event in events] == [
        Act.MEMBER_ADDED,
        Act.MEMBER_CHANGED,
        Act.MEMBER_REMOVED,
    ]
    assert all(event.details["gallery"] == gallery.pk for event in events)
    assert all(event.details["account"] == user.pk for event in events)
    assert {event.actor for event in events} == {manager}


def test_the_administrations_own_forms_are_felt_too(listen, room, gallery, client_of, come):
    admin = client_of(factories.UserFactory(is_staff=True, is_superuser=True))
    room.room_of = gallery
    room.save()
    factories.GalleryMembershipFactory(gallery=gallery, role=GalleryRole.MANAGER)
    member = factories.GalleryMembershipFactory(gallery=gallery)
    inside = come(client_of(member.user))
    page = f"/admin/access/gallerymembership/{member.pk}/"
    data = {"gallery": gallery.pk, "user": member.user_id, "role": "manager"}
    assert listen(inside.row)(lambda: admin.post(f"{page}change/", data)) == ["closed"]
    assert listen(inside.row)(lambda: admin.post(f"{page}delete/", {"post": "yes"})) == ["closed"]


def test_another_items_session_hears_nothing(listen, there, room):
    other = open_session(item=factories.MediaItemFactory(owner=room.owner, kind="room"))
    assert listen(session=other)(lambda: HOST_ACTS["taken back"](there)) == []
