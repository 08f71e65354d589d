"""A message that stands in a dialog to be passed on: to the system's sheet, or by mail."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests import factories
from tests.reading import tags_of

pytestmark = pytest.mark.django_db


def ways_in(response):
    """Where the mail goes, its subject and words, and the words of the field that is shared."""
    tags = tags_of(response)
    (link,) = [one for one in tags if (one["href"] or "").startswith("mailto:")]
    (button,) = [one for one in tags if "data-share" in one]
    (field,) = [one for one in tags if f"#{one['id']}" == button["data-share"]]
    assert "hidden" in button
    address = urlsplit(link["href"])
    mail = {key: values[0] for key, values in parse_qs(address.query).items()}
    return address.path, mail, field.words


def lines(text):
    return text.replace("\r\n", "\n").strip()


def test_the_message_of_a_guest_link_can_be_shared_and_mailed(client_of, owner, item):
    link = factories.GuestLinkFactory(item=item, access_on=True)
    page = reverse("access:guest_link", args=[item.public_id, link.pk])
    to, mail, words = ways_in(client_of(owner).get(page))
    assert to == ""
    assert mail["subject"] == item.title
    assert lines(mail["body"]) == lines(words)


def test_the_message_of_an_invitation_is_mailed_to_whom_it_is_for(client_of, owner, item):
    invitation = factories.InvitationFactory(item=item, email="ada+lovelace@example.org")
    page = reverse("access:invitation_link", args=[item.public_id, invitation.pk])
    to, mail, words = ways_in(client_of(owner).get(page))
    assert to == "ada%2Blovelace@example.org"
    assert mail["subject"] == item.title
    assert lines(mail["body"]) == lines(words)
