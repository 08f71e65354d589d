"""What hosts are told by email: who, what, how soon, together, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.accounts.models import NoticePace, User
from access.guests.services import guests as guest_services
from access.guests.services import joining
from access.invitations.models import Certainty, MailKind
from access.invitations.people import Inviter
from access.invitations.services import answering
from access.invitations.services.managing import correct_address, erase_invitation
from access.links import guest_link_token
from access.mail import sending
from access.mail.models import OutgoingMail
from access.mail.outbox import forget_old_mails
from access.notices import telling
from access.notices.models import HostNotice
from access.notices.telling import APART, NOTICES, tell, tell_due
from config.management.commands.db_worker import DUE
from tests import factories
from tests.reading import text_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)  # 14:00 in Berlin


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


@pytest.fixture
def owner(owner):
    """At work in Berlin, and told of everything at once."""
    owner.time_zone = "Europe/Berlin"
    for kind in ("asked", "bounced", "accepted", "joined"):
        setattr(owner, f"notice_{kind}", NoticePace.AT_ONCE)
    owner.save()
    return owner


def set_pace(account, **paces):
    User.objects.filter(pk=account.pk).update(**{f"notice_{k}": v for k, v in paces.items()})


def join(link, number=0, **options):
    return joining.join(
        link=link,
        key_version=link.key_version,
        name=options.pop("name", f"Guest {number}"),
        email=f"guest{number}@example.org",
        **options,
    ).guest


def accept(item, **fields):
    one = factories.InvitationFactory(item=item, **fields)
    answering.accept_in_browser(
        invitation=one, key_version=one.key_version, how=Certainty.CONFIRMED
    )
    return one


def look(mail_server):
    """A worker looks, and sends what is due; what has arrived since the last look."""
    before = len(mail_server.arrived)
    with TestCase.captureOnCommitCallbacks(execute=True):
        tell_due()
    run_tasks()
    return mail_server.arrived[before:]


# --- together, and no more than one an hour -------------------------------------------------------


def test_a_crowd_of_five_hundred_is_one_mail_with_ten_names_and_a_number(
    clock, mail_server, link, owner
):
    for number in range(500):
        join(link, number)
    assert look(mail_server) == []  # it may be the first of many
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    assert mail.recipients == [owner.email]
    assert mail.message["Subject"] == f"500 people joined “{link.item.title}”"
    for part in ("plain", "html"):
        words = mail.part(part)
        assert "500 people joined with a guest link" in words
        assert "Guest 9" in words
        assert "Guest 10" not in words
        assert "and 490 more people" in words
        assert reverse("access:guests", args=[link.item.public_id]) in words
        assert "/accounts/me/#notices" in words
    assert HostNotice.objects.waiting().count() == 0


def test_who_comes_within_the_hour_is_told_after_it(clock, mail_server, link):
    join(link, 1)
    clock.shift(timedelta(minutes=3))
    assert len(look(mail_server)) == 1
    join(link, 2)
    clock.shift(timedelta(minutes=30))
    assert look(mail_server) == []
    clock.shift(APART)
    [mail] = look(mail_server)
    assert "Guest 2" in mail.part("plain")
    assert "Guest 1" not in mail.part("plain")
    clock.shift(APART * 2)
    assert look(mail_server) == []


def test_several_items_come_in_one_mail_and_the_subject_names_nobody(
    clock, mail_server, owner, link
):
    other = factories.MediaItemFactory(owner=owner, title="Mitosis")
    join(link, 1, name="Ada")
    accept(other, first_name="Grace", last_name="Hopper")
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    assert mail.message["Subject"] == "What’s new in your media"
    for word in ("Ada", "Grace Hopper", "Mitosis", link.item.title):
        assert word in mail.part("plain")


def test_what_can_wait_goes_along_with_what_is_due(clock, mail_server, owner, link):
    set_pace(owner, joined=NoticePace.DAILY)
    join(link, 1)
    accept(link.item)
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    assert mail.message["Subject"] == f"What’s new: “{link.item.title}”"
    assert "Guest 1" in mail.part("plain")
    clock.shift(timedelta(days=2))
    assert look(mail_server) == []


def test_somebody_back_in_another_browser_is_no_news(clock, mail_server, link):
    join(link, 1)
    clock.shift(timedelta(minutes=3))
    assert len(look(mail_server)) == 1
    join(link, 1)
    clock.shift(APART * 2)
    assert look(mail_server) == []


# --- how soon ------------------------------------------------------------------------------------


def test_by_itself_joining_and_accepting_are_told_once_a_day_in_the_readers_morning(
    clock, mail_server, owner, link
):
    set_pace(owner, joined=NoticePace.DAILY, accepted=NoticePace.DAILY)
    fresh = User()
    assert (fresh.notice_joined, fresh.notice_accepted) == (NoticePace.DAILY, NoticePace.DAILY)
    assert (fresh.notice_asked, fresh.notice_bounced) == (NoticePace.AT_ONCE, NoticePace.AT_ONCE)
    join(link, 1)
    accept(link.item)
    clock.move_to(datetime(2031, 5, 7, 5, 59, tzinfo=UTC))  # 7:59 in Berlin
    assert look(mail_server) == []
    clock.move_to(datetime(2031, 5, 7, 6, 0, tzinfo=UTC))
    assert len(look(mail_server)) == 1


@pytest.mark.parametrize("kind", ["joined", "accepted", "bounced", "asked"])
def test_each_kind_can_be_switched_off_also_afterwards(clock, mail_server, owner, link, kind):
    def happen(number):
        match kind:
            case "joined":
                join(link, number)
            case "accepted":
                accept(link.item)
            case "bounced":
                bounce(mail_server, link.item)
            case "asked":
                ask(link, number)

    happen(1)
    set_pace(owner, **{kind: NoticePace.NEVER})
    happen(2)
    clock.shift(timedelta(days=2))
    told = [mail for mail in look(mail_server) if mail.recipients == [owner.email]]
    assert told == []


# --- who -----------------------------------------------------------------------------------------


def test_co_editors_are_told_and_rights_are_read_when_it_is_written(
    clock, mail_server, link, co_editor, owner
):
    set_pace(co_editor, joined=NoticePace.AT_ONCE)
    join(link, 1)
    clock.shift(timedelta(minutes=3))
    assert {mail.recipients[0] for mail in look(mail_server)} == {owner.email, co_editor.email}
    join(link, 2)
    link.item.co_editors.all().delete()
    clock.shift(APART * 2)
    assert {mail.recipients[0] for mail in look(mail_server)} == {owner.email}
    assert OutgoingMail.objects.get(failed_at__isnull=False).answer == "nothing left to tell"


def test_nobody_is_told_of_an_item_in_the_bin_or_once_switched_off(clock, mail_server, link, owner):
    join(link, 1)
    link.item.deleted_at = NOON
    link.item.save()
    clock.shift(timedelta(minutes=3))
    assert look(mail_server) == []
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert not HostNotice.objects.waiting().exists()


def test_nobody_is_told_of_what_they_did_themselves(link, owner, co_editor):
    join(link, 1, by=co_editor)
    answering.accept_in_browser(
        invitation=(one := factories.InvitationFactory(item=link.item, email=co_editor.email)),
        key_version=one.key_version,
        how=Certainty.CONFIRMED,
    )
    assert set(HostNotice.objects.values_list("account", flat=True)) == {owner.pk}


def test_typing_a_hosts_address_hides_nobody_from_that_host(link, owner):
    """SECURITY: an address that was typed proves nothing."""
    joining.join(link=link, key_version=link.key_version, name="Eve", email=owner.email)
    assert HostNotice.objects.filter(account=owner).exists()


def test_the_browser_of_a_host_who_tries_the_link_says_who_it_is(link, owner, client_of):
    User.objects.filter(pk=owner.pk).update(notice_joined=NoticePace.AT_ONCE)
    helper = factories.CoEditorFactory(item=link.item).user
    browser = client_of(helper)
    path = reverse("access:ask_host", args=[guest_link_token(link)])
    browser.post(path, {"name": "Me", "email": "other@example.org", "message": "Try"})
    mails = OutgoingMail.objects.filter(kind="access_request")
    assert set(mails.values_list("address", flat=True)) == {owner.email}


# --- erased, settled -----------------------------------------------------------------------------


def test_who_is_erased_before_it_goes_is_not_named(clock, mail_server, link, owner):
    gone, stays = join(link, 1, name="Eve"), join(link, 2, name="Ada")
    invited = accept(link.item, first_name="Grace", last_name="Hopper")
    guest_services.erase_guest(guest=gone, by=owner)
    erase_invitation(invitation=invited, by=owner)
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    words = mail.part("plain")
    assert stays.name in words
    assert "1 person joined" in words
    assert "Eve" not in words
    assert "Grace" not in words


def test_where_everybody_is_erased_nothing_goes(clock, mail_server, link, owner):
    guest_services.erase_guest(guest=join(link, 1), by=owner)
    clock.shift(timedelta(minutes=3))
    assert look(mail_server) == []


def bounce(mail_server, item, **fields):
    one = factories.InvitationFactory(item=item, **fields)
    mail_server.answers[one.email] = ["550 5.1.1 No such user"]
    with TestCase.captureOnCommitCallbacks(execute=True):
        factories.OutgoingMailFactory(about=one)
    [mail] = OutgoingMail.objects.filter(about_id=one.pk, kind=MailKind.INVITE)
    sending.send_mails.call([mail.pk])
    return one


def test_a_bounced_invitation_is_told_with_the_address_to_correct(clock, mail_server, owner, item):
    for name in ("Ada", "Grace"):
        bounce(mail_server, item, first_name=name, email=f"{name.lower()}@example.org")
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    assert mail.message["Subject"] == f"2 invitation emails didn’t arrive: “{item.title}”"
    assert "Ada Hopper <ada@example.org>" in mail.part("plain")
    assert reverse("access:register", args=[item.public_id]) in mail.part("plain")


def test_a_bounce_that_is_mended_before_is_not_told(clock, mail_server, owner, item):
    one = bounce(mail_server, item)
    by = Inviter.by_account(owner, item)
    correct_address(invitation=one, email="right@example.org", by=by)
    clock.shift(timedelta(minutes=3))
    told = [mail for mail in look(mail_server) if mail.recipients == [owner.email]]
    assert told == []


def test_a_mail_that_a_dead_worker_had_in_hand_is_told_as_lost(clock, owner, item):
    one = factories.InvitationFactory(item=item)
    factories.OutgoingMailFactory(about=one, claimed_at=NOON - timedelta(hours=1))
    sending.take_up()
    notice = HostNotice.objects.get()
    assert (notice.kind, notice.about_id) == ("bounced", one.pk)


def test_without_a_server_the_end_of_all_tries_is_told(clock, owner, item, settings):
    settings.MAIL_ATTEMPTS = 1
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    one = factories.InvitationFactory(item=item)
    mail = factories.OutgoingMailFactory(about=one)
    sending.send_mails.call([mail.pk])
    assert HostNotice.objects.get().about_id == one.pk


def test_what_was_withdrawn_before_it_went_is_no_bounce(owner, item):
    one = factories.InvitationFactory(item=item, revoked=True)
    mail = factories.OutgoingMailFactory(about=one)
    sending.send_mails.call([mail.pk])
    assert not HostNotice.objects.exists()


# --- asked ---------------------------------------------------------------------------------------


def ask(link, number=0, **options):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return joining.ask_host(
            link=link, name="Eve", email=f"eve{number}@example.org", message="May I?", **options
        )


def test_who_asks_is_told_at_once_to_every_host_and_the_subject_names_nobody(
    mail_server, link, owner, co_editor
):
    asked = ask(link)
    run_tasks()
    assert {mail.recipients[0] for mail in mail_server.arrived} == {owner.email, co_editor.email}
    page = reverse("access:access_request", args=[link.item.public_id, asked.pk])
    for mail in mail_server.arrived:
        subject = " ".join(mail.message["Subject"].split())  # folded where it is long
        assert subject == f"Somebody asked to be let in: “{link.item.title}”"
        for part in ("plain", "html"):
            assert page in mail.part(part)
            assert "/accounts/me/#notices" in mail.part(part)


def test_beyond_the_mails_of_a_link_those_who_ask_come_together(clock, mail_server, link, owner):
    for number in range(3):
        ask(link, number, is_mailed=False)
    clock.shift(timedelta(minutes=3))
    [mail] = look(mail_server)
    assert "3 people asked to be let in" in mail.part("plain")
    assert reverse("access:access_requests", args=[link.item.public_id]) in mail.part("plain")


def test_once_answered_no_host_is_told_any_more(clock, mail_server, link, owner):
    for number, mailed in enumerate((True, False)):
        asked = ask(link, number, is_mailed=mailed)
        asked.answer, asked.answered_at = "declined", NOON
        asked.save()
    run_tasks()
    clock.shift(timedelta(minutes=3))
    assert look(mail_server) == []


def test_whoever_is_no_host_by_then_hears_nothing(mail_server, link, owner, co_editor):
    ask(link)
    link.item.co_editors.all().delete()
    run_tasks()
    assert [mail.recipients for mail in mail_server.arrived] == [[owner.email]]


# --- once ----------------------------------------------------------------------------------------


def test_a_second_look_finds_nothing_and_a_worker_that_dies_has_done_nothing(
    clock, link, owner, monkeypatch
):
    join(link, 1)
    clock.shift(timedelta(minutes=3))

    def die(*_args, **_options):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("access.notices.telling.outbox.add", die)
        with pytest.raises(SystemExit):
            tell_due()
    assert HostNotice.objects.waiting().count() == 1
    assert tell(owner.pk)
    assert not tell(owner.pk)
    assert OutgoingMail.objects.filter(kind=NOTICES).count() == 1


def a_later_host():
    host = factories.UserFactory(email="later@example.edu", notice_joined=NoticePace.AT_ONCE)
    return factories.GuestLinkFactory(item__owner=host, access_on=True)


def test_whose_notices_are_held_back_keeps_nobody_elses_back(
    clock, mail_server, link, owner, monkeypatch
):
    monkeypatch.setattr(telling, "MOST_AT_ONCE", 1)
    join(link, 1)
    clock.shift(timedelta(minutes=3))
    assert [mail.recipients for mail in look(mail_server)] == [[owner.email]]
    join(link, 2)
    join(a_later_host(), 3)
    clock.shift(timedelta(minutes=3))
    assert [mail.recipients for mail in look(mail_server)] == [["later@example.edu"]]


def test_where_telling_one_host_fails_the_others_are_told(
    clock, mail_server, link, owner, monkeypatch, caplog
):
    join(link, 1)
    join(a_later_host(), 2)
    clock.shift(timedelta(minutes=3))

    def fail(account_id):
        if account_id == owner.pk:
            raise ValueError
        return tell(account_id)

    with monkeypatch.context() as patch:
        patch.setattr(telling, "tell", fail)
        assert [mail.recipients for mail in look(mail_server)] == [["later@example.edu"]]
    assert f"Account {owner.pk} could not be told" in caplog.text
    assert [mail.recipients for mail in look(mail_server)] == [[owner.email]]


def test_every_worker_looks():
    assert tell_due in DUE


def test_a_look_at_nothing_is_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        tell_due()


def test_joining_costs_the_same_for_any_number_of_hosts(link, owner, django_assert_num_queries):
    with CaptureQueriesContext(connection) as first:
        join(link, 1)
    for _number in range(3):
        factories.CoEditorFactory(item=link.item)
    with django_assert_num_queries(len(first)):
        join(link, 2)
    assert HostNotice.objects.count() == 1 + 4


# --- the account ---------------------------------------------------------------------------------


def test_what_one_is_told_is_chosen_in_the_account(client_of, stranger):
    browser = client_of(stranger)
    page = browser.get(reverse("access:account"))
    assert "Emails about your media" in text_of(page)
    assert 'id="notices"' in page.content.decode()
    answers = {
        "first_name": "Pat",
        "notice_asked": "daily",
        "notice_bounced": "never",
        "notice_accepted": "at_once",
        "notice_joined": "never",
    }
    assert browser.post(reverse("access:account"), answers).status_code == 302
    stranger.refresh_from_db()
    assert stranger.notice_asked == NoticePace.DAILY
    assert stranger.notice_bounced == stranger.notice_joined == NoticePace.NEVER
    assert stranger.notice_accepted == NoticePace.AT_ONCE


def test_notices_go_with_the_account_and_with_their_mail(clock, link, owner, co_editor):
    set_pace(co_editor, joined=NoticePace.AT_ONCE)
    join(link, 1)
    clock.shift(timedelta(minutes=3))
    tell_due()
    co_editor.delete()
    assert set(HostNotice.objects.values_list("account", flat=True)) == {owner.pk}
    OutgoingMail.objects.update(failed_at=NOON)
    clock.shift(timedelta(days=15))
    forget_old_mails()
    assert not HostNotice.objects.exists()
