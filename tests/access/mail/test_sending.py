"""Mails on their way: a real SMTP server that takes, refuses, goes away and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.accounts.mails import SetPasswordMail
from access.invitations.mails.invitation import Moved
from access.invitations.mails.texts import MISSED
from access.invitations.models import MailKind
from access.invitations.people import Inviter
from access.invitations.services import managing
from access.invitations.services.codes import CODE_MAIL
from access.links import invitation_address
from access.mail import marks, outbox, sending
from access.mail.delivery import Outcome, Verdict
from access.mail.kinds import KINDS
from access.mail.models import CrashWitness, OutgoingMail
from config.management.commands.db_worker import SECONDS_BETWEEN_LOOKS, TAKE_UP
from media_items.catalogue.models import Kind
from tests import factories
from tests.access.invitations.door_acts import ask_for_code
from tests.tasks import run_tasks

ROOT = Path(__file__).resolve().parents[3]


def later(**time):
    """The same test, that much later by the clock."""
    return time_machine.travel(timezone.now() + timedelta(**time), tick=True)


def people(item, count):
    return factories.InvitationFactory.create_batch(count, item=item)


@pytest.fixture
def time_enough(monkeypatch):
    """One task sends them all, and reads what they are about once, on a busy machine as well."""
    monkeypatch.setattr(sending, "MOST_SECONDS", 3600)
    monkeypatch.setattr(sending, "FRESH_SECONDS", 3600)


def states(mails):
    for mail in mails:
        mail.refresh_from_db()
    return [
        "sent"
        if mail.sent_at
        else "refused"
        if mail.refused_at
        else "failed"
        if mail.failed_at
        else "waiting"
        for mail in mails
    ]


# --- what goes --------------------------------------------------------------------------------


def test_each_person_gets_a_mail_of_their_own_over_one_connection(mail_server, send, item):
    invited = people(item, 5)
    connections = mail_server.connections
    mails = send(*invited)
    assert states(mails) == ["sent"] * 5
    assert [one.recipients for one in mail_server.arrived] == [[one.email] for one in invited]
    assert [one.message["To"] for one in mail_server.arrived] == [one.email for one in invited]
    assert mail_server.connections == connections + 1


def test_a_mail_more_is_two_statements_more(
    mail_server, ask, send, item, time_enough, django_assert_num_queries
):
    """Claimed, and written down; neither waits for a disk. All else is once for many."""
    send(*people(item, 1))
    few, many = ask(*people(item, 2)), ask(*people(item, 30))
    for mails in (few, many):
        with django_assert_num_queries(11 + 2 * len(mails)):
            sending.send_mails.call([mail.pk for mail in mails])
    assert len(mail_server.arrived) == 33


def test_what_is_left_of_a_task_is_as_urgent_as_it_was(mail_server, ask, owner, monkeypatch):
    monkeypatch.setattr(sending, "MOST_SECONDS", 0)
    accounts = [owner, *factories.UserFactory.create_batch(2)]
    mails = outbox.add(kind=SetPasswordMail.name, mails=[(one.pk, one.email) for one in accounts])
    sending.send_mails.call([mail.pk for mail in mails])
    assert states(mails) == ["sent", "waiting", "waiting"]
    rest = DBTaskResult.objects.ready().get()
    assert rest.args_kwargs["args"] == [[mail.pk for mail in mails[1:]]]
    assert rest.priority == SetPasswordMail.priority > 0


@pytest.fixture
def a_code_behind_a_bulk(ask, item, django_capture_on_commit_callbacks):
    """The keys of forty mails asked for a minute ago, and the mail of a code asked for now."""
    bulk = ask(*people(item, sending.RESERVED))
    OutgoingMail.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks():
        ask_for_code(factories.InvitationFactory(item=item))
    DBTaskResult.objects.all().delete()
    return [mail.pk for mail in bulk], OutgoingMail.objects.get(kind=CODE_MAIL)


@pytest.mark.parametrize("by", ["its own task", "the task of the bulk"])
def test_a_code_goes_before_older_mails_that_nobody_waits_for(
    mail_server, a_code_behind_a_bulk, time_enough, by
):
    bulk, code = a_code_behind_a_bulk
    if by == "the task of the bulk":
        OutgoingMail.objects.filter(pk=code.pk).update(
            asked_at=timezone.now() - sending.STRAY_AFTER
        )
    sending.send_mails.call([code.pk] if by == "its own task" else bulk)
    assert len(mail_server.addresses) == 1 + sending.RESERVED
    assert mail_server.addresses[0] == code.address


def test_what_goes_beside_a_code_does_not_become_urgent(
    mail_server, a_code_behind_a_bulk, monkeypatch
):
    monkeypatch.setattr(sending, "MOST_SECONDS", 0)
    bulk, code = a_code_behind_a_bulk
    sending.send_mails.call([code.pk])
    assert mail_server.addresses == [code.address]
    rest = DBTaskResult.objects.ready().get()
    assert (rest.priority, rest.args_kwargs["args"]) == (0, [bulk])


def test_what_is_left_of_several_priorities_is_a_task_for_each(ask, a_code_behind_a_bulk):
    bulk, code = a_code_behind_a_bulk
    OutgoingMail.objects.filter(pk=code.pk).update(asked_at=timezone.now() - sending.STRAY_AFTER)
    with later(seconds=1):
        assert sending.take_up() == 2
    tasks = DBTaskResult.objects.ready().order_by("-priority")
    said = [(task.priority, task.args_kwargs["args"]) for task in tasks]
    assert said == [(KINDS[CODE_MAIL].priority, [[code.pk]]), (0, [bulk])]


def test_the_envelope_is_from_the_site_and_not_from_the_host(mail_server, send, invitation):
    send(invitation)
    assert mail_server.arrived[0].sender == "foyer@testserver"


def test_however_often_the_task_runs_a_mail_goes_once(mail_server, send, item):
    [mail] = send(*people(item, 1))
    for _ in range(3):
        sending.send_mails.enqueue([mail.pk])
    run_tasks()
    with later(hours=1):
        run_tasks()
    assert len(mail_server.arrived) == 1


def test_a_thousand_people_are_a_handful_of_tasks(ask, item):
    ask(*people(item, 450))
    assert DBTaskResult.objects.filter(task_path__endswith="mail.sending.send_mails").count() == 3


# --- refused, and not now ---------------------------------------------------------------------


def test_an_address_the_server_refuses_for_good_is_refused_with_its_answer(mail_server, send, item):
    first, second, third = people(item, 3)
    mail_server.answers[second.email] = ["550 5.1.1 No such user here"]
    mails = send(first, second, third)
    assert states(mails) == ["sent", "refused", "sent"]
    assert mails[1].answer == "550 5.1.1 No such user here"
    with later(hours=6):
        run_tasks()
    assert mail_server.addresses == [first.email, third.email]


def test_a_mail_refused_after_it_was_shown_is_refused_too(mail_server, send, invitation):
    mail_server.data_answers = ["554 5.7.1 Looks like spam"]
    mails = send(invitation)
    assert states(mails) == ["refused"]
    assert "spam" in mails[0].answer


def test_a_temporary_refusal_is_tried_again_after_a_pause(mail_server, send, item):
    first, second = people(item, 2)
    mail_server.answers[first.email] = ["451 4.7.1 Greylisted, come back"]
    mails = send(first, second)
    assert states(mails) == ["waiting", "sent"]
    assert (mails[0].attempts, mails[0].claimed_at) == (1, None)
    assert "Greylisted" in mails[0].answer
    assert run_tasks() == 0
    with later(minutes=1, seconds=5):
        run_tasks()
    assert states(mails) == ["sent", "sent"]
    assert mails[0].answer == ""
    assert sorted(mail_server.addresses) == sorted([first.email, second.email])


def test_the_pauses_grow_until_the_tries_are_used_up(mail_server, send, item, settings):
    [one] = people(item, 1)
    mail_server.answers[one.email] = ["451 Not now"] * 20
    mails = send(one)
    pauses = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while states(mails) == ["waiting"]:
            pause = mails[0].next_try_at - timezone.now()
            pauses.append(round(pause.total_seconds() / 60))
            clock.shift(pause + timedelta(seconds=2))
            run_tasks()
    assert pauses == [1, 5, 15, 60, 240]
    assert states(mails) == ["failed"]
    assert mails[0].attempts == settings.MAIL_ATTEMPTS == 6
    assert mails[0].answer == "451 Not now"


def test_a_server_that_refuses_our_own_address_is_no_fault_of_the_person(
    mail_server, send, invitation, settings
):
    settings.DEFAULT_FROM_EMAIL = "Foyer <foyer@elsewhere.example>"

    async def refuse(server, session, envelope, address, options):
        return "550 Not you"

    mail_server.handle_MAIL = refuse
    mails = send(invitation)
    assert states(mails) == ["waiting"]
    assert mails[0].answer == "550 Not you"


def test_an_address_no_mail_server_takes_is_refused_and_stops_nobody(mail_server, send, item):
    first, second = people(item, 2)
    type(first).objects.filter(pk=first.pk).update(email="grüße@example.org")
    first.refresh_from_db()
    assert states(send(first, second)) == ["refused", "sent"]


def test_a_host_whose_domain_is_not_ascii_is_written_as_mail_servers_want_it(
    mail_server, send, item
):
    [one] = people(item, 1)
    type(one).objects.filter(pk=one.pk).update(email="ada@bücher.example")
    one.refresh_from_db()
    assert states(send(one)) == ["sent"]
    assert mail_server.addresses == ["ada@xn--bcher-kva.example"]


# --- down, and back ---------------------------------------------------------------------------


def test_a_server_that_is_down_loses_nothing(mail_server, send, item):
    invited = people(item, 3)
    mail_server.stop()
    mails = send(*invited)
    assert states(mails) == ["waiting"] * 3
    assert [mail.attempts for mail in mails] == [1, 1, 1]
    assert "No connection to the mail server" in mails[0].answer
    with later(minutes=1, seconds=5):
        run_tasks()
        assert [mail.attempts for mail in OutgoingMail.objects.all()] == [2, 2, 2]
    mail_server.start()
    with later(minutes=10):
        run_tasks()
    assert states(mails) == ["sent"] * 3
    assert sorted(mail_server.addresses) == sorted(one.email for one in invited)


def test_a_server_that_stays_down_ends_in_failed_and_says_so(mail_server, send, item, settings):
    settings.MAIL_ATTEMPTS = 2
    mail_server.stop()
    mails = send(*people(item, 2))
    with later(minutes=2):
        run_tasks()
    assert states(mails) == ["failed", "failed"]
    assert "No connection" in mails[0].answer


def test_a_connection_lost_before_the_mail_was_given_is_opened_again(mail_server, send, item):
    first, second = people(item, 2)
    mail_server.answers[first.email] = ["drop"]
    mails = send(first, second)
    assert states(mails) == ["waiting", "sent"]
    with later(minutes=2):
        run_tasks()
    assert states(mails) == ["sent", "sent"]
    assert sorted(mail_server.addresses) == sorted([first.email, second.email])


def test_a_connection_lost_after_the_mail_was_given_is_never_a_second_mail(mail_server, send, item):
    first, second = people(item, 2)
    mail_server.data_answers = ["take and drop"]
    mails = send(first, second)
    assert states(mails) == ["failed", "sent"]
    assert "it may or may not have been sent" in mails[0].answer
    with later(days=1):
        call_command("housekeeping")
        run_tasks()
    assert mail_server.addresses == [first.email, second.email]


def test_a_server_that_breaks_off_again_and_again_is_left_in_peace(mail_server, send, item):
    invited = people(item, 6)
    for one in invited:
        mail_server.answers[one.email] = ["drop"]
    before = mail_server.connections
    mails = send(*invited)
    assert states(mails) == ["waiting"] * 6
    assert mail_server.connections == before + 3
    assert {mail.attempts for mail in mails} == {1}
    with later(minutes=2):
        # Three of them were asked about and have their answer behind them.
        for one in invited:
            mail_server.answers[one.email] = []
        run_tasks()
    assert states(mails) == ["sent"] * 6


# --- a worker that dies -----------------------------------------------------------------------


class Killed(BaseException):
    """As a signal ends a worker: nothing catches it."""


def test_a_worker_that_dies_over_a_mail_loses_nothing_and_sends_nothing_twice(
    mail_server, ask, item, monkeypatch
):
    first, second, third = people(item, 3)
    mails = ask(first, second, third)
    deliver = sending.ServerConnection.deliver

    def die_after_second(post, message):
        outcome = deliver(post, message)
        if message.to == [second.email]:
            raise Killed
        return outcome

    monkeypatch.setattr(sending.ServerConnection, "deliver", die_after_second)
    with pytest.raises(Killed):
        sending.send_mails.call([mail.pk for mail in mails])
    monkeypatch.setattr(sending.ServerConnection, "deliver", deliver)
    assert states(mails) == ["sent", "waiting", "waiting"]
    DBTaskResult.objects.filter(run_after__lt=timezone.now()).delete()
    with later(minutes=12):
        run_tasks()
    assert states(mails) == ["sent", "failed", "sent"]
    assert mails[1].answer == "interrupted while sending; it may or may not have been sent"
    assert mail_server.addresses == [first.email, second.email, third.email]


@pytest.fixture
def dies_over_second(monkeypatch, time_enough):
    """The worker has three mails reserved and is killed when the second has gone."""

    def run(mails):
        deliver = sending.ServerConnection.deliver

        def die(post, message):
            deliver(post, message)
            if message.to == [mails[1].address]:
                raise Killed
            return Outcome(Verdict.SENT)

        with monkeypatch.context() as patch:
            patch.setattr(sending.ServerConnection, "deliver", die)
            with pytest.raises(Killed):
                sending.send_mails.call([mail.pk for mail in mails])

    return run


def test_what_a_dead_worker_had_only_reserved_is_taken_up_within_a_minute(
    mail_server, ask, item, dies_over_second
):
    mails = ask(*people(item, 3))
    dies_over_second(mails)
    DBTaskResult.objects.all().delete()
    assert sending.take_up() == 0
    with later(seconds=60 - SECONDS_BETWEEN_LOOKS):
        assert sending.take_up() == 1
        run_tasks()
    assert states(mails) == ["sent", "waiting", "sent"]
    assert len(mail_server.arrived) == 3


def test_after_a_crash_of_the_database_nothing_that_was_reserved_before_is_sent(
    mail_server, ask, item, dies_over_second
):
    """PostgreSQL may have forgotten that it was claimed, and has lost its witness then."""
    mails = ask(*people(item, 3))
    dies_over_second(mails)
    OutgoingMail.objects.filter(pk=mails[1].pk).update(claimed_at=None)
    CrashWitness.objects.all().delete()
    with later(minutes=12):
        run_tasks()
        assert states(mails) == ["sent", "failed", "failed"]
        assert mails[2].answer == "interrupted while sending; it may or may not have been sent"
        mails += ask(*people(item, 1))
        run_tasks()
    assert states(mails[3:]) == ["sent"]
    assert len(mail_server.arrived) == 3


def test_what_another_worker_has_been_given_meanwhile_is_not_claimed(mail_server, ask, item):
    mails = ask(*people(item, 2))
    slow = marks.reserve(OutgoingMail.objects.order_by("pk"))
    with later(seconds=31):
        assert not sending.give_up_abandoned()
        assert not marks.claim(slow[0])  # free again
        sending.send_mails.call([mail.pk for mail in mails])
        assert not marks.claim(slow[1])
    assert states(mails) == ["sent", "sent"]


@pytest.mark.parametrize("by", ["housekeeping", "another task"])
def test_what_a_dead_worker_left_is_taken_up(mail_server, ask, send, item, by):
    left = ask(*people(item, 2))
    DBTaskResult.objects.all().delete()
    with later(minutes=6):
        if by == "housekeeping":
            call_command("housekeeping")
            run_tasks()
        else:
            send(*people(item, 1))
    assert states(left) == ["sent", "sent"]


def test_a_code_whose_task_died_with_its_worker_is_queued_again_within_a_minute(
    mail_server, item, django_capture_on_commit_callbacks
):
    """It went eleven minutes later, and a code lives ten."""
    assert sending.take_up in TAKE_UP
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_code(factories.InvitationFactory(item=item))
    assert sending.take_up() == 0  # its task will come for it
    DBTaskResult.objects.update(status="RUNNING")  # by a worker that is dead
    assert sending.take_up() == 0  # or not yet
    with later(seconds=60 - SECONDS_BETWEEN_LOOKS):
        assert sending.take_up() == 1
        assert sending.take_up() == 0  # one task is enough
        assert DBTaskResult.objects.ready().get().priority == KINDS[CODE_MAIL].priority
        run_tasks()
        assert sending.take_up() == 0
    assert len(mail_server.arrived) == 1


def test_a_code_is_queued_again_while_tasks_full_of_other_mails_wait(
    mail_server, item, ask, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_code(factories.InvitationFactory(item=item))
    DBTaskResult.objects.update(status="RUNNING")  # by a worker that is dead
    ask(*people(item, 3))
    with later(seconds=60):
        assert sending.take_up() == 1
        tasks = DBTaskResult.objects.ready()
        assert tasks.order_by("-priority").first().priority == KINDS[CODE_MAIL].priority


def test_a_mail_that_waits_for_its_next_try_is_not_taken_up(mail_server, send, item):
    mail_server.stop()
    send(*people(item, 1))
    with later(seconds=50):
        assert sending.take_up() == 0


def test_housekeeping_leaves_what_its_task_will_come_for(mail_server, ask, item):
    ask(*people(item, 1))
    tasks = DBTaskResult.objects.count()
    call_command("housekeeping")
    assert DBTaskResult.objects.filter(task_path__endswith="_mails").count() == tasks


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_between_two_mails_and_started_again(mail_server, item):
    from access.invitations.services.telling import ask_for_mails

    invited = people(item, 4)
    mails = ask_for_mails(invitations=invited, kind=MailKind.INVITE, by=None)
    killed = threading.Event()

    def kill_at_second(_mail):
        if len(mail_server.arrived) == 1 and not killed.is_set():
            os.kill(worker.pid, signal.SIGKILL)
            killed.set()

    mail_server.on_data = kill_at_second
    worker = start_worker(mail_server.port)
    assert worker.wait(60) == -signal.SIGKILL
    assert killed.is_set()
    assert states(mails) == ["sent", "waiting", "waiting", "waiting"]
    again = start_worker(mail_server.port)
    assert again.wait(60) == 0
    # The claim is young: another worker may still be at it.
    assert states(mails) == ["sent", "waiting", "waiting", "waiting"]
    with later(minutes=12):
        run_tasks()
    assert states(mails) == ["sent", "failed", "sent", "sent"]
    taken = [address for address in mail_server.addresses if address != invited[1].email]
    assert taken == [one.email for one in (invited[0], invited[2], invited[3])]
    assert mail_server.addresses.count(invited[1].email) <= 1


def start_worker(port):
    """`manage.py db_worker` on the test's own database, until nothing is ready."""
    if connection.vendor == "sqlite":
        database = f"sqlite:///{connection.settings_dict['NAME']}"
    else:
        parts = urlsplit(os.environ["DATABASE_URL"])
        database = parts._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    environment = os.environ | {
        "DATABASE_URL": database,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
    }
    command = [sys.executable, "-W", "ignore", "manage.py", "db_worker", "--batch"]
    command += ["--no-startup-delay", "--queue-name", "*"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


# --- no longer right by the time it would go --------------------------------------------------


def test_the_waiting_mail_of_an_invitation_taken_back_is_not_sent(mail_server, ask, item, owner):
    [one] = people(item, 1)
    mails = ask(one)
    managing.revoke(invitation=one, by=owner)
    run_tasks()
    assert mail_server.arrived == []
    assert states(mails) == ["failed"]
    assert mails[0].answer == "withdrawn before it was sent"


def test_taken_back_after_the_claim_is_not_sent_either(mail_server, ask, item):
    [one] = people(item, 1)
    mails = ask(one)
    type(one).objects.filter(pk=one.pk).update(revoked_at=timezone.now())
    run_tasks()
    assert mail_server.arrived == []
    assert states(mails) == ["failed"]


def test_a_mail_to_an_address_corrected_meanwhile_never_carries_the_new_link(
    mail_server, ask, item
):
    [one] = people(item, 1)
    mails = ask(one)
    type(one).objects.filter(pk=one.pk).update(email="right@example.org")
    run_tasks()
    assert mail_server.arrived == []
    assert states(mails) == ["failed"]


def test_taken_back_while_the_one_before_goes_is_not_sent(
    mail_server, ask, item, owner, time_enough, monkeypatch
):
    first, second = people(item, 2)
    mails = ask(first, second)
    deliver = sending.ServerConnection.deliver

    def take_back(post, message):
        if message.to == [first.email]:
            managing.revoke(invitation=second, by=owner)
        return deliver(post, message)

    monkeypatch.setattr(sending.ServerConnection, "deliver", take_back)
    run_tasks()
    assert mail_server.addresses == [first.email]
    assert states(mails) == ["sent", "failed"]
    assert mails[1].answer == "withdrawn before it was sent"


@pytest.mark.parametrize("act", ["address corrected", "new link", "taken back"])
@pytest.mark.parametrize("kind", [MailKind.INVITE, MailKind.NEW_LINK, MISSED])
def test_what_changes_a_link_reaches_mails_that_were_read_already(
    mail_server, ask, item, owner, time_enough, monkeypatch, act, kind
):
    """In the moment before the claim: afterwards nobody says of a mail that it went."""
    [one] = people(item, 1)
    mails = ask(one, kind=kind)
    claim, wrong = marks.claim, one.email

    def late(mail):
        monkeypatch.setattr(marks, "claim", claim)
        if act == "address corrected":
            by = Inviter.by_account(owner, item)
            managing.correct_address(invitation=one, email="right@example.org", by=by)
        elif act == "new link":
            managing.give_new_address(invitation=one, end_browsers=False, by=owner)
        else:
            managing.revoke(invitation=one, by=owner)
        return claim(mail)

    monkeypatch.setattr(marks, "claim", late)
    sending.send_mails.call([mail.pk for mail in mails])
    assert mail_server.addresses == []
    with later(minutes=1):
        sending.take_up()
        run_tasks()
    assert wrong not in mail_server.addresses or act == "new link"
    one.refresh_from_db()
    for arrived in mail_server.arrived:
        assert arrived.recipients == [one.email]
        text = arrived.message.get_body(("plain",)).get_content()
        assert kind == MISSED or invitation_address(one) in text


def test_a_second_mail_to_somebody_knows_what_the_first_has_told(
    mail_server, ask, send, owner, time_enough, monkeypatch
):
    starts = timezone.now() + timedelta(days=3)
    event = factories.MediaItemFactory(owner=owner, kind=Kind.LIVE_EVENT, starts_at=starts)
    [one] = people(event, 1)
    send(one)
    type(event).objects.filter(pk=event.pk).update(starts_at=starts + timedelta(hours=1))
    mails = [*ask(one, kind=MailKind.MOVED), *ask(one, kind=MailKind.MOVED)]
    told_before, before = Moved.told_before, []

    def noted(kind, row):
        before.append(told_before(kind, row))
        return before[-1]

    monkeypatch.setattr(Moved, "told_before", noted)
    sending.send_mails.call([mail.pk for mail in mails])
    assert [bool(one) for one in before] == [True, False]


def test_nobody_frees_what_another_worker_has_reserved(ask, item):
    mails = ask(*people(item, 2))
    slow = marks.reserve(OutgoingMail.objects.order_by("pk"))
    with later(seconds=31):
        sending.give_up_abandoned()
        quick = marks.reserve(OutgoingMail.objects.order_by("pk").filter(reserved_at=None))
    assert len(quick) == len(mails)
    marks.release(slow)
    assert marks.claim(quick[0])


def test_the_witness_is_asked_by_the_statement_that_frees(ask, item, django_assert_num_queries):
    """A crash between the two would free what it had made uncertain."""
    ask(*people(item, 1))
    marks.reserve(OutgoingMail.objects.order_by("pk"))
    moment = timezone.now() + timedelta(minutes=1)
    witness = CrashWitness.objects.get()
    for is_lost in (True, False):
        if is_lost:
            CrashWitness.objects.all().delete()
        else:
            witness.save(force_insert=True)
        with django_assert_num_queries(1):
            assert OutgoingMail.objects.filter(marks.forgotten(moment)).exists() == is_lost
        with django_assert_num_queries(1):
            marks.release_older_than(moment)
        assert OutgoingMail.objects.filter(reserved_at=None).exists() != is_lost


def test_what_was_read_long_before_is_read_again(mail_server, ask, item, monkeypatch):
    """Without an act that withdraws the mail: a slow server, and the item goes into the bin."""
    monkeypatch.setattr(sending, "FRESH_SECONDS", 0)
    first, second = people(item, 2)
    mails = ask(first, second)
    deliver = sending.ServerConnection.deliver

    def bin_it(post, message):
        type(item).objects.filter(pk=item.pk).update(deleted_at=timezone.now())
        return deliver(post, message)

    monkeypatch.setattr(sending.ServerConnection, "deliver", bin_it)
    run_tasks()
    assert mail_server.addresses == [first.email]
    assert states(mails) == ["sent", "failed"]


@pytest.mark.parametrize("what", ["in the bin", "expired"])
def test_nobody_is_mailed_a_link_that_opens_nothing(mail_server, ask, item, what):
    [one] = people(item, 1)
    mails = ask(one)
    if what == "in the bin":
        type(item).objects.filter(pk=item.pk).update(deleted_at=timezone.now())
    else:
        type(one).objects.filter(pk=one.pk).update(expires_at=timezone.now())
    run_tasks()
    assert mail_server.arrived == []
    assert states(mails) == ["failed"]


def test_a_mail_that_cannot_be_written_fails_alone(mail_server, send, item, caplog):
    first, second = people(item, 2)
    type(first).objects.filter(pk=first.pk).update(role="nonsense")
    first.refresh_from_db()
    mails = send(first, second)
    assert states(mails) == ["failed", "sent"]
    assert mails[0].answer == "could not be put together"
    assert first.email not in caplog.text


def test_the_mail_folder_gets_each_mail_where_there_is_no_server(send, item, settings, tmp_path):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }
    assert states(send(*people(item, 2))) == ["sent", "sent"]
    assert sum(path.read_text().count("Subject:") for path in tmp_path.iterdir()) == 2
