"""The mail with the code, and the mail that tells the host a new link was asked for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.invitations.services.codes import NotSentYet, WrongCode, check_code
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.mail import outbox
from access.mail.models import OutgoingMail
from access.mail.sending import send_mails
from tests import factories
from tests.access.invitations.door_acts import ask_for_code
from tests.tasks import run_tasks


@pytest.fixture
def code_for(db):
    """`code_for(invitation)`: asked for at the door; the worker has not run yet."""

    def act(invitation):
        with TestCase.captureOnCommitCallbacks(execute=True):
            return ask_for_code(invitation)

    return act


def digits_in(mail):
    return re.search(r"^Your code is (\d{6})$", mail.part("plain"), re.MULTILINE)[1]


def test_the_code_that_arrives_is_the_code_that_opens(mail_server, code_for, invitation):
    code = code_for(invitation)
    run_tasks()
    [mail] = mail_server.arrived
    assert mail.recipients == [invitation.email]
    check_code(code_id=code.pk, invitation=invitation, digits=digits_in(mail))


def test_it_says_what_it_is_for_how_long_it_lasts_and_to_ignore_it(
    mail_server, code_for, invitation
):
    code_for(invitation)
    run_tasks()
    mail = mail_server.arrived[0]
    digits = digits_in(mail)
    for part in (mail.part("plain"), mail.part("html")):
        assert digits in part
        assert "Cell division, part 2" in part
        assert "for 10 minutes" in part
        assert "If you didn’t ask for this code, ignore this email." in part
        assert "/i/" not in part
    # The last line is the form that ties a code to its site.
    assert mail.part("plain").rstrip().splitlines()[-1] == f"@testserver #{digits}"
    assert mail.message["Subject"] == f"{digits} is your code for Foyer"
    assert "Reply-To" not in mail.message


def test_the_digits_stand_in_the_mail_and_nowhere_else(mail_server, code_for, invitation, caplog):
    code = code_for(invitation)
    run_tasks()
    digits = digits_in(mail_server.arrived[0])
    code.refresh_from_db()
    assert digits not in code.digest
    for row in DBTaskResult.objects.all():
        assert digits not in str(row.args_kwargs) + str(row.return_value)
        assert invitation.email not in str(row.args_kwargs)
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    assert not any(digits in line for line in ours)


def test_a_code_is_mailed_once_however_often_its_task_runs(mail_server, code_for, invitation):
    code = code_for(invitation)
    for _ in range(3):
        send_mails.enqueue([OutgoingMail.objects.get(about_id=code.pk).pk])
    run_tasks()
    assert len(mail_server.arrived) == 1


def test_a_code_comes_before_ten_thousand_invitations(mail_server, code_for, ask, item):
    ask(*factories.InvitationFactory.create_batch(3, item=item))
    invitation = factories.InvitationFactory(item=item)
    code_for(invitation)
    run_tasks()
    assert mail_server.addresses[0] == invitation.email


def test_a_code_is_tried_again_soon_when_it_surely_did_not_go(mail_server, code_for, invitation):
    mail_server.answers[invitation.email] = ["451 Not now"]
    code = code_for(invitation)
    run_tasks()
    assert mail_server.arrived == []
    with time_machine.travel(timezone.now() + timedelta(seconds=6), tick=True):
        run_tasks()
        check_code(code_id=code.pk, invitation=invitation, digits=digits_in(mail_server.arrived[0]))


def test_a_code_that_may_have_gone_is_not_mailed_again(mail_server, code_for, invitation):
    mail_server.data_answers = ["take and drop"]
    code_for(invitation)
    run_tasks()
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        run_tasks()
    assert len(mail_server.arrived) == 1


def test_a_server_that_is_down_too_long_sends_no_stale_code(mail_server, code_for, invitation):
    mail_server.stop()
    code_for(invitation)
    run_tasks()
    mail_server.start()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        run_tasks()
    assert mail_server.arrived == []


@pytest.mark.parametrize("why", ["taken back", "in the bin", "too old", "refused"])
def test_no_code_opens_that_nobody_got(mail_server, code_for, invitation, why):
    code = code_for(invitation)
    now = timezone.now()
    if why == "taken back":
        type(invitation).objects.filter(pk=invitation.pk).update(revoked_at=now)
    elif why == "in the bin":
        type(invitation.item).objects.filter(pk=invitation.item_id).update(deleted_at=now)
    elif why == "too old":
        type(code).objects.filter(pk=code.pk).update(expires_at=now)
    else:
        mail_server.answers[invitation.email] = ["550 No such user"]
    run_tasks()
    assert mail_server.arrived == []
    if why != "refused":
        with pytest.raises((WrongCode, NotSentYet)):
            check_code(code_id=code.pk, invitation=invitation, digits="000000")


# --- to the host ------------------------------------------------------------------------------


def tell(invitation):
    with TestCase.captureOnCommitCallbacks(execute=True):
        outbox.add(kind=NEW_LINK_ASKED, mails=[(invitation.pk, "noa@example.edu")])
    run_tasks()


def test_the_host_hears_that_a_new_link_was_asked_for(mail_server, invitation):
    tell(invitation)
    [mail] = mail_server.arrived
    assert mail.recipients == ["noa@example.edu"]
    for part in (mail.part("plain"), mail.part("html")):
        assert "Grace Hopper" in part
        assert "grace@example.org" in part
        assert f"http://testserver/media/{invitation.item.public_id}/access/" in part
        assert "You don’t need to do anything." in part
        # SECURITY: the host has no use for the personal link, and a mailbox can be read.
        assert "/i/" not in part


def test_the_host_hears_that_it_has_expired_and_what_helps(mail_server, invitation):
    type(invitation).objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    tell(invitation)
    assert "To give them access again, change its last day" in mail_server.arrived[0].part("plain")


def test_nobody_is_told_about_an_invitation_taken_back(mail_server, invitation):
    type(invitation).objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    tell(invitation)
    assert mail_server.arrived == []


def test_the_host_is_told_later_when_the_server_is_down(mail_server, invitation):
    mail_server.stop()
    tell(invitation)
    mail_server.start()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        run_tasks()
    assert len(mail_server.arrived) == 1
