"""In which language and on whose clock a mail is, where nobody has chosen it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone, translation

from access.accounts.models import User
from access.accounts.readers import ZONE_COOKIE
from access.invitations.models import Certainty, Invitation, MailKind
from access.invitations.people import Inviter
from access.invitations.services import answering, codes, new_links
from access.invitations.services.managing import correct_address
from access.invitations.services.telling import ask_for_mails
from access.links import invitation_token
from access.mail import outbox
from access.mail.messages import compose
from access.mail.models import OutgoingMail
from access.mail.readers import choice_at, with_choices
from tests import factories
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

PASSWORD = "a long and good password"


@pytest.fixture
def account():
    user = factories.UserFactory(email="mei@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, account, **headers):
    data = {"username": account.email, "password": PASSWORD}
    return client.post(reverse("access:sign_in"), data, headers=headers)


@contextmanager
def committed():
    """What is done inside, with the mails that follow its commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
    run_tasks()


def known(account):
    account.refresh_from_db()
    return account.seen_time_zone, account.seen_language


# --- what the browser of an account told --------------------------------------------------------


def test_signing_in_keeps_what_the_browser_tells(client, account):
    client.cookies[ZONE_COOKIE] = "Europe/Paris"
    assert sign_in(client, account, **{"Accept-Language": "fr-FR,fr;q=0.9"}).status_code == 302
    assert known(account) == ("Europe/Paris", "fr")
    assert choice_at(account.email) == {"time_zone": "Europe/Paris", "language": "fr"}


def test_what_it_does_not_tell_stays(client, account):
    User.objects.filter(pk=account.pk).update(seen_time_zone="Asia/Tokyo")
    sign_in(client, account, **{"Accept-Language": "he"})
    assert known(account) == ("Asia/Tokyo", "he")


def test_neither_looking_nor_a_wrong_password_keeps_anything(client, account):
    client.cookies[ZONE_COOKIE] = "Europe/Paris"
    data = {"username": account.email, "password": "wrong"}
    client.post(reverse("access:sign_in"), data, headers={"Accept-Language": "fr"})
    client.force_login(account)
    client.get(reverse("access:account"), headers={"Accept-Language": "fr"})
    assert known(account) == ("", "")


def test_saving_the_account_keeps_it_too(client, account):
    client.force_login(account)
    client.cookies[ZONE_COOKIE] = "Europe/Paris"
    data = {"first_name": "Mei", "last_name": "Lin", "time_zone": "", "language": ""}
    client.post(reverse("access:account"), data, headers={"Accept-Language": "fr"})
    assert known(account) == ("Europe/Paris", "fr")


def test_what_was_chosen_goes_first(account):
    User.objects.update(
        seen_time_zone="Europe/Paris", seen_language="fr", time_zone="Asia/Tokyo", language="he"
    )
    assert choice_at(account.email) == {"time_zone": "Asia/Tokyo", "language": "he"}


@pytest.mark.parametrize(
    ("kept", "zone", "language"),
    [
        ({}, "", ""),
        ({"seen_time_zone": "Asia/Tokyo", "seen_language": "fr"}, "Asia/Tokyo", "fr"),
        ({"seen_language": "fr", "language": "he"}, "", "he"),
    ],
)
def test_rows_with_an_address_know_the_same(account, kept, zone, language, item):
    User.objects.filter(pk=account.pk).update(**kept)
    factories.InvitationFactory(item=item, email=account.email)
    row = Invitation.objects.annotate(**with_choices("email")).get()
    assert (row.reader_zone, row.reader_language) == (zone, language)


def test_an_account_that_chose_nothing_gets_emails_in_the_language_of_its_browser(
    account, item, mailoutbox, send
):
    User.objects.filter(pk=account.pk).update(seen_language="fr")
    invitation = factories.InvitationFactory(item=item, email=account.email, language="en")
    send(invitation, kind=MailKind.INVITE)
    assert "vous invite" in mailoutbox[0].subject


# --- mails that answer a page ---------------------------------------------------------------------


def test_the_code_is_in_the_language_of_the_page(item, mailoutbox):
    invitation = factories.InvitationFactory(item=item, language="en")
    code, _is_new = codes.code_of_browser(invitation=invitation, browser="")
    with committed():
        codes.mail_code(code, language="fr")
    with committed():
        codes.mail_code(codes.code_of_browser(invitation=invitation, browser="")[0])
    subjects = [mail.subject for mail in mailoutbox]
    assert "votre code" in subjects[0]
    assert "is your code for" in subjects[1]


def test_the_door_says_which_language_that_is(item, client):
    invitation = factories.InvitationFactory(item=item)
    token = invitation_token(invitation)
    client.post(
        reverse("access:accept_invitation", args=[token]), headers={"Accept-Language": "he"}
    )
    assert OutgoingMail.objects.get(kind=codes.CODE_MAIL).language == "he"


@pytest.mark.parametrize(("asked", "said"), [("fr", "a expiré"), ("", "has expired")])
def test_so_is_what_is_said_of_an_old_link(item, mailoutbox, asked, said):
    past = timezone.now() - timedelta(days=1)
    invitation = factories.InvitationFactory(item=item, language="en", expires_at=past)
    with committed():
        new_links.ask_new_link(
            invitation=invitation, key_version=invitation.key_version, language=asked
        )
    [mail] = [mail for mail in mailoutbox if mail.to == [invitation.email]]
    assert said in mail.subject


def test_so_is_the_link_for_a_forgotten_password(client, account, mailoutbox):
    User.objects.filter(pk=account.pk).update(seen_language="he")
    address = reverse("access:reset_password")
    with committed():
        client.post(address, {"email": account.email}, headers={"Accept-Language": "fr"})
    assert "mot de passe" in mailoutbox[0].subject


def test_nobody_elses_page_says_it(item, owner, mailoutbox):
    """What a host sends is in the language of who reads it."""
    invitation = factories.InvitationFactory(item=item, language="en")
    with committed(), translation.override("fr"):
        ask_for_mails(invitations=[invitation], kind=MailKind.AGAIN, by=owner)
    assert mailoutbox[0].subject.startswith("Your invitation")


# --- times ----------------------------------------------------------------------------------------


@pytest.fixture
def event(owner):
    return factories.MediaItemFactory(
        owner=owner,
        kind="live_event",
        title="Coral",
        starts_at=datetime(2027, 1, 15, 19, 0, tzinfo=UTC),
        ends_at=datetime(2027, 1, 15, 21, 0, tzinfo=UTC),
        time_zone="UTC",
    )


def accepted(event, zone):
    invitation = factories.InvitationFactory(
        item=event, expires_at=datetime(2027, 2, 1, tzinfo=UTC)
    )
    answering.accept_in_browser(
        invitation=invitation,
        key_version=invitation.key_version,
        how=Certainty.CONFIRMED,
        time_zone=zone,
    )
    return invitation


def sent(mailoutbox, invitation, kind):
    mailoutbox.clear()
    with committed():
        ask_for_mails(invitations=[invitation], kind=kind, by=None)
    return mailoutbox[0].body


def test_a_later_device_does_not_change_the_clock_of_the_one_that_accepted(event):
    invitation = accepted(event, "Asia/Jerusalem")
    answering.accept_in_browser(
        invitation=invitation,
        key_version=invitation.key_version,
        how=Certainty.CONFIRMED,
        time_zone="Asia/Tokyo",
    )
    invitation.refresh_from_db()
    assert invitation.time_zone == "Asia/Jerusalem"
    answering.decline(invitation=invitation, key_version=invitation.key_version, is_proven=True)
    answering.accept_in_browser(
        invitation=invitation,
        key_version=invitation.key_version,
        how=Certainty.CONFIRMED,
        time_zone="Asia/Tokyo",
    )
    invitation.refresh_from_db()
    assert invitation.time_zone == "Asia/Tokyo"


def test_whoever_accepted_reads_their_own_clock_and_one_form(event, mailoutbox):
    text = sent(mailoutbox, accepted(event, "Asia/Jerusalem"), MailKind.AGAIN)
    assert "Fri 15 Jan 2027, 21:00 – 23:00 UTC+2 (event time: 19:00 UTC)" in text
    assert "expires on Mon 1 Feb 2027, 02:00 UTC+2." in text
    assert "23:59" not in text


def test_whose_clock_is_not_known_reads_the_events(event, mailoutbox):
    text = sent(mailoutbox, accepted(event, ""), MailKind.AGAIN)
    assert "19:00 – 21:00 UTC" in text
    assert "expires on 31 Jan 2027 (UTC)." in text


def test_another_address_is_another_person(event):
    invitation = factories.InvitationFactory(item=event)
    Invitation.objects.update(time_zone="Asia/Jerusalem")
    invitation.refresh_from_db()
    correct_address(
        invitation=invitation,
        email="other@example.org",
        by=Inviter.by_account(event.owner, event),
        send_mail=False,
    )
    assert Invitation.objects.get().time_zone == ""


def test_the_email_about_a_new_time_says_the_old_one(event, mailoutbox):
    invitation = accepted(event, "Asia/Jerusalem")
    sent(mailoutbox, invitation, MailKind.INVITE)
    event.starts_at = datetime(2027, 1, 16, 8, 0, tzinfo=UTC)
    event.ends_at = datetime(2027, 1, 16, 9, 0, tzinfo=UTC)
    event.save()
    text = sent(mailoutbox, invitation, MailKind.MOVED)
    assert "New time: Sat 16 Jan 2027, 10:00 – 11:00 UTC+2" in text
    assert "Before, it was Fri 15 Jan 2027, 21:00 – 23:00 UTC+2." in text


def test_whoever_was_told_no_time_is_told_none(event, mailoutbox):
    text = sent(mailoutbox, accepted(event, ""), MailKind.MOVED)
    assert "New time:" in text
    assert "Before" not in text


# --- subjects -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Noa Levi", "נועה לוי"])
@pytest.mark.parametrize("size", range(3, 60, 4))
def test_a_subject_in_other_letters_keeps_its_spaces(name, size):
    title = "The sound of a coral reef in deep water and many more words"[:size].strip()
    subject = f"תזכורת: הזמנה מאת {name} אל “{title}”"
    message = compose(subject=subject, text="", to="ada@example.org")
    for how in (policy.default, policy.SMTP):
        raw = message.message(policy=how).as_bytes()
        assert str(message_from_bytes(raw, policy=policy.default)["Subject"]) == subject
        assert max(map(len, raw.splitlines())) <= 78


def test_the_outbox_keeps_no_language_where_nobody_waits(item):
    invitation = factories.InvitationFactory(item=item)
    [row] = outbox.add(kind=MailKind.INVITE, mails=[(invitation.pk, invitation.email)])
    assert row.language == ""
