"""Clicks of one browser at the same moment: one code, one mail, one try counted. With real threads,
on the database that the suite runs on."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from access.guests.models import AccessRequest
from access.invitations.models import InvitationCode, InvitationProof
from access.links import guest_link_token
from access.mail.models import OutgoingMail
from tests import factories
from tests.access.invitations.door_acts import address, mailed_digits, press, type_code
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invited(item):
    return factories.InvitationFactory(item=item, email="grace@example.org")


def browser_at(path):
    """A browser that has opened this page: it has its cookies, and no session yet."""
    browser = Client()
    browser.get(path)
    assert settings.CSRF_COOKIE_NAME in browser.cookies
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    return browser


def clicks(browser, times, path, data=None):
    """As many requests of one browser at the same moment; each answer's cookies apart."""
    same = [Client() for _click in range(times)]
    for one in same:
        one.cookies = deepcopy(browser.cookies)
    answers = at_once([lambda one=one: one.post(path, data or {}) for one in same])
    assert not [one for one in answers if isinstance(one, Exception)], answers
    return list(zip(same, answers, strict=True))


@pytest.mark.parametrize("times", [2, 50])
def test_many_clicks_on_accept_are_one_code_and_one_mail(invited, times):
    pressed = clicks(browser_at(address(invited)), times, address(invited, "accept_invitation"))
    assert {answer.status_code for _browser, answer in pressed} == {302}
    assert InvitationCode.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
    digits = mailed_digits(invited)
    # Whichever answer came last: the browser that keeps its cookies waits for this code.
    assert type_code(pressed[-1][0], invited, digits).status_code == 302
    assert InvitationProof.objects.count() == 1
    # The hour is not used up: nine of ten are left.
    assert [press(Client(), invited).status_code for _other in range(10)] == [302] * 9 + [429]


def test_each_of_the_answers_leaves_the_browser_with_the_code(invited):
    pressed = clicks(browser_at(address(invited)), 6, address(invited, "accept_invitation"))
    for browser, _answer in pressed:
        assert browser.get(address(invited, "invitation_code")).status_code == 200


def test_clicks_of_two_browsers_are_two_codes(invited):
    for browser in (browser_at(address(invited)), browser_at(address(invited))):
        clicks(browser, 2, address(invited, "accept_invitation"))
    assert InvitationCode.objects.count() == 2


def test_clicks_that_are_refused_are_refused_and_leave_no_code(invited):
    for _other in range(10):
        press(Client(), invited)
    pressed = clicks(browser_at(address(invited)), 4, address(invited, "accept_invitation"))
    assert 429 in {answer.status_code for _browser, answer in pressed}
    assert InvitationCode.objects.count() == 10
    for browser, _answer in pressed:
        assert browser.get(address(invited, "invitation_code")).status_code == 302


def test_many_clicks_on_a_new_password_are_one_mail(owner):
    path = reverse("access:reset_password")
    pressed = clicks(browser_at(path), 8, path, {"email": owner.email})
    assert {answer.status_code for _browser, answer in pressed} == {302}
    assert OutgoingMail.objects.count() == 1


def test_a_refused_one_is_refused_again(owner, settings):
    settings.PASSWORD_MAIL_RATE_PER_ADDRESS = "1/h"
    path = reverse("access:reset_password")
    Client().post(path, {"email": owner.email})
    browser = browser_at(path)
    for _click in range(2):
        assert browser.post(path, {"email": owner.email}).status_code == 429


def test_many_clicks_on_a_new_link_are_one_mail_to_each(invited):
    path = address(invited)
    type(invited).objects.filter(pk=invited.pk).update(key_version=invited.key_version + 1)
    pressed = clicks(browser_at(path), 8, address(invited, "ask_new_link"))
    assert {answer.status_code for _browser, answer in pressed} == {302}
    assert OutgoingMail.objects.count() == 2  # to the invited address, and to the host


def test_many_clicks_on_ask_the_host_are_one_request(link):
    path = reverse("access:ask_host", args=[guest_link_token(link)])
    typed = {"name": "Ada", "email": "ada@example.org", "message": "Please"}
    clicks(browser_at(path), 8, path, typed)
    assert AccessRequest.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
    browser = browser_at(path)
    browser.post(path, typed)
    browser.post(path, typed | {"message": "And once more"})
    assert AccessRequest.objects.count() == 3
