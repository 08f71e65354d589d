"""What the site policy says of invitations: who may invite, for how long, and whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from access.access_requests import services as access_requests
from access.guests.services import joining
from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.services import managing
from access.invitations.services.inviting import invite, let_moderators_invite
from access.invitations.services.limits import InvitingNotAllowed, check_life
from access.people_lists.models import Batch, LineVerdict
from access.people_lists.services.inviting import make_batch
from access.roles import Role
from access.site_policy.ceilings import CeilingReached
from access.site_policy.models import Inviters, InvitingRoles, SitePolicy
from tests import factories
from tests.access.invitations.test_inviting import invitee_of, send, url
from tests.reading import text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def by(owner):
    return Inviter(roles={Role.OWNER}, account=owner)


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind="room")


def policy(**columns):
    return SitePolicy.objects.create(pk=1, **columns)


# --- who --------------------------------------------------------------------------------------


def may_invite(client, item):
    """What the dialog answers, and what the page of the item offers."""
    answer = client.get(url("invite_users", item)).status_code
    offered = url("invite_users", item) in client.get(item.get_absolute_url()).text
    assert offered == (answer == 200)
    return offered


@pytest.mark.parametrize(
    ("roles", "co_editors", "moderators"),
    [
        (InvitingRoles.MODERATORS, True, True),
        (InvitingRoles.CO_EDITORS, True, False),
        (InvitingRoles.OWNERS, False, False),
    ],
)
def test_the_site_says_by_which_roles_people_invite(
    client_of, room, owner, roles, co_editors, moderators
):
    policy(inviting_roles=roles)
    let_moderators_invite(item=room, allowed=True, by=owner)
    co_editor = factories.CoEditorFactory(item=room).user
    assert may_invite(client_of(owner), room)
    assert may_invite(client_of(co_editor), room) == co_editors
    moderator = invitee_of(room, "moderator")
    assert (moderator.get(url("invite_users", room)).status_code == 200) == moderators


def test_nobody_invites_where_the_site_lets_nobody(host, item, room, owner, by):
    policy(inviters=Inviters.NOBODY)
    let_moderators_invite(item=room, allowed=True, by=owner)
    assert not may_invite(host, item)
    assert send(host, item).status_code == 403
    assert host.post(url("create_batch", item), {"people": "a@example.org"}).status_code == 403
    assert invitee_of(room, "moderator").get(url("invite_users", room)).status_code == 403
    with pytest.raises(InvitingNotAllowed):
        invite(item=item, people=[], role="viewer", by=by)
    assert not Invitation.objects.filter(item=item).exists()


@pytest.mark.parametrize("in_group", [True, False])
def test_a_site_can_let_only_a_group_invite(host, item, owner, in_group):
    group = Group.objects.create(name="Hosts")
    policy(inviters=Inviters.GROUP, inviters_group=group)
    if in_group:
        owner.groups.add(group)
    assert may_invite(host, item) == in_group


def test_what_is_open_can_be_closed_but_not_opened_further(item, by):
    soon, later = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=9)
    invitation = factories.InvitationFactory(item=item, role="collaborator", expires_at=soon)
    policy(inviters=Inviters.NOBODY)
    for expires_at in (later, None):
        with pytest.raises(InvitingNotAllowed):
            managing.prolong(invitation=invitation, expires_at=expires_at, by=by)
    with pytest.raises(InvitingNotAllowed):
        managing.correct_address(invitation=invitation, email="else@example.org", by=by)
    managing.change_role(invitation=invitation, role="viewer", by=by)
    with pytest.raises(InvitingNotAllowed):
        managing.change_role(invitation=invitation, role="collaborator", by=by)
    sooner = soon - timedelta(days=1)
    managing.prolong(invitation=invitation, expires_at=sooner, by=by)
    managing.give_new_address(invitation=invitation, end_browsers=True, by=by.account)
    managing.revoke(invitation=invitation, by=by.account)
    assert invitation.expires_at != sooner  # the row, not this copy of it
    row = Invitation.objects.get()
    assert (row.role, row.expires_at, row.revoked_at is None) == ("viewer", sooner, False)


def test_invitations_that_exist_keep_working(client_of, item):
    browser = invitee_of(item, "viewer", email="ada@example.com")
    policy(inviters=Inviters.NOBODY, invitation_longest_days=1, uninvited_domains="example.com")
    assert browser.get(item.get_absolute_url()).status_code == 200


def test_a_list_under_way_ends_where_its_host_may_no_longer_invite(host, item):
    host.post(url("create_batch", item), {"people": "ada@example.org", "role": "viewer"})
    batch = Batch.objects.get()
    host.post(url("start_batch", item, batch.pk))
    policy(inviters=Inviters.NOBODY)
    make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert not Invitation.objects.exists()


# --- for how long -----------------------------------------------------------------------------


@time_machine.travel(NOON)
def test_an_invitation_works_as_long_as_the_site_allows(host, item):
    policy(invitation_longest_days=7)
    page = text_of(host.get(url("invite_users", item)))
    assert "On this site, an invitation can work for up to 7 days." in page
    assert 'value="2026-11-30"' in host.get(url("invite_users", item)).text
    for day in ("", "2026-12-01"):
        response = send(host, item, last_day=day)
        assert response.status_code == 422
        assert "last_day" in response.context["form"].errors
    assert send(host, item, last_day="2026-11-30").status_code == 302
    assert Invitation.objects.get().expires_at == datetime(2026, 12, 1, tzinfo=UTC)


@time_machine.travel(NOON)
def test_the_servers_own_limit_counts_where_it_is_stricter(host, item, settings):
    settings.INVITATION_LONGEST_DAYS = 3
    policy(invitation_longest_days=7)
    assert send(host, item, last_day="2026-11-27").status_code == 422
    assert send(host, item, last_day="2026-11-26").status_code == 302


@pytest.mark.parametrize("ends", [None, 365])
def test_what_works_for_longer_gets_an_earlier_day_whichever_it_is(host, item, ends):
    now = timezone.now()
    made = factories.InvitationFactory(
        item=item,
        created_at=now - timedelta(days=40),
        expires_at=ends and now + timedelta(days=ends),
    )
    policy(invitation_longest_days=30)
    for days in (60, 1):
        day = timezone.localdate() + timedelta(days=days)
        answer = host.post(url("prolong_invitation", item, made.pk), {"last_day": day.isoformat()})
        assert answer.status_code == 302
    made.refresh_from_db()
    assert made.expires_at < now + timedelta(days=3)
    later = {"last_day": (timezone.localdate() + timedelta(days=5)).isoformat()}
    assert host.post(url("prolong_invitation", item, made.pk), later).status_code == 422


@pytest.mark.parametrize(("days", "kept"), [(None, 7), (365, 7), (2, 2)])
def test_sent_to_another_email_it_works_no_longer_than_one_made_now(item, by, days, kept):
    now = timezone.now()
    made = factories.InvitationFactory(
        item=item,
        created_at=now - timedelta(days=400),
        expires_at=days and now + timedelta(days=days),
    )
    policy(invitation_longest_days=7)
    managing.correct_address(invitation=made, email="right@example.edu", by=by)
    made.refresh_from_db()
    assert made.expires_at <= now + timedelta(days=kept + 1, hours=1)


@time_machine.travel(NOON)
def test_a_list_obeys_the_same_limit_beside_the_same_field(host, item):
    policy(invitation_longest_days=7)
    fields = {"people": "ada@example.org", "role": "viewer"}
    response = host.post(url("create_batch", item), {**fields, "last_day": "2026-12-01"})
    assert response.status_code == 422
    assert "last_day" in response.context["form"].errors
    assert not Batch.objects.exists()
    response = host.post(url("create_batch", item), {**fields, "last_day": "2026-11-30"})
    assert response.status_code == 302


@time_machine.travel(NOON)
def test_an_invitation_is_not_prolonged_past_it(host, item):
    policy(invitation_longest_days=7)
    made = factories.InvitationFactory(
        item=item, created_at=NOON - timedelta(days=2), expires_at=NOON + timedelta(days=2)
    )
    late = {"last_day": "2026-11-29"}
    response = host.post(url("prolong_invitation", item, made.pk), late)
    assert response.status_code == 422
    assert "up to 7 days" in text_of(response)
    assert "last_day" in response.context["form"].errors
    assert host.post(url("resend_invitation", item, made.pk), late).status_code == 422
    assert host.post(url("resend_invitation", item, made.pk), {}).status_code == 302
    on_time = {"last_day": "2026-11-28"}
    assert host.post(url("prolong_invitation", item, made.pk), on_time).status_code == 302


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_no_clock_makes_the_latest_day_too_late(zone, hour):
    """A worker's clock is another than the host's."""
    days = SitePolicy(pk=1, invitation_longest_days=7)
    made = datetime(2026, 10, 20, hour, 15, tzinfo=UTC)
    with timezone.override(zone):
        day = timezone.localtime(made).date() + timedelta(days=8)
        ends = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        after = ends + timedelta(days=1, hours=2)
    with timezone.override("UTC"):
        check_life(days, created_at=made, expires_at=ends)
        with pytest.raises(CeilingReached):
            check_life(days, created_at=made, expires_at=after)


@time_machine.travel(NOON)
def test_who_is_let_in_on_request_is_invited_as_long_as_the_site_allows(item, by, link):
    policy(invitation_longest_days=7)
    asked = joining.ask_host(link=link, name="Eve", email="eve@example.org", message="")
    access_requests.let_in(request=asked, by=by)
    assert Invitation.objects.get().expires_at == datetime(2026, 12, 1, tzinfo=UTC)


# --- whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "forbidden", "email", "taken"),
    [
        ("", "", "ada@example.org", True),
        ("example.edu", "", "ada@example.edu", True),
        ("example.edu", "", "ada@cs.example.edu", True),
        ("example.edu", "", "ada@notexample.edu", False),
        ("example.edu", "", "ada@example.org", False),
        ("", "example.org", "ada@mail.example.org", False),
        ("", "example.org", "ada@example.edu", True),
        ("example.edu", "cs.example.edu", "ada@cs.example.edu", False),
        ("bücher.de", "", "ada@bücher.de", True),
    ],
)
def test_the_site_says_which_email_domains_are_invited(
    admin_client, host, item, allowed, forbidden, email, taken
):
    data = {
        "guest_link_makers": "everybody",
        "inviters": "everybody",
        "inviting_roles": "moderators",
        "gallery_makers": "everybody",
        "invited_domains": allowed,
        "uninvited_domains": forbidden,
    }
    assert admin_client.post("/admin/access/sitepolicy/1/change/", data).status_code == 302
    response = send(host, item, email=email)
    assert response.status_code == (302 if taken else 422)
    if not taken:
        assert "email" in response.context["form"].errors
        assert "doesn’t allow invitations to" in text_of(response)
    assert Invitation.objects.exists() == taken


def test_a_domain_that_is_none_is_refused_beside_its_field(admin_client):
    data = {"invited_domains": "example edu"}
    page = admin_client.post("/admin/access/sitepolicy/1/change/", data)
    assert "is not a domain such as" in text_of(page)
    assert not SitePolicy.objects.exists()


def test_a_list_says_who_may_not_be_invited_and_invites_the_others(host, item):
    policy(invited_domains="example.edu")
    people = "ada@example.edu; bob@example.org"
    host.post(url("create_batch", item), {"people": people, "role": "viewer"})
    batch = Batch.objects.get()
    assert dict(batch.lines.values_list("email", "verdict")) == {
        "ada@example.edu": LineVerdict.NEW,
        "bob@example.org": LineVerdict.DOMAIN,
    }
    assert "Email domain not allowed" in text_of(host.get(url("batch", item, batch.pk)))
    host.post(url("start_batch", item, batch.pk))
    make_batch.func(batch.pk)
    assert [one.email for one in Invitation.objects.all()] == ["ada@example.edu"]


def test_a_site_that_becomes_stricter_meanwhile_stops_those_concerned(host, item):
    people = "ada@example.edu; bob@example.org"
    host.post(url("create_batch", item), {"people": people, "role": "viewer"})
    batch = Batch.objects.get()
    policy(invited_domains="example.edu")
    host.post(url("start_batch", item, batch.pk))
    make_batch.func(batch.pk)
    assert [one.email for one in Invitation.objects.all()] == ["ada@example.edu"]
    assert batch.lines.get(email="bob@example.org").verdict == LineVerdict.DOMAIN


def test_an_email_is_not_corrected_to_one_that_may_not_be_invited(host, item):
    policy(uninvited_domains="example.org")
    made = factories.InvitationFactory(item=item, email="ada@example.com")
    response = host.post(
        url("correct_invitation_address", item, made.pk), {"email": "ada@example.org"}
    )
    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    made.refresh_from_db()
    assert made.email == "ada@example.com"


def test_nobody_at_such_an_address_is_let_in_on_request(host, item, link):
    policy(uninvited_domains="example.org")
    asked = joining.ask_host(link=link, name="Eve", email="eve@example.org", message="")
    host.post(reverse("access:let_request_in", args=[item.public_id, asked.pk]))
    assert not Invitation.objects.exists()
    asked.refresh_from_db()
    assert not asked.answer
