"""Making accounts, the mailed link, changing the password, one's own account page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from time_machine import travel

from access.accounts.mails import set_password_address
from access.accounts.models import User
from access.accounts.services import create_account, send_set_password
from access.mail.models import OutgoingMail
from tests.factories import PASSWORD, UserFactory
from tests.tasks import run_tasks

NEW = "quite another horse"
RESET = "/accounts/reset-password/"


def path_of(address):
    return address.removeprefix("http://testserver")


def choose(client, user, password=NEW, again=None):
    """Opens the mailed link and sends the form behind it."""
    page = client.get(path_of(set_password_address(user)), follow=True)
    return client.post(
        page.request["PATH_INFO"], {"new_password1": password, "new_password2": again or password}
    )


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def post(address, by=client):
        with django_capture_on_commit_callbacks(execute=True):
            return by.post(RESET, {"email": address})

    return post


# --- asking for the mail ----------------------------------------------------------------------


def test_a_known_address_gets_a_link_that_works(ask, client, owner):
    assert ask(owner.email.upper()).status_code == 302
    run_tasks()
    [message] = mail.outbox
    assert message.to == [owner.email]
    assert "3 days" in message.body
    address = re.search(r"http://testserver\S+", message.body.partition("here:")[2])[0]
    assert address in message.alternatives[0].content
    assert client.get(path_of(address), follow=True).status_code == 200


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(
    ask, owner, django_assert_num_queries
):
    UserFactory(email="off@example.edu", is_active=False)
    pages = []
    for address in (owner.email, "nobody@example.edu", "off@example.edu"):
        response = ask(address)
        assert (response.status_code, response["Location"]) == (302, f"{RESET}sent/")
        pages.append(DBTaskResult.objects.count())
    assert pages == [1, 2, 3]
    assert OutgoingMail.objects.count() == 3
    run_tasks()
    assert [message.to for message in mail.outbox] == [[owner.email]]


def test_nothing_that_is_kept_of_the_mail_opens_the_account(ask, owner):
    ask(owner.email)
    asked = OutgoingMail.objects.get()
    assert (asked.about, asked.address) == (owner, owner.email)
    assert DBTaskResult.objects.get().args_kwargs == {"args": [[asked.pk]], "kwargs": {}}
    run_tasks()
    address = re.search(r"http://testserver/accounts/\S+", mail.outbox[0].body)[0]
    secret = address.rstrip("/").rpartition("/")[2]
    kept = [*OutgoingMail.objects.values(), *DBTaskResult.objects.values()]
    assert len(secret) > 20
    assert secret not in str(kept)


@pytest.mark.parametrize("address", ["noa@example.edu", "nobody@example.edu"])
def test_too_many_mails_for_one_address_are_refused_alike(ask, owner, settings, address):
    settings.PASSWORD_MAIL_RATE_PER_ADDRESS = "1/h"
    assert ask(address).status_code == 302
    response = ask(address)
    assert response.status_code == 429
    assert "minute" in response.content.decode()
    assert DBTaskResult.objects.count() == 1


def test_too_many_mails_from_one_network_are_refused(ask, owner, settings):
    settings.PASSWORD_MAIL_RATE_PER_NETWORK = "1/h"
    assert ask("nobody@example.edu").status_code == 302
    assert ask(owner.email).status_code == 429
    assert ask(owner.email, by=Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_half_an_address_is_kept_and_explained(ask, db):
    response = ask("noa@")
    assert response.status_code == 422
    assert "full email address" in response.content.decode()


# --- the link ---------------------------------------------------------------------------------


def test_the_link_sets_the_password_proves_the_address_and_signs_nobody_in(client, owner):
    response = choose(client, owner)
    assert response["Location"] == reverse("access:password_is_set")
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert owner.email_verified_at is not None
    assert SESSION_KEY not in client.session


def test_setting_the_password_ends_the_other_sessions(client, client_of, owner):
    elsewhere = client_of(owner)
    assert elsewhere.get(reverse("access:account")).status_code == 200
    choose(client, owner)
    assert elsewhere.get(reverse("access:account")).status_code == 302


def test_opening_the_link_changes_nothing_and_does_not_use_it_up(client, owner):
    address = path_of(set_password_address(owner))
    for _ in range(3):
        Client().get(address, follow=True)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert owner.email_verified_at is None
    assert client.get(address, follow=True).status_code == 200


def test_pages_of_the_link_leak_no_address_and_are_not_kept(client, owner):
    response = client.get(path_of(set_password_address(owner)), follow=True)
    for step in (response, client.get(response.redirect_chain[0][0])):
        assert step["Referrer-Policy"] == "strict-origin"
        assert "no-store" in step["Cache-Control"]
    first = Client().get(path_of(set_password_address(owner)))
    assert first["Referrer-Policy"] == "strict-origin"
    assert "no-store" in first["Cache-Control"]


def test_a_used_link_says_so(client, owner):
    address = path_of(set_password_address(owner))
    choose(client, owner)
    response = Client().get(address, follow=True)
    assert response.status_code == 404
    assert "no longer works" in response.content.decode()


def test_a_link_older_than_three_days_is_refused(client, owner):
    with travel(timezone.now() - timedelta(days=3, minutes=5)):
        address = path_of(set_password_address(owner))
    assert client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize("uid", ["MQ", "zzz", "AA", "x" * 300])
def test_a_forged_link_is_refused(client, owner, uid):
    assert client.get(f"/accounts/set-password/{uid}/abc-def/").status_code == 404
    assert client.post(f"/accounts/set-password/{uid}/set-password/").status_code == 404


def test_a_switched_off_account_cannot_use_its_link(client, owner):
    address = path_of(set_password_address(owner))
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(address, follow=True).status_code == 404


def test_a_link_mailed_to_an_older_address_is_refused(client, owner):
    address = path_of(set_password_address(owner))
    User.objects.filter(pk=owner.pk).update(email="new@example.edu")
    assert client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("1234567890123", None), (NEW, "other words")]
)
def test_a_weak_or_mistyped_password_is_explained(client, owner, password, again):
    assert choose(client, owner, password, again).status_code == 422
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


# --- making accounts --------------------------------------------------------------------------


def test_a_new_account_gets_a_mail_that_says_who_made_it(
    owner, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        user = create_account(email=" Ada@Example.edu", first_name="Ada", last_name="L", by=owner)
    assert user.email == "ada@example.edu"
    assert not user.has_usable_password()
    run_tasks()
    [message] = mail.outbox
    assert "Noa Levi created an account for you" in message.body
    assert message.reply_to == [owner.email]
    assert message.from_email.startswith("Noa Levi via Foyer <")
    choose(client, user)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_second_account_for_an_address_is_refused(owner):
    with pytest.raises(ValidationError, match="already an account with this email"):
        create_account(email=owner.email.upper(), first_name="No", last_name="A")


def test_a_name_cannot_break_out_of_the_mail_header(owner, django_capture_on_commit_callbacks):
    owner.first_name = "Noa\nBcc: everybody@example.org"
    owner.save()
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        send_set_password(user=user, by=owner)
    run_tasks()
    assert mail.outbox[0].bcc == []
    assert "\n" not in mail.outbox[0].from_email


def test_the_command_makes_an_account_and_mails_the_link(
    db, capsys, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("create_account", "ada@example.edu", first_name="Ada", last_name="L")
    user = User.objects.get(email="ada@example.edu")
    assert not user.is_staff
    assert OutgoingMail.objects.get().about == user
    assert "on its way" in capsys.readouterr().out


def test_the_command_makes_a_superuser_without_a_mail(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        call_command(
            "create_account", "ada@example.edu", "--first-name=Ada", "--superuser", "--no-mail"
        )
    user = User.objects.get(email="ada@example.edu")
    assert user.is_staff
    assert user.is_superuser
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("address", ["noa@example.edu", "noa@"])
def test_the_command_explains_a_bad_address(owner, address):
    with pytest.raises(CommandError):
        call_command("create_account", address, first_name="Ada")


# --- one's own account ------------------------------------------------------------------------


def test_the_account_page_changes_names_and_nothing_else(client_of, owner):
    client = client_of(owner)
    response = client.post(
        "/accounts/me/",
        {"first_name": " Noa  Ruth", "last_name": "Levi", "email": "x@x.org", "is_staff": "on"},
    )
    assert response["Location"] == "/accounts/me/"
    owner.refresh_from_db()
    assert owner.first_name == "Noa Ruth"
    assert owner.email == "noa@example.edu"
    assert not owner.is_staff


def test_an_account_without_a_first_name_is_refused(client_of, owner):
    response = client_of(owner).post("/accounts/me/", {"first_name": " ", "last_name": "Levi"})
    assert response.status_code == 422
    assert "Noa Levi" in response.content.decode()  # the page's head still says who is there


@pytest.mark.parametrize("name", ["account", "change_password"])
def test_a_stranger_is_sent_to_sign_in(client, db, name):
    address = reverse(f"access:{name}")
    assert client.get(address)["Location"] == f"/accounts/sign-in/?next={address}"


def change(client, old, new=NEW):
    return client.post(
        reverse("access:change_password"),
        {"old_password": old, "new_password1": new, "new_password2": new},
    )


def test_changing_the_password_keeps_this_browser_and_ends_the_others(client_of, owner):
    here, elsewhere = client_of(owner), client_of(owner)
    assert change(here, PASSWORD)["Location"] == "/accounts/me/"
    assert here.get("/accounts/me/").status_code == 200
    assert elsewhere.get("/accounts/me/").status_code == 302


def test_the_password_is_not_changed_without_the_present_one(client_of, owner, settings):
    settings.SIGN_IN_RATE_PER_ADDRESS = "2/10m"
    client = client_of(owner)
    assert change(client, "guess").status_code == 422
    assert change(client, "guess").status_code == 422
    assert change(client, PASSWORD).status_code == 429
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_wrong_passwords_elsewhere_do_not_keep_the_owner_from_changing_it(
    client_of, owner, settings
):
    settings.SIGN_IN_RATE_PER_ADDRESS = settings.SIGN_IN_RATE_PER_ADDRESS_IN_ALL = "2/10m"
    typed = {"username": owner.email, "password": "wrong"}
    tries = [Client().post(reverse("access:sign_in"), typed).status_code for _ in range(3)]
    assert tries == [422, 422, 429]
    assert change(client_of(owner), PASSWORD).status_code == 302
