"""Whom a mail is from and to, as the bytes that a mail server got say it, whatever a name is."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import getaddresses

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access.accounts.models import User
from access.guests.services import confirming
from access.guests.services.confirming import CODE_MAIL as GUEST_CODE
from access.guests.services.joining import ask_host, join
from access.invitations.mails.texts import MISSED
from access.invitations.models import MailKind
from access.invitations.services.codes import CODE_MAIL
from access.invitations.services.new_links import NEW_LINK_ASKED
from access.invitations.services.telling import ask_for_mails
from access.mail import outbox
from access.mail.header_names import LONGEST, header_name
from access.mail.kinds import KINDS
from access.mail.messages import compose
from access.mail.texts import BrokenTextMail, mark_broken
from access.notices.telling import NOTICES, tell_due
from tests import factories
from tests.access.invitations.door_acts import ask_for_code
from tests.examples import examples
from tests.quiz_factories import ask_about_a_quiz
from tests.tasks import run_tasks

NASTY = [
    "IT Support <admin@example.edu>, and then some eighty letters that go on and on and on and on",
    "admin@example.edu, aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    'A lone " quote in a name that is long enough to be folded where the line of the header ends',
    "Team: Ada (Dean); [x] \\ and a list of people who are written to instead of the one meant",
    "=?utf-8?q?IT_Support_=3Cadmin=40example=2Eedu=3E=2C?= Ada",
    "Ada\r\nBcc: everybody@example.edu\r\n\r\nText",
    (
        "\u202eude.elpmaxe@nimda\u202c, \u05d9\u05d5\u05e1\u05d9 \u05db\u05d4\u05df "
        "\u05e9\u05dd \u05d0\u05e8\u05d5\u05da \u05de\u05d0\u05d5\u05d3"
    ),
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 12,
    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627 <admin@example.edu>",
    "\uff02Ada\uff02 \uff1cadmin\uff20example.edu\uff1e\uff0c and more",
    "<>@,;:",
]


def ask_for(kind, item, name):
    """Has a mail of that kind asked for, with `name` wherever somebody's own words can stand."""
    match kind:
        case "set_password":
            about = factories.UserFactory(first_name=name[:100], last_name="")
            outbox.add(kind=kind, mails=[(about.pk, about.email)], by=item.owner)
        case "access_request":
            link = factories.GuestLinkFactory(item=item)
            ask_host(link=link, name=name[:100], email="ada@example.org", message=name)
        case BrokenTextMail.name:
            User.objects.filter(is_superuser=True).delete()
            factories.UserFactory(is_superuser=True)
            mark_broken(factories.MailTextFactory(), why=name[:300])
        case str() if kind == CODE_MAIL:
            ask_for_code(factories.InvitationFactory(item=item, first_name=name[:100]))
        case str() if kind == GUEST_CODE:
            guest = factories.GuestAdmissionFactory(guest__link__item=item, name=name[:100])
            confirming.mail_code(confirming.code_of_browser(admission=guest, browser="")[0])
        case str() if kind == NEW_LINK_ASKED:
            about = factories.InvitationFactory(item=item, first_name=name[:100])
            outbox.add(kind=kind, mails=[(about.pk, item.owner.email)])
        case str() if kind == NOTICES:
            link = factories.GuestLinkFactory(item=item, access_on=True)
            with time_machine.travel(timezone.now() - timedelta(days=2)):
                join(link=link, key_version=1, name=name[:100], email="ada@example.org")
            tell_due()
        case str() if kind == MISSED:
            about = factories.InvitationFactory(item=item, first_name=name[:100], note=name)
            outbox.add(kind=kind, mails=[(about.pk, about.email)], by=item.owner)
        case "quiz_results" | "quiz_reminder":
            ask_about_a_quiz(kind, item, name=name[:100])
        case _:
            about = factories.InvitationFactory(item=item, first_name=name[:100], note=name)
            ask_for_mails(invitations=[about], kind=MailKind(kind), by=None)


def raw_header(raw: bytes, name: str) -> str:
    """As the bytes say it, folds included."""
    found = re.search(rb"^%s:((?:.*\r?\n)(?:[ \t].*\r?\n)*)" % name.encode(), raw, re.MULTILINE)
    return found[1].decode("ascii") if found else ""


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_name_adds_no_address_and_no_line_to_a_mail_of_any_kind(kind, mail_server):
    for name in NASTY:
        owner = factories.UserFactory(first_name=name[:100], last_name="")
        item = factories.MediaItemFactory(owner=owner, title=name[:100])
        with TestCase.captureOnCommitCallbacks(execute=True):
            ask_for(kind, item, name)
        run_tasks()
        arrived = mail_server.arrived.pop()
        assert mail_server.arrived == []
        assert arrived.recipients == [raw_header(arrived.raw, "To").strip()]
        for read_by in (policy.default, policy.compat32):
            message = message_from_bytes(arrived.raw, policy=read_by)
            [(_name, sender)] = getaddresses([str(message["From"])])
            assert sender == "foyer@testserver", (name, message["From"])
            assert message["Bcc"] is None
            assert "Text" not in message
            for header in ("To", "Reply-To"):
                if message[header]:
                    [(_name, address)] = getaddresses([str(message[header])])
                    assert address in {*arrived.recipients, "ada@example.org", owner.email}
        # Also with the quotes lost, as when a header is folded.
        bare = raw_header(arrived.raw, "From").replace('"', "")
        assert [address for _name, address in getaddresses([bare])] == ["foyer@testserver"]
        assert "admin@" not in bare
        assert b"=?utf-8?q?IT_Support" not in arrived.raw.split(b"\r\n\r\n")[0]


def test_a_long_name_of_a_sender_is_cut(settings):
    sender = "Ada Augusta King, Countess of Lovelace, Baroness Wentworth of Nettlestead"
    mail = compose(subject="Hello", text="Hello", to="grace@example.org", sender=sender)
    [(name, address)] = getaddresses([str(mail.message()["From"])])
    assert name == f"Ada Augusta King Countess of Lovelace… via {settings.SITE_NAME}"
    assert address == "foyer@testserver"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dr. Ada O'Brien-Šimić", "Dr. Ada O'Brien-Šimić"),
        ("علی\u200cرضا محمدی", "علی\u200cرضا محمدی"),
        ('"Ada" <a@b>', "Ada a b"),
        ("<>@", ""),
        ("=?utf-8?q?Ada?=", "utf-8?q?Ada"),
        ("e\u0301" * 30, "e\u0301" * 12 + "…"),
        ("🏳️\u200d🌈" * 4, "🏳️\u200d🌈" * 2 + "…"),
        ("👍🏽" * 6, "👍🏽" * 4 + "…"),
        ("🇩🇪" * 6, "🇩🇪" * 4 + "…"),
    ],
)
def test_a_name_is_cleaned_and_cut_between_characters_as_people_see_them(name, shown):
    assert header_name(name) == shown


@given(st.text(max_size=120))
@examples(200)
def test_whatever_is_typed_fits_and_means_nothing(name):
    made = header_name(name)
    assert len(made.encode()) <= LONGEST
    assert not set(made) & set('"<>,;:@\\()[]\r\n')
    assert "=?" not in made


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada@faß.de", "ada@xn--fa-hia.de"),
        ("ada@κλαρα-σωλις.ευ", "ada@xn----ylba7abgd9bnh0e.xn--qxa6a"),
        ("ada@bücher.de", "ada@xn--bcher-kva.de"),
    ],
)
def test_the_mail_server_is_told_the_domain_that_was_meant(
    mail_server, send, settings, address, written
):
    settings.DEFAULT_FROM_EMAIL = "Our site <foyer@faß.de>"
    host = factories.UserFactory(email=address)
    invitation = factories.InvitationFactory(email=address, item__owner=host)
    send(invitation)
    [arrived] = mail_server.arrived
    assert arrived.recipients == [written]
    assert arrived.sender == "foyer@xn--fa-hia.de"
    assert raw_header(arrived.raw, "To").strip() == written
    assert raw_header(arrived.raw, "Reply-To").strip() == written
