"""The six digits: what they open, for whom, how often they may be guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, TestCase
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access.invitations.models import InvitationCode, InvitationProof
from access.invitations.people import Inviter
from access.invitations.services import codes, managing
from access.mail.models import OutgoingMail
from access.roles import Role
from tests import factories
from tests.access.invitations.door_acts import (
    address,
    come_in,
    mailed_digits,
    other_than,
    press,
    type_code,
)
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, email="grace@example.org")


def guess_wrong(client, invitation, digits, times=1):
    return [
        type_code(client, invitation, other_than(digits, step)) for step in range(1, times + 1)
    ][-1]


# --- what the page says ---------------------------------------------------------------------------


def test_while_the_code_is_on_its_way_no_typing_costs_a_try_or_asks_for_another(client, invited):
    press(client, invited)
    page = text_of(type_code(client, invited, "123456"))
    assert "The newest code is still on its way." in page
    assert "no longer works" not in page
    assert "Send again" in page
    assert InvitationCode.objects.get().tries_left == codes.TRIES
    assert type_code(client, invited, mailed_digits(invited)).status_code == 302


def test_a_code_whose_email_failed_for_good_is_not_on_its_way(client, invited):
    press(client, invited)
    code = InvitationCode.objects.get()
    assert code.mails.update(failed_at=timezone.now()) == 1
    page = text_of(type_code(client, invited, "123456"))
    assert "still on its way" not in page
    assert "This code no longer works. Send yourself a new one." in page
    assert "Send again" in page


def test_a_code_that_is_mailed_while_one_types_still_works(client, invited, monkeypatch):
    """Between the try that found no digits and the look at why."""
    press(client, invited)
    find = InvitationCode.objects.filter
    seen = []

    def filter_then_mail(*args, **kwargs):
        found = find(*args, **kwargs)
        if "used_at" not in kwargs and kwargs.get("pk") and not seen:
            seen.append(mailed_digits(invited))
        return found

    code = InvitationCode.objects.get()
    monkeypatch.setattr(InvitationCode.objects, "filter", filter_then_mail)
    with pytest.raises(codes.NotSentYet):
        codes.check_code(code_id=code.pk, invitation=invited, digits="123456")
    monkeypatch.undo()
    codes.check_code(code_id=code.pk, invitation=invited, digits=seen[0])


def test_a_code_of_before_is_told_that_the_newest_is_on_its_way(client, invited):
    press(client, invited)
    before = mailed_digits(invited)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        page = text_of(client.post(address(invited, "send_code_again"), follow=True))
        assert "A new code is on its way." in page
        assert "The newest code is still on its way." in text_of(type_code(client, invited, before))
        digits = mailed_digits(invited)
        if before != digits:
            assert type_code(client, invited, before).status_code == 422
        assert type_code(client, invited, digits).status_code == 302


def test_after_five_wrong_codes_the_page_says_one_thing(client, invited):
    press(client, invited)
    digits = mailed_digits(invited)
    page = text_of(guess_wrong(client, invited, digits, times=codes.TRIES))
    assert "This code no longer works" in page
    assert "Send a new code" in page
    for untrue in ("It works in this browser", "Check your email", "Only the newest code"):
        assert untrue not in page


def test_only_the_newest_code_asked_for_in_this_browser_works(client, invited):
    other = Client()
    press(client, invited)
    mine = mailed_digits(invited)
    press(other, invited)
    mailed_digits(invited)
    page = text_of(client.get(address(invited, "invitation_code")))
    assert "Only the newest code that was asked for in this browser works." in page
    assert type_code(client, invited, mine).status_code == 302


# --- typing it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["{}", " {} ", "{0[0]} {0[1]} {0[2]} {0[3]} {0[4]} {0[5]}", "Code: {}.", "\u200e{}"]
)
def test_a_pasted_code_works_with_whatever_came_along(client, invited, typed):
    press(client, invited)
    digits = mailed_digits(invited)
    assert type_code(client, invited, typed.format(digits)).status_code == 302


def test_the_digits_of_other_scripts_work(client, invited):
    press(client, invited)
    arabic = mailed_digits(invited).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert type_code(client, invited, arabic).status_code == 302


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "1" * 41, "²²²²²²", "\x00"])
def test_what_is_no_code_costs_no_try(client, invited, typed):
    press(client, invited)
    mailed_digits(invited)
    response = type_code(client, invited, typed)
    assert response.status_code == 422
    assert InvitationCode.objects.get().tries_left == codes.TRIES


def test_a_wrong_code_says_how_many_tries_are_left(client, invited):
    press(client, invited)
    digits = mailed_digits(invited)
    for left in (4, 3, 2):
        response = guess_wrong(client, invited, digits)
        assert response.status_code == 422
        assert f"You can try {left} more times" in text_of(response)
    assert "You can try 1 more time." in text_of(guess_wrong(client, invited, digits))
    assert type_code(client, invited, digits).status_code == 302


def test_after_five_wrong_tries_even_the_right_code_is_wrong(client, invited, item):
    press(client, invited)
    digits = mailed_digits(invited)
    response = guess_wrong(client, invited, digits, times=5)
    assert "Send a new code" in text_of(response)
    response = type_code(client, invited, digits)
    assert response.status_code == 422
    assert "This code no longer works" in text_of(response)
    assert not InvitationProof.objects.exists()


def test_after_ten_minutes_the_code_is_too_old(client, invited):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        press(client, invited)
        digits = mailed_digits(invited)
        clock.shift(timedelta(minutes=10))
        response = type_code(client, invited, digits)
        assert response.status_code == 422
        assert "no longer works" in text_of(response)
        press(client, invited, "send_code_again")
        assert type_code(client, invited, mailed_digits(invited)).status_code == 302


def test_a_code_is_good_once(client, invited):
    come_in(client, invited)
    code = InvitationCode.objects.get()
    digits = codes.make_digits(code)
    with pytest.raises(codes.WrongCode):
        codes.check_code(code_id=code.pk, invitation=invited, digits=digits)


def test_before_the_mail_is_written_no_guess_is_right_and_none_is_counted(client, invited):
    press(client, invited)
    assert type_code(client, invited, "000000").status_code == 422
    assert InvitationCode.objects.get().tries_left == codes.TRIES


# --- whose it is ----------------------------------------------------------------------------------


def test_a_code_is_worth_nothing_in_another_browser(invited):
    first, second = Client(), Client()
    press(first, invited)
    digits = mailed_digits(invited)
    press(second, invited)
    mailed_digits(invited)
    assert type_code(second, invited, digits).status_code == 422
    assert type_code(Client(), invited, digits)["Location"] == address(invited)
    assert type_code(first, invited, digits).status_code == 302


def test_a_code_for_another_invitation_opens_nothing_here(client, item, invited):
    other = factories.InvitationFactory(item=item, email="mine@example.org")
    press(client, other)
    digits = mailed_digits(other)
    assert type_code(client, invited, digits)["Location"] == address(invited)
    press(client, invited)
    mailed_digits(invited)
    assert type_code(client, invited, digits).status_code == 422
    with pytest.raises(codes.WrongCode):
        codes.check_code(
            code_id=InvitationCode.objects.get(invitation=other).pk,
            invitation=invited,
            digits=digits,
        )


def test_one_browser_waits_for_the_codes_of_two_invitations_at_once(client, invited):
    other = factories.InvitationFactory()
    press(client, invited)
    press(client, other)
    for invitation in (invited, other):
        assert type_code(client, invitation, mailed_digits(invitation)).status_code == 302
    assert client.get(invited.item.get_absolute_url()).status_code == 200
    assert client.get(other.item.get_absolute_url()).status_code == 200


def test_a_forwarded_link_without_the_mailbox_does_not_come_in(invited, item):
    thief = Client()
    press(thief, invited)
    digits = mailed_digits(invited)
    assert guess_wrong(thief, invited, digits, times=5).status_code == 422
    assert thief.get(item.get_absolute_url()).status_code == 404
    assert not InvitationProof.objects.exists()


def test_correcting_the_address_ends_the_codes_that_went_to_the_old_one(client, invited, item):
    press(client, invited)
    code, digits = InvitationCode.objects.get(), mailed_digits(invited)
    by = Inviter(roles={Role.OWNER}, account=item.owner)
    managing.correct_address(invitation=invited, email="right@example.org", by=by, send_mail=False)
    with pytest.raises(codes.WrongCode):
        codes.check_code(code_id=code.pk, invitation=invited, digits=digits)


# --- keeping it -----------------------------------------------------------------------------------


def test_the_digits_are_kept_nowhere(client, invited):
    press(client, invited)
    digits = mailed_digits(invited)
    stored = repr(InvitationCode.objects.values().get()) + repr(client.session.items())
    assert digits not in stored
    assert InvitationCode.objects.get().digest


def test_the_digest_is_keyed_with_the_servers_secret(invited, settings):
    code = InvitationCode.objects.create(
        invitation=invited, expires_at=timezone.now() + timedelta(minutes=1)
    )
    digits = codes.make_digits(code)
    settings.SECRET_KEY = "another secret altogether, long enough for the check of its length"
    with pytest.raises(codes.WrongCode):
        codes.check_code(code_id=code.pk, invitation=invited, digits=digits)


# --- another one ----------------------------------------------------------------------------------


def test_another_code_is_to_be_had_after_thirty_seconds_and_not_before(client, invited):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        press(client, invited)
        page = text_of(client.get(address(invited, "invitation_code")))
        assert 'data-wait="30"' in page
        clock.shift(timedelta(seconds=29))
        press(client, invited, "send_code_again")
        assert InvitationCode.objects.count() == 1
        page = text_of(client.get(address(invited, "invitation_code")))
        assert "You can ask for a new code in 1 second." in page
        clock.shift(timedelta(seconds=1))
        assert "data-wait" not in text_of(client.get(address(invited, "invitation_code")))
        press(client, invited, "send_code_again")
        assert InvitationCode.objects.count() == 2


def test_a_new_code_takes_the_place_of_the_one_before(client, invited):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        press(client, invited)
        old = mailed_digits(invited)
        clock.shift(timedelta(seconds=31))
        press(client, invited, "send_code_again")
        new = mailed_digits(invited)
        if old != new:
            assert type_code(client, invited, old).status_code == 422
        assert type_code(client, invited, new).status_code == 302


def test_pressing_accept_twice_sends_one_code(client, invited):
    press(client, invited)
    press(client, invited)
    assert InvitationCode.objects.count() == 1


def test_a_browser_that_asked_for_none_has_nothing_sent_again(client, invited):
    assert press(client, invited, "send_code_again")["Location"] == address(invited)
    assert not InvitationCode.objects.exists()


def test_the_code_is_asked_for_after_commit_with_its_id_and_nothing_else(client, invited):
    with TestCase.captureOnCommitCallbacks(execute=True):
        press(client, invited)
    [task], [asked] = DBTaskResult.objects.all(), OutgoingMail.objects.all()
    assert task.args_kwargs == {"args": [[asked.pk]], "kwargs": {}}
    assert asked.about == InvitationCode.objects.get()


# --- throttles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting",
    [
        "CODE_RATE_PER_INVITATION",
        "CODE_RATE_PER_INVITATION_A_DAY",
        "CODE_RATE_PER_NETWORK",
        "CODE_RATE_PER_SITE",
    ],
)
def test_asking_for_codes_is_throttled_without_regard_to_cookies(invited, settings, setting):
    setattr(settings, setting, "2/h")
    responses = [press(Client(), invited) for _n in range(3)]
    assert [response.status_code for response in responses] == [302, 302, 429]
    assert "Too many attempts" in text_of(responses[-1])
    assert "minute" in text_of(responses[-1])
    assert InvitationCode.objects.count() == 2


def test_one_invitation_at_its_limit_takes_nothing_from_the_others(invited, settings):
    settings.CODE_RATE_PER_INVITATION = "1/h"
    settings.CODE_RATE_PER_SITE = "2/h"
    for _n in range(5):
        press(Client(), invited)
    assert press(Client(), factories.InvitationFactory()).status_code == 302


def test_the_site_has_a_limit_of_its_own_over_all_invitations(settings):
    settings.CODE_RATE_PER_SITE = "2/h"
    statuses = [press(Client(), factories.InvitationFactory()).status_code for _n in range(3)]
    assert statuses == [302, 302, 429]


def test_the_whole_budget_of_a_link_without_its_mailbox(invited, settings, item):
    """Ten codes an hour, five tries each: fifty guesses at one in a million."""
    settings.CODE_RATE_PER_INVITATION = "10/h"
    compared = 0
    for _n in range(12):
        thief = Client()
        if press(thief, invited).status_code == 429:
            continue
        digits = mailed_digits(invited)
        guess_wrong(thief, invited, digits, times=8)
        compared += codes.TRIES - InvitationCode.objects.latest("pk").tries_left
    assert compared == 50
    assert not InvitationProof.objects.exists()


def test_who_is_inside_needs_no_code_at_the_limit(invited, settings, item):
    browser = Client()
    come_in(browser, invited)
    settings.CODE_RATE_PER_INVITATION = "1/h"
    press(Client(), invited)
    assert press(browser, invited)["Location"] == item.get_absolute_url()
