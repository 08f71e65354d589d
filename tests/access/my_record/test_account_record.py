"""What is kept about an account: its own page and file, and deleting it oneself."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access import session_proofs
from access.accounts.models import User
from access.invitations.models import Invitation
from access.memberships.models import GalleryRole
from access.my_record import services
from tests import factories
from tests.reading import text_of, text_of_page

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


@pytest.fixture
def me():
    user = factories.UserFactory(email="me@example.org", email_verified_at=timezone.now())
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(client_of, me):
    return client_of(me)


def delete(browser, password=PASSWORD):
    return browser.post(reverse("access:delete_account"), {"old_password": password}, follow=True)


def test_your_account_leads_to_what_is_kept_and_from_there_to_each_invitation(browser, me):
    invited = factories.InvitationFactory(email=me.email, accepted=True)
    record = reverse("access:account_record")
    assert record in browser.get(reverse("access:account")).content.decode()
    page = browser.get(record)
    assert me.email in text_of_page(page)
    own = reverse("access:guest_record", args=[invited.item.public_id])
    assert own in page.content.decode()
    file = browser.get(reverse("access:account_record_file")).json()
    assert [one["email"] for one in file["account"]] == [me.email]
    assert len(file["invitations"]) == 1


def test_many_invitations_cost_as_many_queries_as_one(browser, me):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("access:account_record"))
        return len(captured)

    factories.InvitationFactory(email=me.email, accepted=True)
    few = queries()
    for _n in range(5):
        factories.InvitationFactory(email=me.email, accepted=True)
    assert queries() == few


def test_deleting_asks_for_the_password_and_takes_the_invitations_along(browser, me):
    invited = factories.InvitationFactory(email=me.email, accepted=True, note="For you.")
    wrong = delete(browser, "not it")
    assert wrong.status_code == 422
    assert User.objects.filter(pk=me.pk).exists()
    page = text_of_page(delete(browser))
    assert "Your account was deleted" in page
    assert not User.objects.filter(pk=me.pk).exists()
    invited.refresh_from_db()
    assert (invited.email, invited.note) == ("", "")
    assert invited.revoked_at
    assert browser.get(reverse("access:account")).status_code == 302


def test_deleting_that_was_cut_short_can_be_asked_for_again(client_of, me, monkeypatch):
    invited = [factories.InvitationFactory(email=me.email, accepted=True) for _n in range(2)]
    erase, erased = services.erase_invited, []

    def once(*, invitation):
        if erased:
            raise ConnectionError
        erased.append(invitation)
        erase(invitation=invitation)

    with monkeypatch.context() as broken:
        broken.setattr(services, "erase_invited", once)
        with pytest.raises(ConnectionError):
            delete(client_of(me))
    assert User.objects.filter(pk=me.pk).exists()
    assert "Your account was deleted" in text_of_page(delete(client_of(me)))
    assert not Invitation.objects.filter(pk__in=[one.pk for one in invited], email=me.email)


def test_what_the_browser_gave_as_a_guest_is_to_be_erased_first_and_it_says_so(browser, item):
    """Signing out takes along by what this browser could erase it."""
    admission = factories.GuestAdmissionFactory(guest__link__item=item)
    session = browser.session
    session[session_proofs.guest_admissions.session_key] = [admission.pk]
    session.save()
    record = reverse("access:guest_record", args=[item.public_id])
    assert browser.get(record).status_code == 200
    question = browser.get(reverse("access:delete_account"))
    assert "Erase it first" in text_of_page(question)
    assert "data-leaves" in question.content.decode()
    assert "ask the host to erase it" in text_of_page(delete(browser))
    assert browser.get(record).status_code == 404


def test_an_unverified_account_erases_nobody_elses_invitation(client_of, me):
    User.objects.filter(pk=me.pk).update(email_verified_at=None)
    invited = factories.InvitationFactory(email=me.email, accepted=True)
    delete(client_of(me))
    assert not User.objects.filter(pk=me.pk).exists()
    invited.refresh_from_db()
    assert invited.email == me.email


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        ("owner", "You still own media"),
        ("manager", "only manager of a gallery"),
        ("admin", "You administer this site"),
    ],
)
def test_an_account_on_which_others_depend_stays_and_it_says_why(client_of, me, needed, said):
    invited = factories.InvitationFactory(email=me.email, accepted=True)
    if needed == "owner":
        factories.MediaItemFactory(owner=me, deleted_at=timezone.now())
    elif needed == "manager":
        factories.GalleryMembershipFactory(user=me, role=GalleryRole.MANAGER)
    else:
        User.objects.filter(pk=me.pk).update(is_staff=True)
    page = delete(client_of(me))
    assert page.status_code == 422
    assert said in text_of(page)
    assert User.objects.filter(pk=me.pk).exists()
    invited.refresh_from_db()
    assert invited.email
