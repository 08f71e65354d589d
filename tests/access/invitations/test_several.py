"""One person invited to several items: which, with what rights, and what is said of each."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from access.invitations.models import Invitation
from access.invitations.several import MOST_ITEMS
from access.links import invitation_address
from access.mail.models import OutgoingMail
from access.site_policy.models import Inviters, InvitingRoles, SitePolicy
from tests import factories
from tests.reading import text_of, unescaped

pytestmark = pytest.mark.django_db

HERE = "/invitations/new/"


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind="room", title="Office hour")


@pytest.fixture
def foreign():
    return factories.MediaItemFactory(title="Somebody else’s")


def page(client, *items, **query):
    named = urlencode({"item": [one.public_id for one in items], **query}, doseq=True)
    return client.get(f"{HERE}?{named}")


def send(client, *items, **fields):
    data = {
        "item": [one.public_id for one in items],
        "email": "ada@example.org",
        "first_name": "Ada",
        "send_mail": "on",
        **{f"role-{one.public_id}": "viewer" for one in items},
        **fields,
    }
    return client.post(HERE, data)


def roles_on(*items):
    rows = Invitation.objects.filter(item__in=items)
    return dict(rows.values_list("item__title", "role"))


def said(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def chosen(response):
    return [place.item for place in response.context["places"]]


# --- choosing ---------------------------------------------------------------------------------


def test_the_address_says_which_items_and_each_has_its_own_roles(host, item, room):
    response = page(host, item, room)
    assert chosen(response) == [item, room]
    form = response.context["form"]
    offered = [[value for value, _label in role.field.choices] for _place, role in form.rows()]
    assert offered == [["viewer", "collaborator"], ["viewer", "speaker", "moderator"]]
    assert "Invite to 2 items" in text_of(response)
    assert not Invitation.objects.exists()


def test_other_items_of_mine_are_offered_and_found_by_name(host, item, room, foreign, owner):
    shared = factories.CoEditorFactory(user=owner, item__title="Shared with me").item
    factories.MediaItemFactory(owner=owner, title="Binned", in_bin=True)
    response = page(host, item)
    assert set(response.context["page_obj"]) == {room, shared}
    assert list(page(host, item, q="office").context["page_obj"]) == [room]
    assert f'name="item" value="{item.public_id}"' in response.text  # stays chosen


def test_what_one_may_not_invite_to_is_left_out_without_a_word(client_of, item, foreign, owner):
    viewer = factories.InvitationFactory(item=foreign, role="viewer", accepted=True)
    viewer.account = owner
    viewer.save()
    response = page(client_of(owner), item, foreign)
    assert chosen(response) == [item]
    assert foreign.title not in unescaped(response)
    odd = host_get(client_of(owner), ["nothing", item.public_id, item.public_id, ""])
    assert chosen(odd) == [item]


def host_get(client, named):
    return client.get(f"{HERE}?{urlencode({'item': named}, doseq=True)}")


def test_it_begins_with_whoever_was_just_invited(host, item, foreign):
    invitation = factories.InvitationFactory(item=item, email="ada@example.org", first_name="Ada")
    assert "ada@example.org" in page(host, item, invitation=invitation.pk).text
    hidden = factories.InvitationFactory(item=foreign, email="secret@example.org")
    for query in ({"invitation": hidden.pk}, {"invitation": "x" * 30}):
        assert "secret@example.org" not in page(host, item, foreign, **query).text


def test_the_dialogs_of_an_item_lead_here(host, item):
    dialog = host.get(reverse("access:invite_users", args=[item.public_id]))
    assert f"{HERE}?item={item.public_id}" in unescaped(dialog)
    made = factories.InvitationFactory(item=item)
    shown = host.get(reverse("access:invitation_link", args=[item.public_id, made.pk]))
    assert f"{HERE}?item={item.public_id}&invitation={made.pk}" in unescaped(shown)


def test_without_items_one_is_told_what_to_do(client_of, stranger, host, item):
    assert "no items to which you can invite" in text_of(client_of(stranger).get(HERE))
    assert "Choose the items first" in text_of(host.get(HERE))


def test_no_more_than_so_many_at_a_time(host, owner):
    many = factories.MediaItemFactory.create_batch(MOST_ITEMS + 3, owner=owner)
    response = page(host, *many)
    assert len(chosen(response)) == MOST_ITEMS
    assert f"up to {MOST_ITEMS}" in text_of(response) or f"to {MOST_ITEMS} items" in text_of(
        response
    )


@pytest.mark.parametrize("number", [1, 9])
def test_the_list_of_items_costs_the_same_for_any_number(host, owner, item, number):
    factories.MediaItemFactory.create_batch(number, owner=owner)
    page(host, item)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(host, item)
    assert len(asked) <= 14


# --- inviting ---------------------------------------------------------------------------------


def test_each_item_gets_an_invitation_with_its_role_and_a_mail_of_its_own(host, item, room, owner):
    moderator = {f"role-{room.public_id}": "moderator", "note": "Welcome"}
    response = send(host, item, room, **moderator)
    assert roles_on(item, room) == {item.title: "viewer", room.title: "moderator"}
    assert set(Invitation.objects.values_list("email", "first_name", "note", "invited_by")) == {
        ("ada@example.org", "Ada", "Welcome", owner.pk)
    }
    assert OutgoingMail.objects.count() == 2
    assert said(response) == ["Ada is invited to 2 items."]
    links = host.get(response["Location"])
    for invitation in Invitation.objects.all():
        assert invitation_address(invitation) in unescaped(links)
    assert "We email each link" in text_of(links)


def test_without_mail_the_links_are_there_to_be_shared(host, item, room):
    response = send(host, item, room, send_mail="")
    assert not OutgoingMail.objects.exists()
    assert "copy and share each one yourself" in text_of(host.get(response["Location"]))


def test_what_is_refused_for_one_is_done_for_the_others_and_said(client_of, item, room, owner):
    there = factories.InvitationFactory(item=item, email="ada@example.org", role="collaborator")
    mine = factories.CoEditorFactory(item__owner__email="ada@example.org", user=owner).item
    response = send(client_of(owner), item, room, mine)
    assert roles_on(item, room, mine) == {item.title: "collaborator", room.title: "viewer"}
    there.refresh_from_db()
    assert there.role == "collaborator"
    words = " ".join(said(response))
    assert "Ada is invited to 1 item." in words
    assert f"“{item.title}”: This person is already invited." in words
    assert f"“{mine.title}”: This person is the owner or a co-editor" in words


def test_where_nothing_could_be_done_the_form_comes_back_and_says_why(host, item):
    factories.InvitationFactory(item=item, email="ada@example.org")
    response = send(host, item)
    assert response.status_code == 422
    assert "already invited" in text_of(response)
    assert "ada@example.org" in response.text


def test_rights_are_those_of_the_moment(client_of, owner, item, foreign):
    """An item that was lost since the form was shown is left out, whatever is sent."""
    lost = factories.CoEditorFactory(user=owner, item__title="Lost")
    browser = client_of(owner)
    assert lost.item in chosen(page(browser, item, lost.item))
    lost.delete()
    send(browser, item, lost.item, foreign)
    assert roles_on(item, lost.item, foreign) == {item.title: "viewer"}
    assert send(browser, foreign).status_code == 422


def test_a_role_that_an_item_does_not_have_is_refused_beside_it(host, item, room):
    response = send(host, item, room, **{f"role-{item.public_id}": "moderator"})
    assert response.status_code == 422
    assert f"role-{item.public_id}" in response.context["form"].errors
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", ["", "not an email", "ada@", "noa@example.edu"])
def test_an_address_that_cannot_be_invited_is_refused(host, item, owner, email):
    typed = owner.email if email.startswith("noa") else email
    response = send(host, item, email=typed)
    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    assert not Invitation.objects.exists()


def test_the_policy_of_the_site_counts_for_all_of_them(host, item, room):
    policy = SitePolicy.objects.create(pk=1, uninvited_domains="example.org")
    response = send(host, item, room)
    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    policy.uninvited_domains, policy.invitation_longest_days = "", 3
    policy.save()
    response = send(host, item, room)
    assert "last_day" in response.context["form"].errors
    assert not Invitation.objects.exists()


def test_the_policy_says_which_items_one_may_invite_to(host, item, owner):
    shared = factories.CoEditorFactory(user=owner).item
    policy = SitePolicy.objects.create(pk=1, inviting_roles=InvitingRoles.OWNERS)
    assert chosen(page(host, item, shared)) == [item]
    assert list(page(host, item).context["page_obj"]) == []
    policy.inviters = Inviters.NOBODY
    policy.save()
    assert chosen(page(host, item)) == []
    assert send(host, item).status_code == 422


def test_links_are_shown_to_whoever_made_them_and_to_nobody_else(client_of, host, item, co_editor):
    response = send(host, item)
    address = invitation_address(Invitation.objects.get())
    assert address in unescaped(host.get(response["Location"]))
    assert address not in unescaped(client_of(co_editor).get(response["Location"]))
    item.owner = co_editor
    item.save()
    assert address not in unescaped(host.get(response["Location"]))
    assert re.search("no longer yours", text_of(host.get(response["Location"])))


def test_items_selected_on_my_media_are_those_of_the_page(client_of, owner):
    items = [factories.MediaItemFactory(owner=owner) for _ in range(2)]
    chosen = {"act": "invite", "pk": [one.pk for one in items]}
    answer = client_of(owner).post("/media/act/", chosen, headers={"HX-Request": "true"})
    wanted = [f"item={one.public_id}" for one in items]
    there = answer.headers["HX-Redirect"]
    assert there.startswith("/invitations/new/?")
    assert sorted(there.partition("?")[2].split("&")) == sorted(wanted)
