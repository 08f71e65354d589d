"""The personal link's pages as the invited, the forwarded-to and the scanners meet them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as live_settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent, Act
from access.email_addresses import masked
from access.invitations.models import (
    Certainty,
    Invitation,
    InvitationCode,
    InvitationProof,
    InvitationRole,
    MailKind,
    offered_roles,
)
from access.invitations.people import Inviter
from access.invitations.role_descriptions import what_you_can
from access.invitations.services import answering, managing
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.links import guest_link_token, invitation_token
from access.mail.models import OutgoingMail
from access.roles import Role
from access.visitors import Visitor
from media_items.catalogue.models import Kind
from tests import factories
from tests.access.invitations.door_acts import (
    address,
    come_in,
    mailed_digits,
    press,
    proven_client,
    type_code,
)
from tests.conftest import client_with_proofs
from tests.reading import text_of

pytestmark = pytest.mark.django_db

EMAIL = "grace@example.org"
MASKED = "g•••@example.org"


@pytest.fixture
def invited(item):
    """Grace Hopper, invited as a viewer; she has not answered."""
    return factories.InvitationFactory(item=item, email=EMAIL)


@pytest.fixture
def grace(db):
    """Her account, its address verified."""
    return factories.UserFactory(email=EMAIL, email_verified_at=timezone.now())


@pytest.fixture
def unverified_grace(db):
    return factories.UserFactory(email=EMAIL)


def state_of(invitation):
    return Invitation.objects.filter(pk=invitation.pk).values().get()


def is_in(client, item):
    return client.get(item.get_absolute_url()).status_code == 200


# --- looking changes nothing ----------------------------------------------------------------------


def test_the_page_says_who_invites_to_what_and_in_which_role(client, invited):
    page = text_of(client.get(address(invited)))
    assert "Invitation from <bdi>Noa Levi</bdi>" in page
    assert "Cell division, part 2" in page
    assert "As a viewer, you can watch this video." in page
    assert MASKED in page
    assert EMAIL not in page
    assert "Grace" not in page
    assert "Hopper" not in page


def test_accept_is_the_first_button_and_decline_a_quiet_one(client, invited):
    page = text_of(client.get(address(invited)))
    buttons = re.findall(
        r'<form method="post" action="([^"]+)"[^>]*>.*?<button class="([^"]+)"', page, re.DOTALL
    )
    assert buttons == [
        (address(invited, "accept_invitation"), "button button-primary"),
        (address(invited, "decline_invitation"), "button"),
    ]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_every_link_in_page_and_mail_uses_nothing_up(invited, method):
    before = state_of(invited)
    scanner = Client()
    seen, todo = set(), [address(invited), address(invited, "invitation_code")]
    todo += [
        address(invited, name)
        for name in ("accept_invitation", "decline_invitation", "send_code_again", "ask_new_link")
    ]
    while todo:
        url = todo.pop()
        if url in seen or url.startswith(("http", "mailto", "#", "/static/")):
            continue
        seen.add(url)
        getattr(scanner, method)(url)
        page = text_of(Client().get(url)) if method == "head" else text_of(scanner.get(url))
        todo += re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert len(seen) > 6
    assert state_of(invited) == before
    assert live_settings.SESSION_COOKIE_NAME not in scanner.cookies
    for model in (InvitationCode, InvitationProof, OutgoingMail, AccessEvent):
        assert not model.objects.exists()
    assert come_in(Client(), invited)["Location"] == invited.item.get_absolute_url()


def test_the_page_keeps_its_address_to_itself(client, invited):
    press(client, invited)
    for name in ("invitation", "invitation_code", "invitation_picture"):
        response = client.get(address(invited, name))
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize("token", ["x", "1-1.aaaa", "1-1", "..%2f", "a" * 300])
@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("invitation", "get"),
        ("invitation", "head"),
        ("invitation_code", "get"),
        ("invitation_code", "post"),
        ("accept_invitation", "post"),
        ("decline_invitation", "post"),
        ("send_code_again", "post"),
        ("ask_new_link", "post"),
        ("invitation_picture", "get"),
    ],
)
def test_a_forged_token_is_refused_without_a_query(
    client, token, name, method, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = getattr(client, method)(reverse(f"access:{name}", args=[token]))
    assert response.status_code == 404


def test_the_token_of_a_guest_link_is_no_token_here(client, link):
    url = reverse("access:invitation", args=[guest_link_token(link)])
    assert client.get(url).status_code == 404


def test_the_page_has_a_fixed_number_of_queries(client, invited, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(address(invited))
    managing.revoke(invitation=invited, by=None)
    with django_assert_num_queries(1):
        client.get(address(invited))


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("invitation", "post"),
        ("accept_invitation", "get"),
        ("decline_invitation", "get"),
        ("send_code_again", "get"),
        ("ask_new_link", "get"),
    ],
)
def test_acts_take_a_post_and_looking_takes_a_get(client, invited, name, method):
    assert getattr(client, method)(address(invited, name)).status_code == 405


def test_the_forms_are_protected_against_forgery_from_other_sites(invited):
    strict = Client(enforce_csrf_checks=True)
    for name in ("accept_invitation", "decline_invitation", "invitation_code", "ask_new_link"):
        assert strict.post(address(invited, name)).status_code == 403
    assert state_of(invited)["opened_at"] is None


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("ada@example.edu", "a•••@example.edu"),
        ("a@example.edu", "a•••@example.edu"),
        (" Ada.Lovelace@Example.EDU ", "a•••@example.edu"),
        ("averylongname" * 4 + "@example.edu", "a•••@example.edu"),
        ('"odd@local"@example.edu', '"•••@example.edu'),
    ],
)
def test_a_masked_address_shows_one_letter_and_the_domain(whole, shown):
    assert masked(whole) == shown


@pytest.mark.parametrize("kind", Kind)
def test_every_offered_role_is_said_in_words(client, kind):
    said = set()
    for role in offered_roles(kind):
        item = factories.MediaItemFactory(kind=kind)
        invitation = factories.InvitationFactory(item=item, role=role)
        words = str(what_you_can(role, kind))
        assert words in text_of(client.get(address(invitation)))
        said.add(words)
    assert len(said) == len(offered_roles(kind))


def test_hostile_names_are_text_and_never_markup(client, owner):
    owner.first_name = "<script>alert(1)</script>"
    owner.save()
    item = factories.MediaItemFactory(owner=owner, title="<img src=x onerror=alert(1)>")
    page = text_of(client.get(address(factories.InvitationFactory(item=item))))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("gone", ["account", "moderator"])
def test_the_host_is_named_even_when_the_inviting_account_is_none_or_gone(client, item, gone):
    by = factories.InvitationFactory(item=item, first_name="Lin", last_name="Moderator")
    invitation = factories.InvitationFactory(
        item=item, invited_by=None, invited_by_invitation=by if gone == "moderator" else None
    )
    expected = "Lin Moderator" if gone == "moderator" else "Noa Levi"
    assert f"Invitation from <bdi>{expected}</bdi>" in text_of(client.get(address(invitation)))


# --- signed in with the invited address -----------------------------------------------------------


def test_the_invited_account_is_in_with_one_click(client_of, grace, invited, item):
    browser = client_of(grace)
    page = text_of(browser.get(address(invited)))
    assert "You’re signed in as <bdi>grace@example.org</bdi>" in page
    response = press(browser, invited)
    assert response["Location"] == item.get_absolute_url()
    assert is_in(browser, item)
    found = state_of(invited)
    assert found["certainty"] == Certainty.SIGNED_IN
    assert found["account_id"] == grace.pk
    assert not InvitationCode.objects.exists()
    assert not InvitationProof.objects.exists()


def test_an_account_that_accepted_is_taken_straight_in_from_any_browser(
    client_of, grace, invited, item
):
    press(client_of(grace), invited)
    response = client_of(grace).get(address(invited))
    assert response["Location"] == item.get_absolute_url()


def test_an_account_with_the_address_not_verified_needs_the_code_and_is_verified_by_it(
    client_of, unverified_grace, invited, item
):
    browser = client_of(unverified_grace)
    assert press(browser, invited)["Location"] == address(invited, "invitation_code")
    assert not is_in(browser, item)
    unverified_grace.refresh_from_db()
    assert unverified_grace.email_verified_at is None
    type_code(browser, invited, mailed_digits(invited))
    unverified_grace.refresh_from_db()
    assert unverified_grace.email_verified_at
    assert state_of(invited)["account_id"] == unverified_grace.pk
    assert is_in(client_of(unverified_grace), item)


def test_a_code_verifies_no_account_but_the_one_with_the_invited_address(
    client_of, stranger, unverified_grace, invited
):
    come_in(client_of(stranger), invited, as_invited="yes")
    for user in (stranger, unverified_grace):
        user.refresh_from_db()
        assert user.email_verified_at is None


def test_a_typed_address_verifies_no_account(client_of, unverified_grace, invited, settings):
    settings.INVITATION_PROOF = "address"
    browser = client_of(unverified_grace)
    press(browser, invited)
    press(browser, invited, "invitation_code", email=EMAIL)
    unverified_grace.refresh_from_db()
    assert unverified_grace.email_verified_at is None
    assert is_in(browser, invited.item)


# --- signed in as somebody else -------------------------------------------------------------------


def test_somebody_else_is_told_both_addresses_and_offered_both_ways(client_of, stranger, invited):
    page = text_of(client_of(stranger).get(address(invited)))
    assert "stranger@example.edu" in page
    assert MASKED in page
    assert EMAIL not in page
    assert 'name="as_invited"' in page
    assert reverse("access:sign_out") in page
    assert address(invited, "decline_invitation") not in page


@pytest.mark.parametrize("who", ["stranger", "owner", "co_editor", "member"])
def test_never_accepted_for_the_wrong_account_without_its_saying_so(
    request, client_of, invited, who
):
    browser = client_of(request.getfixturevalue(who))
    response = press(browser, invited)
    assert response.status_code == 403
    assert "This invitation was sent to another email" in text_of(response)
    assert EMAIL not in text_of(response)
    assert state_of(invited)["accepted_at"] is None
    assert not InvitationCode.objects.exists()


def test_somebody_else_may_go_on_as_the_person_invited_by_the_code(
    client_of, stranger, invited, item
):
    browser = client_of(stranger)
    assert press(browser, invited, as_invited="yes").status_code == 302
    assert not is_in(browser, item)
    type_code(browser, invited, mailed_digits(invited))
    page = text_of(browser.get(item.get_absolute_url()))
    assert "Grace Hopper" in page
    assert state_of(invited)["account_id"] is None
    assert not is_in(client_of(stranger), item)


def test_switching_the_account_leads_back_to_the_invitation(client_of, stranger, invited):
    browser = client_of(stranger)
    response = browser.post(reverse("access:sign_out"), {"next": address(invited)})
    assert response["Location"] == address(invited)
    page = text_of(browser.get(address(invited)))
    assert f"{reverse('access:sign_in')}?next={address(invited)}" in page


# --- not signed in --------------------------------------------------------------------------------


def test_accept_mails_a_code_and_the_code_opens_the_clean_page(client, invited, item):
    response = press(client, invited)
    assert response["Location"] == address(invited, "invitation_code")
    page = text_of(client.get(response["Location"]))
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert MASKED in page
    assert EMAIL not in page
    assert not is_in(client, item)
    response = type_code(client, invited, mailed_digits(invited))
    assert response["Location"] == item.get_absolute_url()
    found = state_of(invited)
    assert found["accepted_at"]
    assert found["opened_at"]
    assert found["certainty"] == Certainty.CONFIRMED
    page = text_of(client.get(item.get_absolute_url()))
    assert "<bdi>Grace Hopper</bdi></strong> (viewer)" in page


def test_the_proof_lasts_as_many_days_as_the_site_says(client, invited, item, settings):
    settings.INVITATION_PROOF_DAYS = 7
    come_in(client, invited)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=-5)):
        assert is_in(client, item)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=5)):
        response = client.get(item.get_absolute_url())
        assert response.status_code == 403
        assert "Please verify your email again" in text_of(response)
        assert address(invited) in text_of(response)


def test_the_session_key_changes_when_a_browser_is_proven(invited, item):
    planted = Client()
    press(planted, invited)
    before = planted.cookies[live_settings.SESSION_COOKIE_NAME].value
    type_code(planted, invited, mailed_digits(invited))
    assert planted.cookies[live_settings.SESSION_COOKIE_NAME].value != before
    old = Client()
    old.cookies[live_settings.SESSION_COOKIE_NAME] = before
    assert old.get(item.get_absolute_url()).status_code == 404


def test_a_proven_browser_is_taken_straight_in(invited, item):
    browser = proven_client(invited)
    for name in ("invitation", "invitation_code"):
        assert browser.get(address(invited, name))["Location"] == item.get_absolute_url()
    assert press(browser, invited)["Location"] == item.get_absolute_url()
    assert InvitationCode.objects.count() == 1


def test_a_second_device_is_proven_the_same_way(invited, item):
    proven_client(invited)
    phone = Client()
    page = text_of(phone.get(address(invited)))
    assert "Continue" in page
    assert address(invited, "decline_invitation") not in page
    assert not is_in(phone, item)
    come_in(phone, invited)
    assert is_in(phone, item)
    assert InvitationProof.objects.count() == 2
    assert AccessEvent.objects.filter(act=Act.INVITATION_ACCEPTED).count() == 1


def test_page_and_answer_are_the_same_whether_or_not_an_account_exists(invited):
    def walk():
        client, found = Client(), []
        for response in (
            client.get(address(invited)),
            press(client, invited),
            client.get(address(invited, "invitation_code")),
        ):
            body = re.sub(r"[A-Za-z0-9]{64}|data-wait=.\d+.", "", text_of(response))
            found.append((response.status_code, response.headers.get("Location"), body))
        return found

    with CaptureQueriesContext(connection) as without:
        before = walk()
    factories.UserFactory(email=EMAIL, email_verified_at=timezone.now())
    with CaptureQueriesContext(connection) as with_account:
        after = walk()
    assert before == after
    assert len(without) == len(with_account)


def test_the_typed_address_is_enough_where_the_site_says_so(client, invited, item, settings):
    settings.INVITATION_PROOF = "address"
    assert press(client, invited)["Location"] == address(invited, "invitation_code")
    assert not InvitationCode.objects.exists()
    response = press(client, invited, "invitation_code", email="eve@example.org")
    assert response.status_code == 422
    assert "This email doesn’t match the invitation" in text_of(response)
    assert EMAIL not in text_of(response)
    assert not is_in(client, item)
    response = press(client, invited, "invitation_code", email=" GRACE@example.org ")
    assert response["Location"] == item.get_absolute_url()
    assert state_of(invited)["certainty"] == Certainty.TYPED


def test_a_typed_address_is_worth_nothing_where_a_code_is_wanted(client, invited, item):
    press(client, invited)
    assert press(client, invited, "invitation_code", email=EMAIL).status_code == 422
    assert not is_in(client, item)


def test_typing_addresses_is_throttled(invited, settings):
    settings.INVITATION_PROOF = "address"
    settings.CODE_RATE_PER_INVITATION = "3/h"
    statuses = [
        press(Client(), invited, "invitation_code", email=f"guess{n}@example.org").status_code
        for n in range(4)
    ]
    assert statuses == [422, 422, 422, 429]
    assert press(Client(), invited, "invitation_code", email=EMAIL).status_code == 429


def test_how_sure_we_are_only_ever_grows(client, client_of, grace, invited, settings):
    settings.INVITATION_PROOF = "address"
    press(client, invited, "invitation_code", email=EMAIL)
    settings.INVITATION_PROOF = "code"
    proven_client(invited)
    assert state_of(invited)["certainty"] == Certainty.CONFIRMED
    settings.INVITATION_PROOF = "address"
    press(Client(), invited, "invitation_code", email=EMAIL)
    assert state_of(invited)["certainty"] == Certainty.CONFIRMED


# --- saying no ------------------------------------------------------------------------------------


def test_decline_says_no_and_the_link_lets_one_change_ones_mind(client, invited, item):
    assert press(client, invited, "decline_invitation")["Location"] == address(invited)
    assert state_of(invited)["declined_at"]
    page = text_of(client.get(address(invited)))
    assert "You declined" in page
    assert "Accept anyway" in page
    come_in(client, invited)
    found = state_of(invited)
    assert found["accepted_at"]
    assert found["declined_at"] is None
    assert is_in(client, item)


def test_a_forwarded_link_cannot_throw_out_the_person_who_accepted(invited, item):
    browser = proven_client(invited)
    response = press(Client(), invited, "decline_invitation")
    assert response.status_code == 302
    assert state_of(invited)["declined_at"] is None
    assert is_in(browser, item)


def test_the_person_who_accepted_can_say_no_after_all(invited, item):
    browser, phone = proven_client(invited), proven_client(invited)
    url = reverse("access:leave_invitation", args=[item.public_id])
    assert browser.get(url).status_code == 200
    browser.post(url, {"how": "decline"})
    assert state_of(invited)["declined_at"]
    for client in (browser, phone):
        response = client.get(item.get_absolute_url())
        assert response.status_code == 403
        assert "You declined this invitation" in text_of(response)


def test_leaving_ends_this_browser_only_and_the_link_lets_in_again(invited, item):
    browser, phone = proven_client(invited), proven_client(invited)
    url = reverse("access:leave_invitation", args=[item.public_id])
    assert text_of(browser.get(url)).count("<form") >= 2
    assert is_in(browser, item)  # GET changed nothing
    assert browser.post(url)["Location"] == reverse("access:left_invitation")
    response = browser.get(item.get_absolute_url())
    assert response.status_code == 403
    assert "This browser no longer has access" in text_of(response)
    assert invitation_token(invited) not in text_of(response)
    assert is_in(phone, item)
    assert state_of(invited)["accepted_at"]
    come_in(browser, invited)
    assert is_in(browser, item)


@pytest.mark.parametrize("who", ["owner", "co_editor", "stranger", "member"])
def test_only_the_invited_can_leave_or_decline_inside(request, client_of, invitation, item, who):
    browser = client_of(request.getfixturevalue(who))
    url = reverse("access:leave_invitation", args=[item.public_id])
    for response in (browser.get(url), browser.post(url, {"how": "decline"}), Client().post(url)):
        assert response.status_code == 404
    assert state_of(invitation)["accepted_at"]


def test_a_guest_has_no_invitation_to_leave(guest_client, item):
    url = reverse("access:leave_invitation", args=[item.public_id])
    assert guest_client.get(url).status_code == 404


def test_an_account_can_decline_what_it_accepted(client_of, grace, invited, item):
    browser = client_of(grace)
    press(browser, invited)
    browser.post(reverse("access:leave_invitation", args=[item.public_id]), {"how": "decline"})
    assert state_of(invited)["declined_at"]
    assert not is_in(browser, item)


def test_the_personal_note_is_read_by_its_person_alone(client, client_of, item, grace):
    """Not by whoever holds the link, or has only typed the email."""
    invitation = factories.InvitationFactory(
        item=item, email=EMAIL, note="Dear Grace,\nhere it is.", declined=True
    )
    by_code, typed = (
        client_with_proofs(factories.InvitationProofFactory(invitation=invitation, how=how))
        for how in (Certainty.CONFIRMED, Certainty.TYPED)
    )
    for browser in (client_of(grace), by_code):
        assert "Dear Grace,<br>here it is." in text_of(browser.get(address(invitation)))
    for browser in (client, client_of(factories.UserFactory()), typed):
        assert "here it is" not in text_of(browser.get(address(invitation)))


# --- refusals, at each step -----------------------------------------------------------------------


def _end(invitation, how):
    if how == "revoked":
        managing.revoke(invitation=invitation, by=None)
    elif how == "expired":
        managing.prolong(invitation=invitation, expires_at=timezone.now(), by=None)
    elif how == "new_address":
        managing.give_new_address(invitation=invitation, end_browsers=True, by=None)


HEADINGS = {
    "revoked": "This invitation no longer works",
    "expired": "This invitation has expired",
    "new_address": "This link no longer works",
}


@pytest.mark.parametrize("how", HEADINGS)
@pytest.mark.parametrize(
    "step", ["looking", "accepting", "declining", "reading", "typing", "again"]
)
def test_every_refusal_has_its_page_at_every_step(client, invited, item, how, step):
    token = invitation_token(invited)
    press(client, invited)
    digits = mailed_digits(invited)
    _end(invited, how)
    name, method, data = {
        "looking": ("invitation", client.get, {}),
        "accepting": ("accept_invitation", client.post, {}),
        "declining": ("decline_invitation", client.post, {}),
        "reading": ("invitation_code", client.get, {}),
        "typing": ("invitation_code", client.post, {"code": digits}),
        "again": ("send_code_again", client.post, {}),
    }[step]
    response = method(reverse(f"access:{name}", args=[token]), data)
    page = text_of(response)
    assert response.status_code == 403
    assert f"<h1>{HEADINGS[how]}</h1>" in page
    for secret in (item.title, "Levi", "noa@", EMAIL, "Grace"):
        assert secret not in page
    assert ("Email me a new link" in page) == (how not in {"revoked", "expired"})
    assert ("Ask for a new link" in page) == (how == "expired")
    assert state_of(invited)["accepted_at"] is None
    assert not is_in(client, item)


@pytest.mark.parametrize("how", HEADINGS)
def test_an_invited_account_is_refused_as_well(client_of, grace, invited, item, how):
    token = invitation_token(invited)
    _end(invited, how)
    response = client_of(grace).post(reverse("access:accept_invitation", args=[token]))
    assert response.status_code == 403
    assert f"<h1>{HEADINGS[how]}</h1>" in text_of(response)
    assert not is_in(client_of(grace), item)


def test_an_item_in_the_bin_is_a_link_that_does_not_work(client, invited, item):
    item.deleted_at = timezone.now()
    item.save()
    for response in (client.get(address(invited)), press(client, invited)):
        assert response.status_code == 404


def test_who_was_inside_is_told_of_the_taking_back_and_may_write_to_the_host(
    invitee_client, invitation, item
):
    assert is_in(invitee_client, item)
    managing.revoke(invitation=invitation, by=None)
    response = invitee_client.get(item.get_absolute_url())
    assert response.status_code == 403
    assert "This invitation was withdrawn" in text_of(response)
    assert item.title in text_of(response)
    assert "mailto:noa@example.edu" in text_of(response)
    assert Client().get(item.get_absolute_url()).status_code == 404


def test_who_only_typed_an_address_learns_no_names_afterwards(item, invitation):
    proof = factories.InvitationProofFactory(invitation=invitation, how=Certainty.TYPED)
    managing.revoke(invitation=invitation, by=None)
    page = text_of(client_with_proofs(proof).get(item.get_absolute_url()))
    assert "This invitation no longer works" in page
    assert "noa@" not in page
    assert "Levi" not in page


def test_bytes_end_with_the_page(invitee_client, invitation, item):
    managing.revoke(invitation=invitation, by=None)
    url = reverse("media_items:download_media_item", args=[item.public_id])
    assert invitee_client.get(url).status_code == 403


def test_an_expired_invitee_is_offered_a_new_one_and_prolonging_lets_the_same_browser_in(
    invitee_client, invitation, item
):
    managing.prolong(invitation=invitation, expires_at=timezone.now(), by=None)
    response = invitee_client.get(item.get_absolute_url())
    assert "This invitation has expired" in text_of(response)
    assert address(invitation, "ask_new_link") in text_of(response)
    managing.prolong(invitation=invitation, expires_at=None, by=None)
    assert is_in(invitee_client, item)


def test_a_browser_the_host_ended_is_not_given_the_new_link(invitee_client, invitation, item):
    managing.give_new_address(invitation=invitation, end_browsers=True, by=None)
    invitation.refresh_from_db()
    response = invitee_client.get(item.get_absolute_url())
    assert response.status_code == 403
    assert "This browser no longer has access" in text_of(response)
    assert invitation_token(invitation) not in text_of(response)


def test_a_new_address_alone_leaves_proven_browsers_in(invitee_client, invitation, item):
    old = address(invitation)
    managing.give_new_address(invitation=invitation, end_browsers=False, by=None)
    assert is_in(invitee_client, item)
    assert invitee_client.get(old)["Location"] == item.get_absolute_url()
    assert Client().get(old).status_code == 403


def test_a_changed_role_is_felt_at_the_next_request_with_the_same_link(
    invitee_client, invitation, item
):
    def abilities():
        return invitee_client.get(item.get_absolute_url()).context["item"].abilities

    assert "edit_details" not in abilities()
    by = Inviter(roles={Role.OWNER}, account=item.owner)
    managing.change_role(invitation=invitation, role=InvitationRole.COLLABORATOR, by=by)
    assert "edit_details" in abilities()
    assert "(collaborator)" in text_of(invitee_client.get(item.get_absolute_url()))


def test_an_account_at_a_corrected_address_has_nothing_any_more(client_of, grace, invited, item):
    browser = client_of(grace)
    press(browser, invited)
    browser.post(reverse("access:leave_invitation", args=[item.public_id]), {"how": "decline"})
    by = Inviter(roles={Role.OWNER}, account=item.owner)
    managing.correct_address(invitation=invited, email="right@example.org", by=by, send_mail=False)
    invited.refresh_from_db()
    assert press(browser, invited).status_code == 403
    proven_client(invited)
    assert not is_in(browser, item)


def test_inside_an_invitee_sees_that_one_item_and_nothing_else(invitee_client, item, owner):
    other = factories.MediaItemFactory(owner=owner)
    assert is_in(invitee_client, item)
    assert invitee_client.get(other.get_absolute_url()).status_code == 404
    assert invitee_client.get(reverse("media_items:my_media")).status_code == 302
    for name in ("guest_links", "share", "guests"):
        url = reverse(f"access:{name}", args=[item.public_id])
        assert invitee_client.get(url).status_code == 403


def test_the_media_page_of_an_invitee_has_a_fixed_number_of_queries(
    invitee_client, item, django_assert_num_queries
):
    invitee_client.get(item.get_absolute_url())
    with django_assert_num_queries(4):  # session, item with proof, files, preparation
        assert is_in(invitee_client, item)


# --- before it opens, and after -------------------------------------------------------------------


def test_whoever_accepts_early_waits_on_a_page_that_lets_in_by_itself(client, invited, item):
    item.available_from = timezone.now() + timedelta(hours=2)
    item.save()
    assert "This isn’t open yet" in text_of(client.get(address(invited)))
    response = come_in(client, invited)
    page = client.get(response["Location"])
    assert page.status_code == 403
    assert "Not open yet" in text_of(page)
    assert item.title in text_of(page)
    assert re.search(r"<time datetime=[^>]* data-countdown data-reload>", text_of(page))
    with time_machine.travel(item.available_from + timedelta(seconds=1)):
        assert is_in(client, item)


def test_an_account_that_accepts_early_waits_as_well(client_of, grace, invited, item):
    item.available_from = timezone.now() + timedelta(hours=2)
    item.save()
    browser = client_of(grace)
    page = browser.get(press(browser, invited)["Location"])
    assert "Not open yet" in text_of(page)


def test_before_a_scheduled_item_starts_the_invited_sees_its_time_counting_down(client, owner):
    item = factories.MediaItemFactory(
        owner=owner, kind=Kind.ROOM, starts_at=timezone.now() + timedelta(hours=1)
    )
    invitation = factories.InvitationFactory(item=item)
    page = text_of(client.get(address(invitation)))
    assert "Not yet started" in page
    come_in(client, invitation)
    page = text_of(client.get(item.get_absolute_url()))
    assert "data-countdown data-reload" in page


def test_an_ended_session_says_so_at_the_door(client, owner):
    item = factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        starts_at=timezone.now() - timedelta(hours=2),
        ends_at=timezone.now() - timedelta(hours=1),
    )
    page = text_of(client.get(address(factories.InvitationFactory(item=item))))
    assert "This session was planned until" in page


def test_an_item_no_longer_shown_says_so_at_the_door_and_inside(
    client, invitee_client, invitation, item
):
    item.available_until = timezone.now()
    item.save()
    for response in (client.get(address(invitation)), invitee_client.get(item.get_absolute_url())):
        assert response.status_code == 403
        assert "This is no longer available" in text_of(response)


# --- an account appears later ---------------------------------------------------------------------


def shared_with_me(client):
    return text_of(client.get(reverse("media_items:my_media"), {"tab": "shared"}))


def test_the_invitation_becomes_the_accounts_that_appears_later(client_of, invited, item):
    proven_client(invited)
    late = factories.UserFactory(email=EMAIL, email_verified_at=timezone.now())
    browser = client_of(late)
    assert is_in(browser, item)
    assert list(visitor_items(late)) == [item]
    assert item.title in shared_with_me(browser)


def test_an_account_whose_address_is_not_verified_gets_nothing(client_of, invited, item):
    proven_client(invited)
    late = factories.UserFactory(email=EMAIL)
    browser = client_of(late)
    assert not is_in(browser, item)
    assert list(visitor_items(late)) == []
    assert item.title not in shared_with_me(browser)


def test_somebody_invited_who_comes_by_the_clean_address_is_led_to_the_answer(
    client_of, grace, invited, item
):
    response = client_of(grace).get(item.get_absolute_url())
    assert response["Location"] == address(invited)


def test_an_unverified_account_is_told_nothing_at_the_clean_address(
    client_of, unverified_grace, invited, item
):
    assert client_of(unverified_grace).get(item.get_absolute_url()).status_code == 404


def visitor_items(user):
    request = RequestFactory().get("/")
    request.user = user
    return Visitor.of_request(request).shared_items()


# --- send me a new one ----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["expired", "new_address"])
def test_a_new_link_goes_to_the_invited_address_and_revives_nothing(client, invited, how):
    old = address(invited, "ask_new_link")
    _end(invited, how)
    before = state_of(invited)
    response = client.post(old)
    assert response["Location"] == reverse("access:asked_new_link")
    page = text_of(client.get(response["Location"]))
    assert EMAIL not in page
    asked = OutgoingMail.objects.order_by("pk").values_list("kind", "address")
    host = invited.item.owner.email
    assert list(asked) == [(MailKind.NEW_LINK, EMAIL), (NEW_LINK_ASKED, host)]
    assert state_of(invited) == before
    assert AccessEvent.objects.filter(act=Act.INVITATION_SENT, invitation=invited).count() == 1


def test_nobody_asks_for_a_new_link_after_a_taking_back(client, invited):
    _end(invited, "revoked")
    assert client.post(address(invited, "ask_new_link"))["Location"] == address(invited)
    assert not OutgoingMail.objects.exists()


def test_a_link_that_works_sends_no_new_one(client, invited):
    assert client.post(address(invited, "ask_new_link"))["Location"] == address(invited)
    assert not OutgoingMail.objects.exists()


def test_asking_for_new_links_is_throttled_without_regard_to_cookies(invited, settings):
    settings.NEW_LINK_RATE_PER_INVITATION = "2/d"
    _end(invited, "expired")
    statuses = [press(Client(), invited, "ask_new_link").status_code for _n in range(3)]
    assert statuses == [302, 302, 429]
    assert OutgoingMail.objects.filter(kind=MailKind.NEW_LINK).count() == 2


# --- last seen ------------------------------------------------------------------------------------


def last_seen(invitation):
    return state_of(invitation)["last_seen_at"]


def test_last_seen_is_noted_to_the_minute(invitee_client, invitation, item):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        invitee_client.get(item.get_absolute_url())
        first = last_seen(invitation)
        assert first == start
        clock.shift(timedelta(seconds=59))
        invitee_client.get(item.get_absolute_url())
        assert last_seen(invitation) == first
        clock.shift(timedelta(seconds=2))
        invitee_client.get(item.get_absolute_url())
        assert last_seen(invitation) == start + timedelta(seconds=61)


def test_last_seen_is_noted_for_accounts_too(client_of, grace, invited, item):
    browser = client_of(grace)
    press(browser, invited)
    Invitation.objects.update(last_seen_at=None)
    browser.get(item.get_absolute_url())
    assert last_seen(invited)


def test_being_refused_or_sent_on_is_not_being_seen(invitee_client, invitation, item):
    invitee_client.get(address(invitation))
    assert last_seen(invitation) is None
    managing.revoke(invitation=invitation, by=None)
    invitee_client.get(item.get_absolute_url())
    assert last_seen(invitation) is None


def test_noting_it_costs_one_query_and_nothing_in_between(
    invitee_client, item, django_assert_num_queries
):
    with django_assert_num_queries(5):
        invitee_client.get(item.get_absolute_url())
    with django_assert_num_queries(4):
        invitee_client.get(item.get_absolute_url())


def test_answering_is_written_into_the_audit_trail(client, invited):
    come_in(client, invited)
    acts = list(AccessEvent.objects.order_by("pk").values_list("act", flat=True))
    assert acts == [Act.INVITATION_ACCEPTED, Act.BROWSER_PROVEN]
    assert not AccessEvent.objects.filter(details__icontains="grace").exists()


def test_marking_opened_twice_keeps_the_first_time(invited):
    answering.mark_opened(invitation=invited)
    first = state_of(invited)["opened_at"]
    answering.mark_opened(invitation=invited)
    assert state_of(invited)["opened_at"] == first


# --- who meets what at each address ---------------------------------------------------------------

CAST = ["owner", "co_editor", "stranger", "member", "guest", "nobody", *InvitationRole]


@pytest.fixture
def browser_of(request, client_of, item):
    """`browser_of("guest")`; a role is somebody else invited to the same item in that role."""

    def make(who):
        if who == "nobody":
            return Client()
        if who == "guest":
            return request.getfixturevalue("guest_client")
        if who in set(InvitationRole):
            return proven_client(factories.InvitationFactory(item=item, role=who))
        return client_of(request.getfixturevalue(who))

    return make


@pytest.mark.parametrize("who", CAST)
def test_the_link_of_somebody_else_lets_nobody_in_by_itself(browser_of, invited, who):
    browser = browser_of(who)
    is_signed_in = who in {"owner", "co_editor", "stranger", "member"}
    assert browser.get(address(invited)).status_code == 200
    assert browser.get(address(invited, "invitation_code"))["Location"] == address(invited)
    assert press(browser, invited).status_code == (403 if is_signed_in else 302)
    assert press(browser, invited, "ask_new_link")["Location"] == address(invited)
    again = press(browser, invited, "send_code_again")["Location"]
    assert again == address(invited, "invitation" if is_signed_in else "invitation_code")
    found = state_of(invited)
    assert found["accepted_at"] is None
    assert found["declined_at"] is None
    assert not InvitationProof.objects.filter(invitation=invited).exists()


@pytest.mark.parametrize("who", CAST)
def test_only_who_is_inside_by_invitation_finds_the_way_out(browser_of, item, who):
    url = reverse("access:leave_invitation", args=[item.public_id])
    assert browser_of(who).get(url).status_code == (200 if who in set(InvitationRole) else 404)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("name", ["asked_new_link", "left_invitation", "declined_invitation"])
def test_the_last_pages_say_the_same_to_everybody(browser_of, who, name):
    assert browser_of(who).get(reverse(f"access:{name}")).status_code == 200
