"""People outside: one person, everything of mine they have, and ending it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.blocks.models import Block
from access.guests.models import Guest, GuestAdmission
from access.guests.services.guests import block_guest
from access.invitations.models import Invitation
from access.invitations.services.managing import erase_invitation
from access.memberships.policies import items_with_register
from access.register import ended, outside
from access.visitors import Visitor
from media_items import pagination
from media_items.abilities import Ability
from media_items.models import MediaItem
from tests import factories
from tests.reading import text_of_page

pytestmark = pytest.mark.django_db

PEOPLE = "/people/"


def page_of(key):
    return reverse("access:person_outside", args=[key])


def people(client, **query):
    return {person.email: person for person in client.get(PEOPLE, query).context["page_obj"]}


@pytest.fixture
def ada(item, owner):
    """Invited to `item`, and a guest of another item of `owner`."""
    invitation = factories.InvitationFactory(
        item=item, email="ada@example.org", first_name="Ada", last_name="Lovelace", accepted=True
    )
    link = factories.GuestLinkFactory(item__owner=owner, item__title="Second item", name="Webinar")
    guest = factories.GuestAdmissionFactory(guest__link=link, guest__email="ada@example.org").guest
    return invitation, guest


def site_admin(*codenames):
    user = factories.UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


# --- the list -------------------------------------------------------------------------------------


def test_a_person_is_an_address_however_they_came(host, ada):
    found = people(host)
    assert list(found) == ["ada@example.org"]
    assert found["ada@example.org"].items == 2
    assert found["ada@example.org"].name == "Ada Lovelace"


@pytest.mark.parametrize(
    ("words", "count"),
    [("lovelace", 1), ("ADA@example", 1), ("ada lovelace", 1), ("hopper", 0), ("a\0da", 1)],
)
def test_people_are_found_by_name_or_address(host, ada, words, count):
    assert len(people(host, q=words)) == count


def test_a_guest_is_found_by_the_name_they_typed(host, owner):
    link = factories.GuestLinkFactory(item__owner=owner)
    factories.GuestFactory(link=link, name="Alan Turing", email="alan@example.org")
    assert list(people(host, q="turing")) == ["alan@example.org"]


def test_whoever_has_nothing_any_more_is_not_listed(host, item, owner):
    link = factories.GuestLinkFactory(item=item)
    gone = factories.GuestLinkFactory(item=item, deleted=True)
    binned = factories.MediaItemFactory(owner=owner, in_bin=True)
    factories.InvitationFactory(item=item, revoked=True)
    factories.InvitationFactory(item=binned)
    factories.GuestFactory(link=link, removed_at=timezone.now())
    factories.GuestFactory(link=link, erased_at=timezone.now(), name="", email="")
    factories.GuestFactory(link=gone)
    assert people(host) == {}


def test_a_search_says_how_many_removed_and_withdrawn_match_and_shows_them(
    host, client_of, stranger, item
):
    link = factories.GuestLinkFactory(item=item)
    factories.GuestFactory(
        link=link, name="Ruth Rot", email="ruth@example.org", removed_at=timezone.now()
    )
    factories.InvitationFactory(
        item=item, email="ido@example.org", first_name="Ido", last_name="Bar", revoked=True
    )
    factories.GuestFactory(link=link, erased_at=timezone.now(), name="", email="")
    page = text_of_page(host.get(PEOPLE, {"q": "example.org"}))
    assert "1 withdrawn invitation matches." in page
    assert "1 removed guest matches." in page
    assert 'href="?q=example.org&amp;show=gone"' in page
    assert "removed guest" not in text_of_page(host.get(PEOPLE))

    response = host.get(PEOPLE, {"q": "example.org", "show": "gone"})
    assert [one.name for one in response.context["page_obj"]] == ["Ido Bar", "Ruth Rot"]
    shown = text_of_page(response)
    assert f"/media/{item.public_id}/guests/?only=removed&amp;q=ruth%40example.org" in shown
    assert f"{reverse('access:register', args=[item.public_id])}?state=revoked" in shown
    assert people(client_of(stranger), q="example.org", show="gone") == {}
    assert "matches" not in text_of_page(client_of(stranger).get(PEOPLE, {"q": "example.org"}))


def test_what_is_gone_costs_the_same_with_one_person_and_with_eleven(
    host, item, django_assert_num_queries
):
    link = factories.GuestLinkFactory(item=item)

    def more(number):
        for _n in range(number):
            row = factories.InvitationFactory(item=item, revoked=True)
            factories.GuestFactory(link=link, email=row.email, removed_at=timezone.now())

    more(1)
    for query in ({"q": "example"}, {"show": "gone"}):
        host.get(PEOPLE, query)
        with CaptureQueriesContext(connection) as one:
            host.get(PEOPLE, query)
        more(10)
        with django_assert_num_queries(len(one)):
            host.get(PEOPLE, query)


def test_co_edited_items_count_as_mine_and_other_peoples_do_not(client_of, co_editor, ada):
    factories.InvitationFactory(email="elsewhere@example.org")
    found = people(client_of(co_editor))
    assert list(found) == ["ada@example.org"]
    assert found["ada@example.org"].items == 1


def test_the_list_has_pages_in_order_of_addresses(host, item):
    for number in range(60):
        factories.InvitationFactory(item=item, email=f"p{number:02}@example.org")
    first, second = people(host), people(host, page=2)
    assert [*first, *second] == [f"p{number:02}@example.org" for number in range(60)]
    assert len(first) == 50


def test_the_list_is_for_accounts(client, guest_client, invitee_client):
    for one in (client, guest_client, invitee_client):
        response = one.get(PEOPLE)
        assert response.status_code == 302
        assert reverse("access:sign_in") in response["Location"]


def test_the_header_leads_there(host):
    assert f'href="{PEOPLE}"' in text_of_page(host.get(PEOPLE))


@pytest.mark.parametrize("query", [{}, {"q": "example"}])
def test_the_list_costs_the_same_with_one_person_and_with_eleven(
    host, item, query, django_assert_num_queries
):
    def more(number):
        for _n in range(number):
            row = factories.InvitationFactory(item=item)
            link = factories.GuestLinkFactory(item__owner=item.owner)
            factories.GuestFactory(link=link, email=row.email)

    more(1)
    host.get(PEOPLE, query)
    with CaptureQueriesContext(connection) as one:
        host.get(PEOPLE, query)
    more(10)
    with django_assert_num_queries(len(one)):
        host.get(PEOPLE, query)


# --- one person -----------------------------------------------------------------------------------


def test_a_persons_page_says_when_they_were_last_seen_as_a_guest(host, ada):
    moment = timezone.now() - timedelta(days=3, minutes=7)
    GuestAdmission.objects.update(last_seen_at=moment)
    html = host.get(page_of(f"g{ada[1].pk}"), follow=True).content.decode()
    row = html[html.index("Guest link “Webinar”") :].partition("</tr>")[0]
    assert moment.strftime("%H:%M") in row.partition("Last seen")[2]


def test_everything_of_mine_that_a_person_has_is_on_one_page(host, ada):
    invitation, guest = ada
    factories.InvitationFactory(email="ada@example.org", item__title="Not mine")
    for key in (f"i{invitation.pk}", f"g{guest.pk}"):
        page = text_of_page(host.get(page_of(key)))
        assert "Cell division, part 2" in page
        assert "Second item" in page
        assert "Accepted" in page
        assert "Not mine" not in page


@pytest.mark.parametrize("key", ["i0", "g99999999", "x1", "i", "i99999999999999999999", "ada"])
def test_a_key_that_is_nobodys_is_not_there(host, ada, key):
    assert host.get(page_of(key)).status_code == 404


def test_the_address_of_what_is_taken_back_leads_to_what_is_left(host, item, ada):
    invitation, guest = ada
    row, other = f"i{invitation.pk}", f"g{guest.pk}"
    host.post(page_of(row), {"row": row, "sure": "yes"})
    assert host.get(page_of(row))["Location"] == page_of(other)
    host.post(page_of(other), {"row": other, "sure": "yes"})
    for key in (row, other):
        assert host.get(page_of(key))["Location"] == PEOPLE
    invitation.refresh_from_db()
    erase_invitation(invitation=invitation, by=None)
    assert host.get(page_of(row))["Location"] == PEOPLE
    assert host.post(page_of(row), {"all": "yes"}).status_code == 404


def test_what_was_taken_back_from_others_leads_nowhere(client_of, stranger, ada):
    invitation, guest = ada
    type(invitation).objects.update(revoked_at=timezone.now())
    type(guest).objects.update(removed_at=timezone.now())
    for key in (f"i{invitation.pk}", f"g{guest.pk}"):
        assert client_of(stranger).get(page_of(key)).status_code == 404
        admin = client_of(site_admin("view_invitation"))
        assert admin.get(page_of(key)).status_code == 404
        found = admin.get(page_of(key), {"whose": "everybody"})
        assert found["Location"] == f"{PEOPLE}?whose=everybody"


def test_a_person_of_somebody_elses_item_is_not_there(client_of, stranger, ada):
    client = client_of(stranger)
    for key in (f"i{ada[0].pk}", f"g{ada[1].pk}"):
        assert client.get(page_of(key)).status_code == 404
        assert client.post(page_of(key), {"all": "yes", "sure": "yes"}).status_code == 404
    assert Invitation.objects.live().count() == 1


def test_ending_asks_first_and_ends_one(host, owner, ada):
    invitation, guest = ada
    key = f"i{invitation.pk}"
    asked = host.post(page_of(key), {"row": f"g{guest.pk}"})
    assert "Second item" in text_of_page(asked)
    assert Guest.objects.get().removed_at is None
    host.post(page_of(key), {"row": f"g{guest.pk}", "sure": "yes"})
    assert Guest.objects.get().removed_at
    assert not GuestAdmission.objects.in_force(timezone.now()).exists()
    assert Invitation.objects.live().count() == 1
    assert AccessEvent.objects.get().act == Act.GUEST_REMOVED
    assert AccessEvent.objects.get().actor == owner


def test_ending_all_ends_everything_of_mine_and_nothing_else(host, ada):
    foreign = factories.InvitationFactory(email="ada@example.org")
    key = f"i{ada[0].pk}"
    asked = text_of_page(host.post(page_of(key), {"all": "yes"}))
    assert "Cell division, part 2" in asked
    assert "Second item" in asked
    response = host.post(
        page_of(key), {"row": [f"i{ada[0].pk}", f"g{ada[1].pk}", f"i{foreign.pk}"], "sure": "yes"}
    )
    assert response["Location"] == PEOPLE
    assert list(Invitation.objects.live()) == [foreign]
    assert Guest.objects.get().removed_at


def test_a_host_who_is_asked_to_erases_what_is_kept_on_their_items_alone(host, owner, ada):
    invitation, guest = ada
    foreign = factories.InvitationFactory(email="ada@example.org")
    key = f"i{invitation.pk}"
    rows = [f"i{invitation.pk}", f"g{guest.pk}", f"i{foreign.pk}"]
    asked = text_of_page(host.post(page_of(key), {"row": rows, "erase": "yes"}))
    assert "Erase what is kept about this person?" in asked
    assert Guest.objects.get().email == "ada@example.org"
    done = host.post(page_of(key), {"row": rows, "erase": "yes", "sure": "yes"})
    assert done["Location"] == PEOPLE
    guest.refresh_from_db()
    invitation.refresh_from_db()
    foreign.refresh_from_db()
    assert (guest.name, guest.email) == ("", "")
    assert guest.erased_at
    assert (invitation.email, invitation.first_name) == ("", "")
    assert foreign.email == "ada@example.org"
    assert AccessEvent.objects.filter(act=Act.GUEST_ERASED, actor=owner).count() == 1
    assert people(host) == {}


def test_erasing_takes_all_that_is_kept_under_the_email_on_these_items(host, item, owner, ada):
    invitation, guest = ada
    link = factories.GuestLinkFactory(item=item)
    removed = factories.GuestFactory(
        link=link, name="Ada", email="ada@example.org", removed_at=timezone.now()
    )
    key = f"i{invitation.pk}"
    host.post(page_of(key), {"row": key, "erase": "yes", "sure": "yes"})
    removed.refresh_from_db()
    guest.refresh_from_db()
    assert (removed.name, removed.email) == ("", "")
    assert guest.email == "ada@example.org"  # of an item that was not selected


def test_who_was_removed_already_is_erased_from_the_list_of_those(host, client_of, stranger, ada):
    invitation, guest = ada
    key = f"i{invitation.pk}"
    host.post(page_of(key), {"all": "yes", "sure": "yes"})
    gone = text_of_page(host.get(PEOPLE, {"q": "ada", "show": "gone"}))
    assert "Erase what is kept" in gone
    body = {"show": "gone", "all": "yes", "erase": "yes"}
    assert client_of(stranger).post(page_of(key), body | {"sure": "yes"}).status_code == 404
    asked = text_of_page(host.post(page_of(key), body))
    assert 'name="show" value="gone"' in asked
    assert host.post(page_of(key), {"all": "yes", "show": "gone"}).status_code == 404
    assert host.post(page_of(key), body | {"sure": "yes"})["Location"] == PEOPLE
    guest.refresh_from_db()
    invitation.refresh_from_db()
    assert (guest.email, invitation.email) == ("", "")


def test_who_came_by_a_link_that_is_deleted_is_found_and_erased(host, item):
    link = factories.GuestLinkFactory(item=item, deleted=True)
    guest = factories.GuestFactory(link=link, name="Ruth Rot", email="ruth@example.org")
    assert "1 removed guest matches." in text_of_page(host.get(PEOPLE, {"q": "ruth"}))
    gone = text_of_page(host.get(PEOPLE, {"q": "ruth", "show": "gone"}))
    assert "Ruth Rot" in gone
    body = {"show": "gone", "all": "yes", "erase": "yes", "sure": "yes"}
    assert host.post(page_of(f"g{guest.pk}"), body)["Location"] == PEOPLE
    guest.refresh_from_db()
    assert guest.email == ""


def test_undo_lifts_no_block_that_another_host_made_since(host, co_editor, ada):
    _invitation, guest = ada
    key = f"g{guest.pk}"
    type(guest.link).objects.update(places_taken=1)
    host.post(page_of(key), {"row": key, "sure": "yes"})
    guest.refresh_from_db()
    block_guest(guest=guest, by=co_editor)
    host.post(UNDO, {"row": key})
    assert Block.objects.in_force().exists()
    assert Guest.objects.get().removed_at


def test_nobody_erases_what_is_not_theirs(client_of, stranger, ada):
    for key in (f"i{ada[0].pk}", f"g{ada[1].pk}"):
        body = {"row": key, "erase": "yes", "sure": "yes"}
        assert client_of(stranger).post(page_of(key), body).status_code == 404
    assert Guest.objects.get().email == "ada@example.org"


def test_picking_nothing_ends_nothing(host, ada):
    response = host.post(page_of(f"i{ada[0].pk}"), {"sure": "yes"}, follow=True)
    assert "Nothing is selected" in text_of_page(response)
    assert Invitation.objects.live().count() == 1


def test_ending_needs_a_csrf_token(owner, ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post(page_of(f"i{ada[0].pk}"), {"all": "yes", "sure": "yes"})
    assert response.status_code == 403


def test_hostile_names_and_titles_are_text(host, item):
    item.title = "<b>bold</b><script>alert(1)</script>"
    item.save()
    bad = factories.InvitationFactory(item=item, first_name="<script>alert(2)</script>")
    for address in (PEOPLE, page_of(f"i{bad.pk}")):
        assert "<script>alert" not in text_of_page(host.get(address))
    asked = host.post(page_of(f"i{bad.pk}"), {"all": "yes"})
    assert "<script>alert" not in text_of_page(asked)


def test_a_search_as_one_types_does_not_ask_for_what_it_does_not_show(host, ada):
    key = f"i{ada[0].pk}"
    host.post(page_of(key), {"row": key, "sure": "yes"})
    for headers, asked in ({}, 1), ({"HX-Request": "true"}, 0):
        with CaptureQueriesContext(connection) as captured:
            page = host.get(PEOPLE, {"q": "ada"}, headers=headers)
        assert ("lost access" in page.text) == bool(asked)
        assert sum('"revoked_at" > ' in one["sql"] for one in captured) == asked


# --- undoing it -----------------------------------------------------------------------------------

UNDO = "/people/undo/"


@pytest.mark.parametrize("which", [["i"], ["g"], ["i", "g"]])
def test_what_was_removed_is_undone_for_a_minute_by_one_button(host, ada, which):
    invitation, guest = ada
    keys = {"i": f"i{invitation.pk}", "g": f"g{guest.pk}"}
    rows = [keys[one] for one in which]
    type(guest.link).objects.update(places_taken=1)
    answer = host.post(page_of(keys["i"]), {"row": rows, "sure": "yes"}, follow=True)
    count = "1 item" if len(which) == 1 else "2 items"
    assert f"Ada Lovelace lost access to {count}." in text_of_page(answer)
    assert 'action="/people/undo/"' in answer.text
    back = host.post(UNDO, {"row": rows, "next": PEOPLE}, follow=True)
    assert f"Access to {count} was given back." in text_of_page(back)
    assert "lost access" not in back.text
    assert Invitation.objects.live().count() == 1
    assert GuestAdmission.objects.in_force(timezone.now()).count() == 1
    guest.link.refresh_from_db()
    assert guest.link.places_taken == 1
    again = text_of_page(host.post(UNDO, {"row": rows}, follow=True))
    assert f"Access to {count} was given back." in again  # twice is once
    assert "too late" not in again


def test_nobody_undoes_what_somebody_else_did_nor_later(host, client_of, co_editor, ada):
    invitation, guest = ada
    rows = [f"i{invitation.pk}", f"g{guest.pk}"]
    host.post(page_of(rows[0]), {"row": rows, "sure": "yes"})
    other = client_of(co_editor)
    assert "lost access" not in other.get(PEOPLE).text
    other.post(UNDO, {"row": rows})
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "lost access" not in host.get(PEOPLE).text
        host.post(UNDO, {"row": rows})
    assert not Invitation.objects.live().exists()
    assert Guest.objects.get().removed_at


def test_where_the_place_is_taken_meanwhile_it_says_so(host, ada):
    _invitation, guest = ada
    key = f"g{guest.pk}"
    host.post(page_of(key), {"row": key, "sure": "yes"})
    type(guest.link).objects.update(places=1, places_taken=1)
    answer = host.post(UNDO, {"row": key}, follow=True)
    assert "All places on this guest’s link are taken" in text_of_page(answer)
    assert Guest.objects.get().removed_at


def test_where_one_of_two_cannot_be_undone_both_are_said(host, item, ada):
    invitation, guest = ada
    rows = [f"i{invitation.pk}", f"g{guest.pk}"]
    type(guest.link).objects.update(places_taken=1)
    host.post(page_of(rows[0]), {"row": rows, "sure": "yes"})
    factories.InvitationFactory(item=item, email=invitation.email)
    page = text_of_page(host.post(UNDO, {"row": rows}, follow=True))
    assert "Access to 1 item was given back." in page
    assert "It’s too late to undo this, or something else was changed since." in page


def test_an_item_given_back_twice_is_one_item(host, item):
    row = factories.InvitationFactory(item=item, email="ada@example.org")
    link = factories.GuestLinkFactory(item=item, places_taken=1)
    guest = factories.GuestFactory(link=link, email="ada@example.org")
    rows = [f"i{row.pk}", f"g{guest.pk}"]
    host.post(page_of(rows[0]), {"row": rows, "sure": "yes"})
    page = text_of_page(host.post(UNDO, {"row": rows}, follow=True))
    assert "Access to 1 item was given back." in page
    assert "too late" not in page


def test_undo_lifts_no_block_that_comes_while_it_waits(host, co_editor, ada, monkeypatch):
    _invitation, guest = ada
    key = f"g{guest.pk}"
    type(guest.link).objects.update(places_taken=1)
    host.post(page_of(key), {"row": key, "sure": "yes"})
    lock = ended.lock_links

    def block_first(item):
        block_guest(guest=Guest.objects.get(), by=co_editor)
        lock(item)

    monkeypatch.setattr(ended, "lock_links", block_first)
    page = text_of_page(host.post(UNDO, {"row": key}, follow=True))
    assert "something else was changed since" in page
    assert Block.objects.in_force().exists()
    assert Guest.objects.get().removed_at


# --- everybody's ----------------------------------------------------------------------------------


def test_a_site_admin_sees_the_people_of_everybody(client_of, ada):
    client = client_of(site_admin("view_invitation"))
    assert people(client) == {}
    assert list(people(client, whose="everybody")) == ["ada@example.org"]
    page = client.get(page_of(f"i{ada[0].pk}"), {"whose": "everybody"})
    assert "Cell division, part 2" in text_of_page(page)


def test_nobody_else_sees_them(host, client_of, ada):
    staff = client_of(factories.UserFactory(is_staff=True))
    no_staff = factories.UserFactory()
    no_staff.user_permissions.add(Permission.objects.get(codename="view_invitation"))
    for client in (host, staff, client_of(no_staff)):
        assert client.get(PEOPLE, {"whose": "everybody"}).status_code == 404
        address = page_of(f"i{ada[0].pk}")
        assert client.get(address, {"whose": "everybody"}).status_code == 404


def test_looking_is_one_permission_and_ending_another(client_of, ada):
    sure = {"all": "yes", "sure": "yes", "whose": "everybody"}
    address = page_of(f"i{ada[0].pk}")
    assert client_of(site_admin("view_invitation")).post(address, sure).status_code == 403
    half = site_admin("view_invitation", "change_invitation")
    assert client_of(half).post(address, sure).status_code == 403
    assert Invitation.objects.live().count() == 1
    whole = site_admin("view_invitation", "change_invitation", "change_guest")
    response = client_of(whole).post(address, sure)
    assert response["Location"] == f"{PEOPLE}?whose=everybody"
    assert Invitation.objects.live().count() == 0
    assert Guest.objects.get().removed_at


# --- two faces of one rule ------------------------------------------------------------------------


def test_the_items_of_people_outside_are_those_whose_register_one_sees(
    rf, owner, co_editor, stranger, member, item, gallery
):
    factories.MediaItemFactory(owner=owner, in_bin=True)
    published = factories.PublicationFactory(gallery=gallery, item__owner=stranger).item
    factories.InvitationFactory(item=published, email=owner.email, accepted=True)
    for user in (owner, co_editor, stranger, member):
        request = rf.get("/")
        request.user = user
        visitor = Visitor.of_request(request)
        single = {
            one.pk
            for one in MediaItem.objects.all()
            if Ability.SEE_REGISTER in visitor.abilities_on(one)
        }
        assert set(items_with_register(user_id=user.pk).values_list("pk", flat=True)) == single


def test_a_page_far_behind_is_as_the_others(host, item, monkeypatch):
    monkeypatch.setattr(outside, "MOST_COUNTED", 60)
    monkeypatch.setattr(pagination, "MOST_COUNTED", 60)
    for number in range(160):
        factories.InvitationFactory(item=item, email=f"p{number:03}@example.org")
    found = [list(people(host, page=page)) for page in (1, 2, 3, 4, 5)]
    everybody = [email for page in found[:4] for email in page]
    assert everybody == [f"p{number:03}@example.org" for number in range(160)]
    assert found[4] == found[3]
    pages = [host.get(PEOPLE, {"page": page}).context["page_obj"].paginator for page in (1, 2, 4)]
    assert [(one.count, one.is_whole) for one in pages] == [(160, True)] * 3
