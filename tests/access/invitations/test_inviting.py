"""Inviting one person: the dialog, who may, which roles, the link to hand out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.invitations.models import (
    Invitation,
    InvitationRole,
    InvitationSettings,
)
from access.invitations.people import Invitee, Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services.inviting import RoleNotGrantable, invite, let_moderators_invite
from access.links import invitation_address
from access.mail.models import OutgoingMail
from access.roles import Role
from media_items.models import MediaItem
from tests import factories
from tests.conftest import client_with_proofs
from tests.races import at_once
from tests.reading import unescaped

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def event(owner):
    """A live event of `owner`."""
    return factories.MediaItemFactory(owner=owner, kind="live_event", title="Open lecture")


def url(name, item, *args):
    return reverse(f"access:{name}", args=[item.public_id, *args])


def send(client, item, *, htmx=False, **fields):
    data = {"email": "ada@example.org", "role": "viewer", "send_mail": "on", **fields}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(url("invite_users", item), data, headers=headers)


def invitee_of(item, role, **fields):
    """A browser proven for an invitation with that role."""
    invitation = factories.InvitationFactory(item=item, role=role, accepted=True, **fields)
    return client_with_proofs(factories.InvitationProofFactory(invitation=invitation))


# --- the dialog -----------------------------------------------------------------------------------


def test_the_dialog_is_a_page_and_for_htmx_only_its_body(host, item):
    page = host.get(url("invite_users", item))
    part = host.get(url("invite_users", item), headers={"HX-Request": "true"})
    assert "<html" in unescaped(page)
    assert "<html" not in unescaped(part)
    assert 'id="dialog-title"' in unescaped(part)
    assert "HX-Request" in page["Vary"]


def test_opening_the_dialog_makes_nothing(host, item):
    host.get(url("invite_users", item))
    host.head(url("invite_users", item))
    assert not Invitation.objects.exists()
    assert not AccessEvent.objects.exists()


def test_one_person_is_invited_with_all_that_was_said(host, owner, item):
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        fields = {"first_name": "Ada", "last_name": "Lovelace", "note": "See minute 12."}
        response = send(host, item, **fields, last_day="2026-11-30", email=" ADA@example.org ")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("ada@example.org", "viewer")
    assert (invitation.get_full_name(), invitation.note) == ("Ada Lovelace", "See minute 12.")
    assert invitation.expires_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert invitation.invited_by == owner
    assert OutgoingMail.objects.get().address == "ada@example.org"
    assert response["Location"] == url("invitation_link", item, invitation.pk) + "?said=mailed"
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        page = unescaped(host.get(response["Location"]))
    assert invitation_address(invitation) in page
    assert "on its way to ada@example.org" in page
    assert url("invitation_qr", item, invitation.pk) in page
    assert "Noa Levi invites you to “Cell division, part 2”" in page
    assert "30 Nov 2026" in page


def test_htmx_gets_the_link_in_the_dialog_and_the_page_hears_of_it(host, item):
    response = send(host, item, htmx=True)
    assert response.status_code == 200
    assert "invitations-changed" in response["HX-Trigger"]
    assert invitation_address(Invitation.objects.get()) in unescaped(response)
    assert "data-copy-now" not in unescaped(response)  # it is mailed


def test_without_mail_nothing_is_mailed_and_the_host_is_told(host, item):
    response = send(host, item, htmx=True, send_mail="")
    assert not OutgoingMail.objects.exists()
    assert "The link isn’t emailed" in unescaped(response)
    assert 'data-copy-now="#invite-link-address"' in unescaped(response)


def test_inviting_is_written_down_without_a_name_or_an_address(host, owner, item):
    send(host, item)
    event = AccessEvent.objects.get(act=Act.INVITED)
    assert (event.actor, event.item, event.invitation) == (owner, item, Invitation.objects.get())
    assert "ada" not in str(event.details)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Enter the person’s email address."),
        ({"email": "ada"}, "Enter a full email address"),
        ({"email": "ada@localhost"}, "Enter a full email address"),
        ({"email": "noa@example.edu"}, "This is your own email"),
        ({"email": "NOA@example.edu"}, "This is your own email"),
        ({"role": ""}, "Choose a role."),
        ({"role": "moderator"}, "You can’t give this role here."),
        ({"role": "owner"}, "You can’t give this role here."),
        ({"last_day": "2020-01-01"}, "That day has passed."),
        ({"last_day": "2099-01-01"}, "within the next ten years"),
        ({"note": "x" * 1001}, "at most 1000 characters"),
        ({"first_name": "x" * 101}, "at most 100 characters"),
        ({"first_name": "a\x00b"}, "Null characters are not allowed"),
    ],
)
def test_a_mistake_comes_back_in_the_dialog_with_all_that_was_typed(host, item, fields, said):
    response = send(host, item, htmx=True, **{"last_name": "Typed before", **fields})
    assert response.status_code == 422
    assert said in unescaped(response)
    assert "Typed before" in unescaped(response)
    assert not Invitation.objects.exists()


def test_somebody_invited_already_is_shown_with_their_link_instead_of_an_error(host, item):
    there = factories.InvitationFactory(item=item, email="ada@example.org")
    response = send(host, item, htmx=True, role="collaborator")
    page = unescaped(response)
    assert response.status_code == 200
    assert "Grace Hopper is invited already" in page
    assert invitation_address(there) in page
    assert not OutgoingMail.objects.exists()
    there.refresh_from_db()
    assert there.role == "viewer"
    again = send(host, item)
    assert again["Location"].endswith(f"/{there.pk}/link/?said=already")
    assert Invitation.objects.count() == 1


def test_after_it_was_taken_back_a_new_invitation_is_a_new_row(host, item):
    old = factories.InvitationFactory(item=item, email="ada@example.org", revoked=True)
    send(host, item)
    new = Invitation.objects.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert old.revoked_at
    assert invitation_address(old) != invitation_address(new)


def test_owner_and_co_editors_are_not_invited(host, item, co_editor, client_of, owner):
    response = send(host, item, email=co_editor.email)
    assert response.status_code == 422
    assert "need an invitation" in unescaped(response)
    assert send(client_of(co_editor), item, email=owner.email).status_code == 422
    assert not Invitation.objects.exists()


def test_what_hosts_type_is_shown_and_never_run(host, item):
    evil = '"><script>alert(1)</script>'
    page = send(host, item, htmx=True, first_name=evil, last_name=evil).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    page = send(host, item, htmx=True, email=evil, first_name=evil, note=evil).content.decode()
    assert "<script>alert" not in page


def test_names_keep_no_line_breaks_and_no_turned_text(host, item):
    send(host, item, first_name="Ada\u202eevil", last_name="Love\r\nBcc: x@y.z")
    invitation = Invitation.objects.get()
    assert (invitation.first_name, invitation.last_name) == ("Adaevil", "Love Bcc: x@y.z")


# --- roles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("video", ["viewer", "collaborator"]),
        ("audio", ["viewer", "collaborator"]),
        ("document", ["viewer", "collaborator"]),
        ("quiz", ["viewer", "collaborator"]),
        ("live_event", ["viewer", "speaker", "moderator"]),
        ("room", ["viewer", "speaker", "moderator"]),
    ],
)
def test_the_roles_offered_depend_on_the_kind_and_each_says_what_it_lets_one_do(
    host, owner, kind, roles
):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    form = host.get(url("invite_users", item)).context["form"]
    choices = list(form.role_choices)
    assert [choice["role"].value for choice in choices] == roles
    assert all(str(choice["allows"]) for choice in choices)
    assert [choice["checked"] for choice in choices].count(True) == 1
    page = unescaped(host.get(url("invite_users", item)))
    for choice in choices:
        assert str(choice["allows"]) in page


@pytest.mark.parametrize("role", ["moderator", "speaker", "owner", "co_editor", "guest", ""])
def test_the_service_refuses_a_role_that_this_kind_does_not_have(item, owner, role):
    by = Inviter(roles={Role.OWNER}, account=owner)
    with pytest.raises(RoleNotGrantable):
        invite(item=item, people=[Invitee("ada@example.org")], role=role, by=by)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SPEAKER, Role.COLLABORATOR, Role.GUEST])
def test_the_service_refuses_every_role_to_those_who_may_grant_none(event, stranger, role):
    by = Inviter(roles={role}, account=stranger)
    with pytest.raises(RoleNotGrantable):
        invite(item=event, people=[Invitee("ada@example.org")], role="viewer", by=by)


def test_nobody_grants_above_themselves():
    for kind in ("video", "room"):
        assert grantable_roles(kind=kind, roles={Role.COLLABORATOR}) == ()
    assert InvitationRole.COLLABORATOR not in grantable_roles(kind="video", roles={Role.MODERATOR})


# --- who may --------------------------------------------------------------------------------------

PAGES = ("invite_users", "people_suggestions")


@pytest.mark.parametrize("name", PAGES)
def test_owner_and_co_editor_may(client_of, owner, item, co_editor, name):
    for user in (owner, co_editor):
        assert client_of(user).get(url(name, item)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_everybody_else_may_not(client_of, item, stranger, guest_client, invitee_client, name):
    assert client_of(stranger).get(url(name, item)).status_code == 404
    assert Client().get(url(name, item)).status_code == 404
    assert guest_client.get(url(name, item)).status_code == 403
    assert invitee_client.get(url(name, item)).status_code == 403
    collaborator = invitee_of(item, "collaborator")
    assert collaborator.get(url(name, item)).status_code == 403
    assert send(collaborator, item).status_code == 403
    assert send(client_of(stranger), item).status_code == 404
    assert not Invitation.objects.filter(email="ada@example.org").exists()


def test_a_form_of_another_site_is_refused(owner, item):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert send(browser, item).status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_viewers_and_speakers_never_invite_even_where_moderators_may(event, role):
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    assert invitee_of(event, role).get(url("invite_users", event)).status_code == 403


def test_a_moderator_invites_only_where_the_owner_lets_moderators(event):
    moderator = invitee_of(event, "moderator", email="mod@example.org")
    assert send(moderator, event).status_code == 403
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    assert send(moderator, event, role="moderator").status_code == 302
    made = Invitation.objects.get(email="ada@example.org")
    assert made.invited_by is None
    assert made.invited_by_invitation.email == "mod@example.org"
    let_moderators_invite(item=event, allowed=False, by=event.owner)
    assert send(moderator, event, email="bob@example.org").status_code == 403


def test_a_moderator_with_an_account_invites_as_that_account(client_of, event):
    user = factories.UserFactory(email="mod@example.edu", email_verified_at=timezone.now())
    factories.InvitationFactory(item=event, email=user.email, role="moderator", accepted=True)
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    assert send(client_of(user), event).status_code == 302
    assert Invitation.objects.get(email="ada@example.org").invited_by == user


def test_a_moderator_sees_the_links_they_made_and_no_others(event):
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    moderator = invitee_of(event, "moderator", email="mod@example.org")
    by_owner = factories.InvitationFactory(item=event, email="other@example.org")
    assert moderator.get(url("invitation_link", event, by_owner.pk)).status_code == 404
    assert moderator.get(url("invitation_qr", event, by_owner.pk)).status_code == 404
    response = send(moderator, event, email="other@example.org")
    assert response.status_code == 422
    assert "Somebody else already invited this person" in unescaped(response)
    own = send(moderator, event)
    assert moderator.get(own["Location"]).status_code == 200


def test_the_switch_is_for_those_who_edit_a_live_item(host, event, item, client_of):
    assert "Moderators may invite" in unescaped(host.get(url("invite_users", event)))
    assert "Moderators may invite" not in unescaped(host.get(url("invite_users", item)))
    host.post(url("let_moderators_invite", event), {"allowed": "yes"})
    assert InvitationSettings.objects.get().moderators_may_invite
    moderator = invitee_of(event, "moderator")
    page = unescaped(moderator.get(url("invite_users", event)))
    assert "Moderators may invite" not in page
    assert moderator.post(url("let_moderators_invite", event)).status_code == 403
    response = host.post(
        url("let_moderators_invite", event), {"allowed": "no"}, headers={"HX-Request": "true"}
    )
    assert 'aria-checked="false"' in unescaped(response)
    assert not InvitationSettings.objects.get().moderators_may_invite
    assert host.post(url("let_moderators_invite", item), {"allowed": "yes"}).status_code == 404


# --- the link to hand out -------------------------------------------------------------------------


def test_the_link_and_its_picture_are_for_hosts_alone(
    host, item, invitation, client_of, stranger, invitee_client
):
    for name in ("invitation_link", "invitation_qr"):
        address = url(name, item, invitation.pk)
        response = host.get(address)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert client_of(stranger).get(address).status_code == 404
        assert invitee_client.get(address).status_code == 403
        assert Client().get(address).status_code == 404
    assert host.get(url("invitation_qr", item, invitation.pk))["Content-Type"] == "image/svg+xml"


def test_the_link_of_another_item_or_one_taken_back_is_not_found(host, item, invitation, owner):
    other = factories.MediaItemFactory(owner=owner)
    assert host.get(url("invitation_link", other, invitation.pk)).status_code == 404
    Invitation.objects.update(revoked_at=timezone.now())
    assert host.get(url("invitation_link", item, invitation.pk)).status_code == 404


def test_an_expired_link_says_so(host, item, invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Expired" in unescaped(host.get(url("invitation_link", item, invitation.pk)))


# --- people known ---------------------------------------------------------------------------------


def known(client, item, text):
    return unescaped(client.get(url("people_suggestions", item), {"email": text}))


@pytest.mark.parametrize("text", ["lov", "ADA", "ada@e", "ada lov", "Lovelace A"])
def test_people_are_offered_by_the_start_of_a_name_or_an_address(host, item, text):
    factories.UserFactory(email="ada@example.edu", first_name="Ada", last_name="Lovelace")
    page = known(host, item, text)
    assert 'value="ada@example.edu"' in page
    assert 'data-first="Ada" data-last="Lovelace"' in page


@pytest.mark.parametrize("text", ["", "a", " a ", "%%", "zz"])
def test_nobody_is_offered_for_too_little_or_nothing_known(host, item, text):
    factories.UserFactory(email="ada@example.edu", first_name="Ada")
    assert "<option" not in known(host, item, text)


def test_those_the_host_invited_before_are_offered_and_those_of_others_are_not(host, item, owner):
    factories.InvitationFactory(item__owner=owner, email="grace@example.org")
    factories.InvitationFactory(email="grant@example.org", first_name="Grant")
    page = known(host, item, "gra")
    assert "grace@example.org" in page
    assert "grant@example.org" not in page


def test_at_most_eight_people_are_offered_and_never_oneself(host, item, owner):
    for number in range(12):
        factories.UserFactory(email=f"noa{number:02}@example.edu")
    page = known(host, item, "noa")
    assert page.count("<option") == 8
    assert owner.email not in page


def test_accounts_switched_off_are_not_offered(host, item):
    factories.UserFactory(email="ada@example.edu", is_active=False)
    assert "<option" not in known(host, item, "ada")


def test_a_moderator_without_an_account_learns_of_no_accounts(event):
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    moderator = invitee_of(event, "moderator")
    factories.UserFactory(email="ada@example.edu")
    send(moderator, event, email="adam@example.org")
    page = known(moderator, event, "ada")
    assert "adam@example.org" in page
    assert "ada@example.edu" not in page


def test_asking_for_people_too_often_is_refused(host, item, settings):
    settings.SUGGESTION_RATE_PER_PERSON = "3/m"
    statuses = [
        host.get(url("people_suggestions", item), {"email": "ada"}).status_code for _n in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]


def test_hostile_names_are_escaped_among_the_suggestions(host, item):
    evil = '"><script>alert(1)</script>'
    factories.UserFactory(email="ada@example.edu", first_name=evil)
    response = host.get(url("people_suggestions", item), {"email": "ada"})
    assert "<script>" not in response.content.decode()


# --- many people, few queries; two hosts at once --------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_people(item, owner):
    by = Inviter(roles={Role.OWNER}, account=owner)

    def queries(number, name):
        people = [Invitee(f"{name}{n}@example.org") for n in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            invite(item=item, people=people, role="viewer", by=by)
        return len(captured)

    assert queries(1, "a") == queries(100, "b")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hosts_inviting_one_person_at_once_make_one_invitation(item, owner):
    co_editor = factories.CoEditorFactory(item=item).user
    for number in range(10):
        email = f"ada{number}@example.org"

        def job(user, role, email=email):
            by = Inviter(roles={role}, account=user)
            return lambda: invite(
                item=MediaItem.objects.get(pk=item.pk),
                people=[Invitee(email)],
                role="viewer",
                by=by,
            )

        results = at_once([job(owner, Role.OWNER), job(co_editor, Role.CO_EDITOR)])
        made = [one for result in results for one in result]
        assert len(made) == 1
        assert Invitation.objects.filter(email=email).count() == 1
        assert OutgoingMail.objects.filter(invitation__email=email).count() == 1
        assert AccessEvent.objects.filter(invitation__email=email).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hosts_with_lists_of_the_same_people_in_other_orders_do_not_stop_each_other(
    item, owner
):
    co_editor = factories.CoEditorFactory(item=item).user
    for number in range(5):
        emails = [f"p{number}-{one}@example.org" for one in range(300)]

        def job(user, role, emails):
            by = Inviter(roles={role}, account=user)
            people = [Invitee(email) for email in emails]
            return lambda: invite(
                item=MediaItem.objects.get(pk=item.pk),
                people=people,
                role="viewer",
                by=by,
                send_mail=False,
            )

        jobs = [job(owner, Role.OWNER, emails), job(co_editor, Role.CO_EDITOR, emails[::-1])]
        results = at_once(jobs)
        assert not [one for one in results if isinstance(one, Exception)]
        assert Invitation.objects.filter(email__in=emails).count() == len(emails)


def test_a_moderator_without_an_account_invites_only_so_many_a_day(event, settings):
    settings.INVITE_RATE_PER_MODERATOR = "2/d"
    let_moderators_invite(item=event, allowed=True, by=event.owner)
    moderator = invitee_of(event, "moderator", email="mod@example.org")
    sent = [send(moderator, event, email=f"p{n}@example.org").status_code for n in range(3)]
    assert sent == [302, 302, 422]
    assert Invitation.objects.filter(email__startswith="p").count() == 2


def test_turning_the_moderators_switch_leaves_a_trace(client_of, event):
    from access.audit.models import AccessEvent

    for answer in ("yes", "yes", "no"):
        client_of(event.owner).post(url("let_moderators_invite", event), {"allowed": answer})
    trace = AccessEvent.objects.filter(act="moderators_may_invite").order_by("pk")
    assert [one.details["allowed"] for one in trace] == [True, False]
