"""One outbox for every room: each kind is claimed before it goes, and written when it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from access.accounts.mails import SetPasswordMail
from access.accounts.models import User
from access.accounts.services import answer_password_request, send_set_password
from access.guests.models import AccessRequest
from access.guests.services import confirming
from access.guests.services.confirming import CODE_MAIL as GUEST_CODE
from access.guests.services.joining import ask_host, join
from access.invitations.mails.texts import MISSED
from access.invitations.models import MailKind
from access.invitations.services.codes import CODE_MAIL
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.invitations.services.telling import ask_for_mails
from access.mail import outbox
from access.mail.kinds import KINDS, OutgoingKind, register
from access.mail.messages import compose
from access.mail.models import OutgoingMail
from access.mail.texts import BrokenTextMail, mark_broken
from access.notices.telling import NOTICES, tell_due
from tests import factories
from tests.access.invitations.door_acts import ask_for_code
from tests.quiz_factories import ask_about_a_quiz
from tests.tasks import run_tasks


class Watching(BaseEmailBackend):
    """Notes of each mail whether a transaction was open, and whether its row was claimed."""

    seen: ClassVar[list[tuple[bool, bool]]] = []

    def send_messages(self, messages):
        for message in messages:
            claimed = OutgoingMail.objects.filter(claimed_at__isnull=False, sent_at=None)
            in_hand = claimed.filter(address=message.to[0]).exists()
            self.seen.append((connection.in_atomic_block, in_hand))
        return len(messages)


def ask_to_be_let_in(item):
    link = factories.GuestLinkFactory(item=item)
    return ask_host(link=link, name="Ada", email="ada@example.org", message="Please!")


def ask_for_new_link(item):
    invitation = factories.InvitationFactory(item=item)
    return outbox.add(kind=NEW_LINK_ASKED, mails=[(invitation.pk, item.owner.email)])


def let_somebody_join(item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        join(link=link, key_version=link.key_version, name="Ada", email="ada@example.org")
    tell_due()


def break_a_text():
    factories.UserFactory(is_superuser=True)
    mark_broken(factories.MailTextFactory(), why="It is broken.")


def ask_for(kind, item):
    """Has a mail of that kind asked for, by the service that does."""
    match kind:
        case SetPasswordMail.name:
            send_set_password(user=item.owner)
        case "access_request":
            ask_to_be_let_in(item)
        case str() if kind == CODE_MAIL:
            ask_for_code(factories.InvitationFactory(item=item))
        case str() if kind == GUEST_CODE:
            guest = factories.GuestAdmissionFactory(guest__link__item=item)
            confirming.mail_code(confirming.code_of_browser(admission=guest, browser="")[0])
        case str() if kind == NEW_LINK_ASKED:
            ask_for_new_link(item)
        case BrokenTextMail.name:
            break_a_text()
        case str() if kind == NOTICES:
            let_somebody_join(item)
        case str() if kind == MISSED:
            row = factories.InvitationFactory(item=item)
            outbox.add(kind=MISSED, mails=[(row.pk, row.email)], by=item.owner)
        case "quiz_results" | "quiz_reminder":
            ask_about_a_quiz(kind, item)
        case _:
            invited = [factories.InvitationFactory(item=item)]
            ask_for_mails(invitations=invited, kind=MailKind(kind), by=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", list(KINDS))
def test_no_lock_is_held_and_the_row_is_claimed_while_the_server_is_spoken_to(kind, item, settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Watching"}}
    Watching.seen.clear()
    ask_for(kind, item)
    run_tasks()
    assert Watching.seen == [(False, True)]
    assert OutgoingMail.objects.get(kind=kind).sent_at


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """`commit(act)`: what `act` does, with all that follows its commit but the tasks."""

    def run(act):
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=True)


def test_who_asks_to_be_let_in_is_heard_when_the_server_is_back(mail_server, item, commit):
    mail_server.stop()
    commit(lambda: ask_to_be_let_in(item))
    run_tasks()
    assert AccessRequest.objects.get().mailed_at is None
    mail_server.start()
    with later(minutes=2):
        run_tasks()
    assert mail_server.addresses == [item.owner.email]
    assert AccessRequest.objects.get().mailed_at


def test_a_link_for_a_password_comes_when_the_server_is_back(mail_server, owner, commit):
    mail_server.stop()
    commit(lambda: answer_password_request(address=owner.email))
    run_tasks()
    mail_server.start()
    with later(minutes=2):
        run_tasks()
    assert mail_server.addresses == [owner.email]


def test_a_link_for_a_password_that_may_have_gone_is_not_mailed_again(mail_server, owner, commit):
    mail_server.data_answers = ["take and drop"]
    commit(lambda: send_set_password(user=owner))
    run_tasks()
    with later(days=1):
        call_command("housekeeping")
        run_tasks()
    assert mail_server.addresses == [owner.email]
    assert "it may or may not have been sent" in OutgoingMail.objects.get().answer


def test_a_link_for_a_password_goes_to_the_address_the_account_has_now(mail_server, owner, commit):
    commit(lambda: send_set_password(user=owner))
    User.objects.filter(pk=owner.pk).update(email="right@example.edu")
    run_tasks()
    assert mail_server.addresses == ["right@example.edu"]
    assert OutgoingMail.objects.get().address == "right@example.edu"


def test_a_request_that_was_erased_meanwhile_is_told_to_nobody(mail_server, item, commit):
    asked = commit(lambda: ask_to_be_let_in(item))
    AccessRequest.objects.filter(pk=asked.pk).update(
        erased_at=timezone.now(), name="", email="", message=""
    )
    run_tasks()
    assert mail_server.arrived == []
    assert OutgoingMail.objects.get().failed_at


def test_a_mail_about_nobody_does_the_same_work_and_goes_nowhere(mail_server, db, commit):
    commit(lambda: answer_password_request(address="nobody@example.edu"))
    run_tasks()
    asked = OutgoingMail.objects.get()
    assert (asked.address, asked.about, asked.sent_at) == ("", None, None)
    assert asked.failed_at
    assert mail_server.arrived == []


def test_no_row_of_the_outbox_holds_words_or_links():
    columns = {field.name for field in OutgoingMail._meta.concrete_fields}
    assert columns.isdisjoint({"subject", "body", "text", "html", "context", "link", "digits"})


# --- a kind is one class ----------------------------------------------------------------------


class Welcome(OutgoingKind[User]):
    name: ClassVar = "welcome"
    label: ClassVar = "Welcome"
    about: ClassVar = User
    pauses: ClassVar = (timedelta(seconds=7),)

    def rows(self):
        return User.objects.all()

    def stale(self, mail, row):
        return "" if row.is_active else "switched off"

    def write(self, mail, row):
        return compose(subject="Welcome", text=f"Hello {row}", to=row.email)

    def mark_sent(self, row, moment):
        User.objects.filter(pk=row.pk).update(email_verified_at=moment)


@pytest.fixture
def welcome():
    register(Welcome)
    yield Welcome
    del KINDS[Welcome.name]


def test_a_new_kind_of_mail_is_one_class(mail_server, owner, stranger, welcome, commit):
    mail_server.answers[owner.email] = ["451 Not now"]
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    people = [(owner.pk, owner.email), (stranger.pk, stranger.email)]
    tried, stale = commit(lambda: outbox.add(kind=welcome.name, mails=people))
    run_tasks()
    stale.refresh_from_db()
    assert stale.answer == "switched off"
    with later(seconds=8):
        run_tasks()
    assert mail_server.addresses == [owner.email]
    owner.refresh_from_db()
    tried.refresh_from_db()
    assert owner.email_verified_at >= tried.asked_at
    assert (tried.attempts, str(tried)) == (1, f"Welcome → {owner.email}")


def test_two_kinds_cannot_have_one_name(welcome):
    with pytest.raises(ValueError, match="welcome"):
        register(type("Other", (OutgoingKind,), {"name": "welcome"}))


# --- what is kept -----------------------------------------------------------------------------


def test_mails_of_old_are_forgotten_but_those_of_invitations_and_those_on_their_way(item, owner):
    long_ago = timezone.now() - timedelta(days=15)
    invited = factories.OutgoingMailFactory(about__item=item, asked_at=long_ago, sent=True)
    of_account = {"kind": SetPasswordMail.name, "about": owner, "address": owner.email}
    factories.OutgoingMailFactory(**of_account, asked_at=long_ago, sent=True)
    waiting = factories.OutgoingMailFactory(**of_account, asked_at=long_ago)
    young = factories.OutgoingMailFactory(**of_account, sent=True)
    assert outbox.forget_old_mails() == 1
    assert set(OutgoingMail.objects.all()) == {invited, waiting, young}


@pytest.mark.parametrize("kind", list(KINDS))
def test_mails_go_with_what_they_are_about(kind, item):
    ask_for(kind, item)
    about = OutgoingMail.objects.get().about
    if about == item.owner:
        item.delete()
    about.delete()
    assert not OutgoingMail.objects.exists()


def test_deleting_an_item_for_good_leaves_no_address_in_the_outbox(item):
    of_accounts_or_texts = {SetPasswordMail.name, BrokenTextMail.name, NOTICES}
    for kind in KINDS.keys() - of_accounts_or_texts:
        ask_for(kind, item)
    assert OutgoingMail.objects.count() == len(KINDS) - 3
    item.delete()
    assert not OutgoingMail.objects.exists()
