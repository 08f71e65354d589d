"""What a person does at an invite link, as one-line acts for the tests of the door."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from access.invitations.models import InvitationCode
from access.invitations.services import codes
from access.links import invitation_token


def address(invitation, name="invitation"):
    return reverse(f"access:{name}", args=[invitation_token(invitation)])


def press(client, invitation, name="accept_invitation", **data):
    return client.post(address(invitation, name), data)


def ask_for_code(invitation):
    """As some browser does at the door."""
    code, _is_new = codes.code_of_browser(invitation=invitation, browser="")
    codes.mail_code(code)
    return code


def mailed_digits(invitation):
    """What stands in the newest code mail: the task makes the digits when it writes it."""
    return codes.make_digits(InvitationCode.objects.filter(invitation=invitation).latest("pk"))


def type_code(client, invitation, digits):
    return press(client, invitation, "invitation_code", code=digits)


def other_than(digits, step=1):
    return f"{(int(digits) + step) % 10**6:06}"


def come_in(client, invitation, **data):
    """Accept, read the mail, type the code."""
    press(client, invitation, **data)
    return type_code(client, invitation, mailed_digits(invitation))


def proven_client(invitation):
    client = Client()
    assert come_in(client, invitation).status_code == 302
    return client
