"""The audit trail as hosts read it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.audit.models import AccessEvent, Act
from access.guests.services.guests import erase_guest
from access.guests.services.links import pause_link
from access.invitations.models import Certainty
from access.invitations.people import Inviter
from access.invitations.services import answering, managing
from access.memberships.co_editors import add_co_editor
from access.roles import Role
from tests import factories
from tests.reading import text_of_page

pytestmark = pytest.mark.django_db


def test_it_tells_who_did_what_to_whose_access(host, item, url, owner, link):
    ada = factories.InvitationFactory(item=item, first_name="Ada", last_name="Lovelace")
    by = Inviter(roles={Role.OWNER}, account=owner)
    managing.change_role(invitation=ada, role="collaborator", by=by)
    answering.accept_in_browser(invitation=ada, key_version=1, how=Certainty.CONFIRMED)
    managing.revoke(invitation=ada, by=owner)
    pause_link(link=link, by=owner, end_inside=False)
    rows = host.get(url("access_trail")).context["rows"]
    told = {(row.who, row.act, row.whom) for row in rows}
    assert ("Noa Levi", "Invitation withdrawn", "Ada Lovelace") in told
    assert ("Ada Lovelace", "Invitation accepted", "Ada Lovelace") in told
    assert ("Ada Lovelace", "Device verified", "Ada Lovelace") in told
    assert ("Noa Levi", "Guest link paused", "") in told
    details = {row.details for row in rows}
    assert "Role: Collaborator · Previous role: Viewer" in details
    assert "Verified" in details


def test_a_guest_link_is_named_with_what_was_done_and_is_nobodys_access(
    host, item, url, owner, link, admission
):
    guest = admission.guest
    AccessEvent.objects.create(act=Act.GUEST_JOINED, item=item, link=guest.link, guest=guest)
    pause_link(link=link, by=owner, end_inside=True)
    rows = host.get(url("access_trail")).context["rows"]
    told = {row.event.act: (row.whom, row.details) for row in rows}
    assert told[Act.LINK_PAUSED][0] == ""
    assert told[Act.LINK_PAUSED][1].startswith("Guest link “Webinar”")
    assert told[Act.GUEST_JOINED] == ("Ada Lovelace", "Guest link “Webinar”")
    # The search is for people: the name of a link finds nobody.
    assert host.get(url("access_trail"), {"q": "Webinar"}).context["rows"] == []


def test_the_trail_is_filtered_by_what_was_done(host, item, url, owner, link):
    managing.revoke(invitation=factories.InvitationFactory(item=item), by=owner)
    pause_link(link=link, by=owner, end_inside=False)
    found = host.get(url("access_trail"), {"act": "invitation_revoked"}).context["rows"]
    assert {row.event.act for row in found} == {Act.INVITATION_REVOKED}
    assert "There is no such activity" in text_of_page(
        host.get(url("access_trail"), {"act": "guest_left"})
    )
    assert len(host.get(url("access_trail"), {"act": "nonsense"}).context["rows"]) == 2


def test_the_trail_is_searched_by_the_people_in_it(host, item, url, owner, link, co_editor):
    ada = factories.InvitationFactory(
        item=item, email="ada@xn--mnchen-3ya.de", first_name="Ada", last_name="Lovelace"
    )
    managing.revoke(invitation=ada, by=owner)
    guest = factories.GuestFactory(link=link, name="Grace Hopper", email="gh@example.org")
    AccessEvent.objects.create(act=Act.GUEST_JOINED, item=item, link=link, guest=guest)
    pause_link(link=link, by=owner, end_inside=False)
    factories.UserFactory(first_name="Mary", last_name="Shelley", email="ms@example.org")
    add_co_editor(item=item, email="ms@example.org", by=owner)

    def found(words):
        rows = host.get(url("access_trail"), {"q": words}).context["rows"]
        return {(row.event.act, row.whom) for row in rows}

    withdrawn = (Act.INVITATION_REVOKED, "Ada Lovelace")
    joined = (Act.GUEST_JOINED, "Grace Hopper")
    added = (Act.CO_EDITOR_ADDED, "Mary Shelley")
    assert found("love ada") == found("ada@münchen.de") == {withdrawn}
    assert found("gh@example") == found("hopper") == {joined}
    assert found("shelley") == found("ms@example.org") == {added}
    # Whoever did it is found by name, and not by an address that the page does not show.
    assert {withdrawn, added} < found("Noa")
    assert found(owner.email) == set()
    assert "There is no such activity" in text_of_page(host.get(url("access_trail"), {"q": "zz"}))


def test_names_that_were_erased_stay_erased(host, item, url, owner, admission):
    guest = admission.guest
    AccessEvent.objects.create(act=Act.GUEST_JOINED, item=item, link=guest.link, guest=guest)
    assert "Ada Lovelace" in text_of_page(host.get(url("access_trail")))
    erase_guest(guest=guest, by=owner)
    page = text_of_page(host.get(url("access_trail")))
    assert "Ada Lovelace" not in page
    assert "Erased guest" in page


def test_of_an_account_that_is_gone_the_trail_keeps_the_act(host, item, url, co_editor):
    managing.revoke(invitation=factories.InvitationFactory(item=item), by=co_editor)
    name = co_editor.get_full_name()
    assert name in text_of_page(host.get(url("access_trail")))
    co_editor.delete()
    page = text_of_page(host.get(url("access_trail")))
    assert name not in page
    assert "Erased person" in page


def test_acts_on_other_items_are_not_told(host, url, owner):
    managing.revoke(invitation=factories.InvitationFactory(), by=owner)
    assert "Nobody’s access has been changed" in text_of_page(host.get(url("access_trail")))


def test_hostile_names_in_the_trail_are_text(host, item, url, owner):
    bad = factories.InvitationFactory(item=item, first_name="<script>alert(1)</script>")
    managing.revoke(invitation=bad, by=owner)
    assert "<script>alert" not in text_of_page(host.get(url("access_trail")))


def test_the_trail_costs_the_same_with_one_row_and_with_eleven(
    host, item, url, owner, link, django_assert_num_queries
):
    def more(number):
        for _n in range(number):
            managing.revoke(
                invitation=factories.InvitationFactory(item=item), by=factories.UserFactory()
            )
            guest = factories.GuestFactory(link=link)
            AccessEvent.objects.create(act=Act.GUEST_JOINED, item=item, link=link, guest=guest)

    more(1)
    host.get(url("access_trail"))
    with CaptureQueriesContext(connection) as one:
        host.get(url("access_trail"))
    more(10)
    with django_assert_num_queries(len(one)):
        host.get(url("access_trail"))


def test_the_admin_shows_whose_invitation_it_was(client_of, item, owner):
    admin = factories.UserFactory(is_staff=True)
    permissions = Permission.objects.filter(codename="view_accessevent")
    admin.user_permissions.add(*permissions)
    ada = factories.InvitationFactory(item=item, first_name="Ada", last_name="Lovelace")
    managing.revoke(invitation=ada, by=owner)
    page = client_of(admin).get(reverse("admin:access_accessevent_changelist"))
    assert "Ada Lovelace" in text_of_page(page)
