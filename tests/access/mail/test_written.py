"""The bytes of mails: what `email` would write, with what is the same in many written once."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from access.email_addresses import normal_email
from access.invitations.mails.calendar import calendar_part
from access.mail.header_names import ascii_address, is_plain_address
from access.mail.messages import WholeWords, compose
from access.mail.written import Writer
from tests.examples import examples

PLAIN, OTHER = "ada@example.org", "o'brien@example.org"
LONG = f"{'a' * 64}@{'b' * 60}.example.org"


def in_parts(raw: bytes) -> tuple[list[bytes], list[bytes]]:
    """The headers, whose order means nothing, and all else but the boundaries."""
    for number, boundary in enumerate(re.findall(rb'boundary="(.*?)"', raw)):
        raw = raw.replace(boundary, b"boundary %d" % number)
    head, _empty, content = raw.replace(b"; boundary", b";\r\n boundary").partition(b"\r\n\r\n")
    # Django says it of the second text, too, where it says nothing.
    content = content.replace(b"MIME-Version: 1.0\r\n", b"")
    return sorted(re.split(rb"\r\n(?!\s)", head)), content.split(b"\r\n")


def by_email(message) -> bytes:
    return message.message(policy=WholeWords(linesep="\r\n", cte_type="7bit")).as_bytes()


@pytest.mark.parametrize("attached", [0, 2])
@pytest.mark.parametrize("html", ["", "<p>Hello</p>", f"<p>{'Grüße, ' * 40}</p>\n" * 20])
@pytest.mark.parametrize("text", ["Hello\n", "Привет\n\nмир", "“Long” " * 30, "", "a\r\nb\rc\n "])
def test_a_mail_is_what_email_writes(text, html, attached):
    writer = Writer()
    for to in (PLAIN, OTHER, LONG, "ada@bücher.de"):
        message = compose(
            subject="Приглашение на “занятие” " * 3,
            text=text,
            html=html,
            to=to,
            sender="Ève",
            reply_to=to,
        )
        for number in range(attached):
            message.attach(calendar_part(f"BEGIN:VCALENDAR\r\n{number}\r\n".encode()))
        message.extra_headers["Message-ID"] = f"<{'0f' * 16}@{'long.' * 3 * attached}example.org>"
        with time_machine.travel(0, tick=False):
            for _again in range(2):
                assert in_parts(writer.written(message)) == in_parts(by_email(message))


@pytest.mark.parametrize("also", ["cc", "bcc", "from", "no part", "no html", "a date"])
def test_an_unusual_mail_is_left_to_email(also):
    message = compose(subject="Hello", text="Hello", to=PLAIN)
    if also == "from":
        message.from_email = "foyer@bücher.de"
    elif also == "a date":
        message.extra_headers["date"] = "Mon, 30 Nov 2026 10:09:20 +0000"
    elif also == "no html":
        message.attach_alternative("# Hello", "text/markdown")
    elif also == "no part":
        message.attach("a.txt", "Hello", "text/plain")
    else:
        setattr(message, also, [OTHER])
    message.extra_headers["Message-ID"] = "<0f@example.org>"
    with time_machine.travel(0, tick=False):
        assert in_parts(Writer().written(message)) == in_parts(by_email(message))


@pytest.mark.parametrize("header", ["subject", "to", "from_email", "reply_to", "Message-ID", "X-A"])
def test_no_header_has_a_second_line(header):
    message = compose(subject="Hello", text="Hello", to=PLAIN)
    message.extra_headers["Message-ID"] = "<0f@example.org>"
    typed = "a@example.org\r\nBcc: b@example.org"
    if hasattr(message, header):
        setattr(message, header, [typed] if header in {"to", "reply_to"} else typed)
    else:
        message.extra_headers[header] = typed
    with pytest.raises(ValueError, match="linefeed"):
        Writer().written(message)


@pytest.mark.parametrize("to", ["ada@example.org\n", "ada@example.org ", "a@b@c", "a..b@c", "a@c."])
def test_what_is_not_plainly_an_address_is_none(to):
    assert not is_plain_address(to)


@given(st.from_regex(r"[a-z0-9_+.-]{1,12}@[a-z0-9.-]{1,12}", fullmatch=True))
@examples(200)
def test_a_plain_address_is_in_its_form(address):
    if is_plain_address(address):
        assert normal_email(address) == ascii_address(address) == address
        raw = by_email(compose(subject="Hello", text="Hello", to=address))
        [only] = message_from_bytes(raw, policy=policy.default)["To"].addresses
        assert only.addr_spec == address


def test_what_is_remembered_of_a_mail_says_nothing_in_the_next():
    writer = Writer()
    for to, subject, sender in ((PLAIN, "One", "Ada"), (OTHER, "Two", "Grace")):
        message = compose(subject=subject, text=subject, html=subject, to=to, sender=sender)
        message.extra_headers["Message-ID"] = "<0f@example.org>"
        read = message_from_bytes(writer.written(message), policy=policy.default)
        assert (read["To"], read["Subject"]) == (to, subject)
        assert read["From"].startswith(sender)
        said = [part.get_content().strip() for part in read.iter_parts()]
        assert said == [subject, subject]
