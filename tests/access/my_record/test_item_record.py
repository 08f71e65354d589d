"""What is kept about whoever asks, on one item: who reads it, who erases it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.guests.models import Guest, GuestAdmission
from access.guests.proofs import GuestProofs
from access.guests.services import joining
from access.guests.services.guests import remove_guest
from access.invitations.models import Certainty, InvitationProof
from access.invitations.proofs import InvitationProofs
from access.invitations.services import codes
from access.links import invitation_token
from access.memberships.proofs import AccountProofs
from access.my_record import services
from media_items.catalogue.models import Kind
from tests import factories, live_factories
from tests.access.invitations.door_acts import mailed_digits, other_than
from tests.conftest import client_with_admissions, client_with_proofs
from tests.reading import text_of, text_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, accepted=True, note="Bring the moth.")


@pytest.fixture
def proof(invited):
    return factories.InvitationProofFactory(invitation=invited)


def url(name, item):
    return reverse(f"access:{name}", args=[item.public_id])


def read(browser, item):
    return text_of_page(browser.get(url("guest_record", item)))


def was_erased(invitation):
    invitation.refresh_from_db()
    return not (invitation.email or invitation.first_name or invitation.note)


# --- whoever declined -----------------------------------------------------------------------------


@pytest.fixture
def declined(item):
    return factories.InvitationFactory(item=item, email="ruth@example.org", declined=True)


def erase_page(invitation):
    return reverse("access:erase_declined", args=[invitation_token(invitation)])


def test_whoever_declined_erases_with_a_code_and_accepts_nothing(declined, item):
    browser = Client()
    page = text_of(browser.get(reverse("access:invitation", args=[invitation_token(declined)])))
    assert erase_page(declined) in page
    assert "Email me a code" in text_of(browser.get(erase_page(declined)))
    browser.post(erase_page(declined), {"do": "send"})
    digits = mailed_digits(declined)
    wrong = browser.post(erase_page(declined), {"do": "erase", "code": other_than(digits)})
    assert wrong.status_code == 422
    assert not was_erased(declined)
    page = text_of_page(
        browser.post(erase_page(declined), {"do": "erase", "code": digits}, follow=True)
    )
    assert "Your data was erased" in page
    assert was_erased(declined)
    assert declined.accepted_at is None
    assert not InvitationProof.objects.exists()
    assert browser.get(item.get_absolute_url()).status_code == 404


def test_the_link_alone_erases_nothing(declined, client_of):
    """Nor does a code of another browser, or an account of somebody else."""
    other = Client()
    other.post(erase_page(declined), {"do": "send"})
    digits = mailed_digits(declined)
    for browser in (Client(), client_of(factories.UserFactory())):
        for said in ({"do": "erase"}, {"do": "erase", "code": digits}):
            browser.post(erase_page(declined), said)
    assert not was_erased(declined)


def test_the_account_invited_erases_at_once(declined, client_of):
    user = factories.UserFactory(email=declined.email, email_verified_at=timezone.now())
    browser = client_of(user)
    assert "Email me a code" not in text_of(browser.get(erase_page(declined)))
    assert not was_erased(declined)
    browser.post(erase_page(declined), {"do": "erase"})
    assert was_erased(declined)


def test_who_has_not_declined_is_offered_nothing_of_the_kind(invited):
    assert Client().get(erase_page(invited)).status_code == 404
    page = Client().get(reverse("access:invitation", args=[invitation_token(invited)]))
    assert erase_page(invited) not in text_of(page)


@pytest.mark.parametrize("way", ["typed wrong five times", "expired"])
def test_a_code_that_works_no_more_says_so_and_another_is_sent(declined, way):
    browser = Client()
    browser.post(erase_page(declined), {"do": "send"})
    digits = mailed_digits(declined)
    tries = codes.TRIES if way == "typed wrong five times" else 0
    for step in range(1, tries + 1):
        said = {"do": "erase", "code": other_than(digits, step)}
        answer = browser.post(erase_page(declined), said)
    later = timezone.now() + (codes.LIFE if not tries else codes.BETWEEN_CODES)
    with time_machine.travel(later + timedelta(seconds=1)):
        if not tries:
            answer = browser.post(erase_page(declined), {"do": "erase", "code": digits})
        page = text_of(answer)
        assert "This code no longer works" in page
        assert "Send a new code" in page
        assert "Email me a code" not in page
        page = text_of_page(browser.post(erase_page(declined), {"do": "send"}, follow=True))
        assert "A new code is on its way." in page
        said = {"do": "erase", "code": mailed_digits(declined)}
        assert "Your data was erased" in text_of_page(
            browser.post(erase_page(declined), said, follow=True)
        )
    assert was_erased(declined)


def test_who_waits_for_the_code_may_have_another_one_in_a_while(declined):
    browser = Client()
    browser.post(erase_page(declined), {"do": "send"})
    assert "Send again" in text_of_page(browser.get(erase_page(declined)))
    page = text_of_page(browser.post(erase_page(declined), {"do": "send"}, follow=True))
    assert "You can ask for a new code in" in page
    assert declined.codes.count() == 1
    with time_machine.travel(timezone.now() + codes.BETWEEN_CODES + timedelta(seconds=1)):
        browser.post(erase_page(declined), {"do": "send"})
    assert declined.codes.count() == 2


def test_where_an_address_is_typed_nobody_erases_by_it(declined, settings):
    settings.INVITATION_PROOF = "address"
    assert Client().get(erase_page(declined)).status_code == 404


@pytest.mark.parametrize("proof", ["code", "address"])
def test_only_what_can_be_erased_is_promised(settings, proof):
    settings.INVITATION_PROOF = proof
    said = text_of_page(Client().get(reverse("access:declined_invitation")))
    assert ("or want to erase what is kept about you, open" in said) == (proof == "code")
    assert ("To erase what is kept about you, ask the host." in said) == (proof != "code")
    privacy = text_of_page(Client().get(reverse("access:privacy")))
    assert ("choose “Erase what is kept about me”" in privacy) == (proof == "code")
    assert "You can erase all of it at any time" not in privacy


def test_nobody_is_told_that_the_host_withdrew_what_its_person_erased(proof, invited, item):
    """By the link, and in a second browser that was verified."""
    other = client_with_proofs(factories.InvitationProofFactory(invitation=invited))
    token = invitation_token(invited)
    client_with_proofs(proof).post(url("erase_invitation_record", item))
    for browser, address in (
        (Client(), reverse("access:invitation", args=[token])),
        (other, item.get_absolute_url()),
    ):
        page = text_of(browser.get(address))
        assert "<h1>This invitation no longer works</h1>" in page
        assert "or the person invited erased it" in page
        assert "The host withdrew it" not in page
        assert "mailto:" not in page


# --- guests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("places", "is_warned"), [(1, True), (2, False), (None, False)])
def test_who_could_not_come_back_is_told_so_before_erasing(item, places, is_warned):
    link = factories.GuestLinkFactory(item=item, access_on=True, places=places)
    here = joining.join(link=link, key_version=1, name="Ruth", email="ruht@example.org")
    browser = client_with_admissions(here)
    page = read(browser, item)
    assert (url("ask_host_again", item) in page) == is_warned
    asked = text_of(browser.get(url("erase_guest_record", item)))
    for said in (page, asked):
        assert ("All places on the link you came by are taken" in said) == is_warned
    assert ("you take a new place" in asked) != is_warned


def test_the_warning_is_true_of_a_second_browser_and_names_none(item):
    """SECURITY: else whoever types somebody's email would read whether that person is a guest."""
    said = []
    for browsers in (1, 2):
        link = factories.GuestLinkFactory(item=item, access_on=True, places=1)
        for _browser in range(browsers):
            mine = joining.join(link=link, key_version=1, name="Ada", email="ada@example.org")
        asked = text_of(client_with_admissions(mine).get(url("erase_guest_record", item)))
        said.append(asked.partition("<p>All places")[2].partition("</p>")[0])
    assert said[0] == said[1]
    assert "unless the same email was entered in another browser" in said[0]


def test_the_erase_page_is_true_where_another_browser_gave_the_same_email(item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    here, there = (
        joining.join(link=link, key_version=1, name="Gwen", email="gwen@example.org")
        for _browser in range(2)
    )
    browser = client_with_admissions(here)
    asked = text_of_page(browser.get(url("erase_guest_record", item)))
    assert "What was entered in another browser with the same email stays as it is." in asked
    page = text_of_page(browser.post(url("erase_guest_record", item), follow=True))
    assert "in this browser was erased" in page
    assert "what you entered there is still kept" in page
    assert Guest.objects.get().email == "gwen@example.org"
    other = client_with_admissions(there)
    assert "Gwen" in read(other, item)
    other.post(url("erase_guest_record", item))
    assert not Guest.objects.exclude(email="").exists()
    assert not GuestAdmission.objects.exclude(name="").exists()


def test_the_erase_page_says_the_same_whether_anybody_else_gave_the_email(item):
    """A stranger who types somebody's email learns nothing about them."""
    link = factories.GuestLinkFactory(item=item, access_on=True)
    alone = joining.join(link=link, key_version=1, name="A", email="alone@example.org")
    joining.join(link=link, key_version=1, name="B", email="two@example.org")
    second = joining.join(link=link, key_version=1, name="C", email="two@example.org")
    pages = [
        client_with_admissions(one).post(url("erase_guest_record", item), follow=True)
        for one in (alone, second)
    ]
    said, said_too = [page.content.decode().partition("<main")[2] for page in pages]
    assert "in this browser was erased" in said
    assert said.partition("</main>")[0] == said_too.partition("</main>")[0]


def test_whoever_was_removed_finds_what_is_kept_until_it_is_erased(item, owner):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = joining.join(link=link, key_version=1, name="Ada", email="ada@example.org")
    remove_guest(guest=guest.guest, by=owner)
    browser = client_with_admissions(guest)
    assert url("guest_record", item) in text_of(browser.get(item.get_absolute_url()))
    assert "Removed by the host" in read(browser, item)
    browser.post(url("erase_guest_record", item))
    assert url("guest_record", item) not in text_of(browser.get(item.get_absolute_url()))


def test_a_guest_is_asked_before_anything_is_erased(item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    ada = joining.join(link=link, key_version=1, name="Ada", email="ada@example.org")
    browser = client_with_admissions(ada)
    page = browser.get(url("guest_record", item)).content.decode()
    assert f'href="{url("erase_guest_record", item)}"' in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    for headers in ({}, {"HX-Request": "true"}):  # a page of its own, and in the dialog
        asked = text_of_page(browser.get(url("erase_guest_record", item), headers=headers))
        assert ("<html" in asked) is not bool(headers)
        for words in ("Erase your data?", "What is erased", "What stays", "You can’t undo this."):
            assert words in asked
    assert Guest.objects.get().email == "ada@example.org"


def test_whoever_is_invited_is_asked_before_the_invitation_is_erased(item, invited, proof):
    browser = client_with_proofs(proof)
    asked = text_of_page(browser.get(url("erase_invitation_record", item)))
    for words in ("Erase your invitation?", "it stops working in every browser", "What stays"):
        assert words in asked
    assert not was_erased(invited)


def test_the_question_says_what_stays_of_live_sessions():
    room = factories.MediaItemFactory(kind=Kind.ROOM)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    ada = joining.join(link=link, key_version=1, name="Ada", email="ada@example.org")
    browser, address = client_with_admissions(ada), url("erase_guest_record", room)
    assert "live session" not in text_of_page(browser.get(address))
    key = str(GuestProofs.key_of(ada.pk))
    live_factories.ParticipantFactory(session__item=room, key=key, name="Ada")
    asked = text_of_page(browser.get(address))
    assert "What you wrote in a live session is deleted." in asked
    assert "The times you were in a live session are kept without your name." in asked


# --- people invited -------------------------------------------------------------------------------


def test_the_bar_of_whoever_is_invited_leads_to_the_record(item, proof):
    browser = client_with_proofs(proof)
    assert url("guest_record", item) in browser.get(item.get_absolute_url()).content.decode()
    page = read(browser, item)
    for words in ("Your invitation to", "Grace Hopper", "Bring the moth.", "Erase your invitation"):
        assert words in page
    file = browser.get(url("guest_record_file", item)).json()
    assert [one["note"] for one in file["invitations"]] == ["Bring the moth."]


def test_an_account_reads_and_erases_its_own_invitation(item, client_of, invited):
    user = factories.UserFactory(email=invited.email, email_verified_at=timezone.now())
    browser = client_of(user)
    assert "Bring the moth." in read(browser, item)
    browser.post(url("erase_invitation_record", item))
    assert was_erased(invited)


def test_an_account_whose_email_is_not_verified_has_no_record(item, client_of, invited):
    browser = client_of(factories.UserFactory(email=invited.email, email_verified_at=None))
    assert browser.get(url("guest_record", item)).status_code == 404
    assert browser.post(url("erase_invitation_record", item)).status_code == 404
    assert not was_erased(invited)


def test_erasing_covers_whatever_was_given_under_the_verified_email(item, invited, proof):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    same = joining.join(link=link, key_version=1, name="Grace", email=invited.email)
    other = joining.join(link=link, key_version=1, name="Ada", email="ada@example.org")
    elsewhere = factories.InvitationFactory(email=invited.email, accepted=True)
    browser = client_with_proofs(proof)
    page = text_of_page(browser.post(url("erase_invitation_record", item), follow=True))
    assert "everything that anybody entered as a guest with this email" in page
    assert was_erased(invited)
    assert invited.revoked_at
    same.guest.refresh_from_db()
    other.guest.refresh_from_db()
    assert (same.guest.email, other.guest.email) == ("", "ada@example.org")
    assert not was_erased(elsewhere)
    assert browser.get(item.get_absolute_url()).status_code in {403, 404}


def test_what_is_cut_short_can_be_asked_for_again(item, invited, proof, monkeypatch):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = joining.join(link=link, key_version=1, name="Grace", email=invited.email).guest
    browser = client_with_proofs(proof)
    browser.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(services, "erase_guest", None)
        assert browser.post(url("erase_invitation_record", item)).status_code == 500
    browser.post(url("erase_invitation_record", item))
    assert was_erased(invited)
    guest.refresh_from_db()
    assert not guest.email


def test_what_was_written_under_the_account_is_not_promised_to_go(gallery, client_of):
    """It stays when the invitation is erased, and goes with the account."""
    room = factories.MediaItemFactory(kind=Kind.ROOM, state="published")
    factories.PublicationFactory(item=room, gallery=gallery)
    user = factories.UserFactory(email_verified_at=timezone.now())
    factories.GalleryMembershipFactory(gallery=gallery, user=user)
    invitation = factories.InvitationFactory(item=room, email=user.email, accepted=True)
    browser, address = client_of(user), url("erase_invitation_record", room)
    key = str(AccountProofs.key_of(user.pk))
    session = live_factories.ParticipantFactory(session__item=room, key=key, name="Ada").session
    assert "What you wrote in a live session is deleted." not in text_of_page(browser.get(address))
    invited = str(InvitationProofs.key_of(invitation.pk))
    live_factories.ParticipantFactory(session=session, key=invited, name="Ada")
    assert "What you wrote in a live session is deleted." in text_of_page(browser.get(address))


@pytest.mark.parametrize("lost", ["revoked", "expired", "declined"])
def test_whoever_lost_the_invitation_may_still_read_and_erase(item, invited, proof, lost):
    now = timezone.now()
    changed = {
        "revoked": {"revoked_at": now},
        "expired": {"expires_at": now},
        "declined": {"accepted_at": None, "declined_at": now},
    }
    type(invited).objects.filter(pk=invited.pk).update(**changed[lost])
    browser = client_with_proofs(proof)
    refused = browser.get(item.get_absolute_url())
    assert refused.status_code == 403
    assert url("guest_record", item) in text_of(refused)
    assert "Bring the moth." in read(browser, item)
    browser.post(url("erase_invitation_record", item))
    assert was_erased(invited)


@pytest.mark.parametrize("ended", [{"ended_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_browser_that_was_left_shows_nothing_more(item, proof, ended):
    type(proof).objects.filter(pk=proof.pk).update(**ended)
    assert client_with_proofs(proof).get(url("guest_record", item)).status_code == 404


def test_nobody_erases_an_invitation_by_typing_its_email(item, invited):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    guest = joining.join(link=link, key_version=1, name="Eve", email=invited.email)
    as_guest = client_with_admissions(guest)
    assert "Bring the moth." not in read(as_guest, item)
    assert as_guest.post(url("erase_invitation_record", item)).status_code == 404
    as_guest.post(url("erase_guest_record", item))
    typed = factories.InvitationProofFactory(invitation=invited, how=Certainty.TYPED)
    unsure = client_with_proofs(typed)
    page = read(unsure, item)
    assert "didn’t verify that its email is yours" in page
    assert invited.email not in page
    assert unsure.post(url("erase_invitation_record", item)).status_code == 404
    assert Client().post(url("erase_invitation_record", item)).status_code == 404
    assert not was_erased(invited)


def test_an_account_that_typed_its_unverified_email_reads_no_more_than_others(item, invited):
    """Signed in it is sure to be the account, not to be the person invited."""
    typed = factories.InvitationProofFactory(invitation=invited, how=Certainty.TYPED)
    browser = client_with_proofs(typed)
    session = dict(browser.session)
    browser.force_login(factories.UserFactory(email=invited.email, email_verified_at=None))
    kept = browser.session
    kept.update({key: session[key] for key in session if key == "invitation_proofs"})
    kept.save()
    page = read(browser, item)
    assert "didn’t verify that its email is yours" in page
    assert "Bring the moth." not in page
    assert "invitations" not in browser.get(url("guest_record_file", item)).json()


# --- the privacy page -----------------------------------------------------------------------------


def test_the_privacy_page_speaks_of_the_invited_and_of_accounts():
    page = text_of_page(Client().get(reverse("access:privacy")))
    for words in (
        "If you’re invited",
        "Somebody who shares something with you enters your email address",
        "when you open the invitation, accept or decline it",
        "when you were last here",
        "kept until the item is permanently deleted",
        "If you have an account",
        "delete your account under “Your account”",
    ):
        assert words in page
