"""What stands in the mails: everything a person needs, and nothing that somebody smuggled in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language

from access.invitations.models import InvitationRole, MailKind
from access.links import invitation_address
from media_items.catalogue.models import Kind
from tests import factories

STARTS = datetime(2031, 10, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def event(owner):
    """A live event of `owner` in Berlin, on a summer afternoon."""
    return factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Questions and answers",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=90),
        time_zone="Europe/Berlin",
    )


@pytest.fixture
def mailed(mail_server, send):
    """`mailed(invitation, …)`: the mail as it arrived."""

    def act(invitation, **options):
        [mail] = send(invitation, **options)
        assert mail.sent_at, mail.answer
        return mail_server.arrived[-1]

    return act


def words(text):
    """Only the words, without marks, tags and isolates."""
    return re.findall(r"\w+", text)


def said_by_html(html):
    body = html.split("<body>")[1]
    return words(unescape(strip_tags(body.replace("<br>", " "))))


# --- who, what, when --------------------------------------------------------------------------


def test_the_mail_says_who_invites_whom_to_what_as_what(mailed, event):
    invitation = factories.InvitationFactory(
        item=event,
        role=InvitationRole.SPEAKER,
        note="Bring your slides.\nI look forward to it.",
        expires_at=STARTS + timedelta(days=1),
    )
    mail = mailed(invitation)
    text = mail.part("plain")
    assert text.startswith("Hello Grace,\n")
    assert "Noa Levi invites you to “Questions and answers” at Foyer." in text
    assert "As a speaker at this live event, you can speak on stage" in text
    assert "Bring your slides.\nI look forward to it." in text
    assert invitation_address(invitation) in text
    assert "To decline, open the link and choose Decline." in text
    assert "Reply to this email to reach Noa Levi." in text
    assert "expires on Mon 13 Oct 2031, 14:00 CEST" in text
    assert mail.message["Subject"] == "Noa Levi invites you to “Questions and answers”"


def test_the_time_is_in_the_items_own_zone_which_is_named(mailed, event):
    text = mailed(factories.InvitationFactory(item=event)).part("plain")
    assert "When: Sun 12 Oct 2031, 14:00 – 15:30 CEST. The" in text


def test_an_account_reads_it_on_its_own_clock_and_the_events_where_that_differs(mailed, event):
    reader = factories.UserFactory(email="ada@example.org", time_zone="America/New_York")
    invitation = factories.InvitationFactory(item=event, email=reader.email)
    text = mailed(invitation).part("plain")
    assert "Sun 12 Oct 2031, 08:00 – 09:30 EDT (event time: 14:00 CEST)" in text

    type(reader).objects.filter(pk=reader.pk).update(time_zone="Europe/Paris")
    text = mailed(invitation, kind=MailKind.AGAIN).part("plain")
    assert "When: Sun 12 Oct 2031, 14:00 – 15:30 CEST. The" in text


def test_an_end_without_an_event_is_on_the_sites_clock_or_the_accounts(mailed, item):
    type(item).objects.filter(pk=item.pk).update(time_zone="Asia/Tokyo")
    item.refresh_from_db()
    invitation = factories.InvitationFactory(item=item, expires_at=STARTS)
    assert "expires on Sun 12 Oct 2031, 12:00 UTC" in mailed(invitation).part("plain")
    factories.UserFactory(email=invitation.email, time_zone="Europe/Berlin")
    mail = mailed(invitation, kind=MailKind.AGAIN)
    assert "expires on Sun 12 Oct 2031, 14:00 CEST" in mail.part("plain")


def test_a_mail_is_in_the_language_of_its_reader(mailed, event, settings):
    settings.LANGUAGES = [("en", "English"), ("he", "עברית")]
    invitation = factories.InvitationFactory(item=event)
    assert '<html lang="en" dir="ltr">' in mailed(invitation).part("html")
    factories.UserFactory(email=invitation.email, language="he")
    mail = mailed(invitation, kind=MailKind.AGAIN)
    assert '<html lang="he" dir="rtl">' in mail.part("html")
    assert get_language() == "en"


def test_an_end_on_another_day_says_which(mailed, event):
    type(event).objects.filter(pk=event.pk).update(ends_at=STARTS + timedelta(hours=20))
    event.refresh_from_db()
    text = mailed(factories.InvitationFactory(item=event)).part("plain")
    assert "14:00 – Mon 13 Oct 2031, 10:00 CEST" in text


def test_what_there_is_nothing_of_is_not_mentioned(mailed, invitation):
    mail = mailed(invitation)
    for part in ("plain", "html"):
        text = mail.part(part)
        for left_out in ("When:", "writes:", "works until", "calendar", "{", "None"):
            assert left_out not in text.split("<body>")[-1]
    assert mail.calendar is None


@pytest.mark.parametrize("kind", list(MailKind))
def test_text_and_html_say_the_same(mailed, event, kind):
    invitation = factories.InvitationFactory(
        item=event, note="A & B <c>\nsecond line", expires_at=STARTS
    )
    mail = mailed(invitation, kind=kind)
    html = mail.part("html")
    has_link = kind != MailKind.CANCELLED
    assert said_by_html(html) == words(mail.part("plain"))
    assert (invitation_address(invitation) in html) is has_link
    assert html.count(f'href="{invitation_address(invitation)}"') == (2 if has_link else 0)


def test_the_html_needs_nothing_from_elsewhere_and_fits_a_phone(mailed, invitation):
    html = mailed(invitation).part("html")
    assert "<img" not in html
    assert "http" not in html.replace(invitation_address(invitation), "")
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"(?<!max-)\bwidth:\s*\d", html)
    assert "overflow-wrap: anywhere" in html


def test_the_mail_comes_in_the_hosts_name_and_the_answer_goes_to_the_host(mailed, invitation):
    message = mailed(invitation).message
    assert message["From"] == "Noa Levi via Foyer <foyer@testserver>"
    assert message["Reply-To"] == "noa@example.edu"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Cc" not in message
    assert "Bcc" not in message


def test_a_moderator_without_an_account_invites_in_their_own_name(mailed, event):
    moderator = factories.InvitationFactory(
        item=event,
        first_name="Mo",
        last_name="Derator",
        email="mo@example.org",
        role=InvitationRole.MODERATOR,
    )
    invitation = factories.InvitationFactory(
        item=event, invited_by=None, invited_by_invitation=moderator
    )
    message = mailed(invitation).message
    assert message["From"].startswith("Mo Derator via Foyer")
    assert message["Reply-To"] == "mo@example.org"


def test_where_the_hosts_account_is_gone_the_owner_stands_in(mailed, invitation):
    type(invitation).objects.filter(pk=invitation.pk).update(invited_by=None)
    invitation.refresh_from_db()
    assert mailed(invitation).message["Reply-To"] == "noa@example.edu"


def test_two_mails_of_one_invitation_are_two_and_one_mail_keeps_its_id(mailed, invitation):
    first = mailed(invitation).message["Message-ID"]
    second = mailed(invitation, kind=MailKind.REMINDER).message["Message-ID"]
    assert first != second
    assert re.fullmatch(r"<[0-9a-f]{32}@testserver>", first)


def test_an_expired_invitation_gets_no_link_when_a_new_one_is_asked_for(mailed, invitation):
    type(invitation).objects.filter(pk=invitation.pk).update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    invitation.refresh_from_db()
    mail = mailed(invitation, kind=MailKind.NEW_LINK)
    assert "/i/" not in mail.part("plain") + mail.part("html")
    assert "We’ve told Noa Levi" in mail.part("plain")


# --- what people type -------------------------------------------------------------------------

NASTY = "Eve\r\nBcc: everybody@example.org\r\n\r\nClick here"


def test_no_name_or_title_starts_a_header(mailed, owner, mail_server):
    type(owner).objects.filter(pk=owner.pk).update(first_name=NASTY, last_name="L\u2028X")
    owner.refresh_from_db()
    item = factories.MediaItemFactory(owner=owner, title=f"Title {NASTY}")
    mail = mailed(factories.InvitationFactory(item=item, first_name=NASTY, last_name=NASTY))
    assert "Bcc" not in mail.message
    assert len(mail_server.arrived) == 1
    assert mail.recipients == [mail.message["To"]]
    head = mail.raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"^Bcc:", head, re.MULTILINE | re.IGNORECASE)
    assert "\n" not in mail.message["Subject"]
    assert "Hello Eve Bcc: everybody@example.org Click here," in mail.part("plain")


def test_tags_are_words(mailed, owner):
    item = factories.MediaItemFactory(owner=owner, title="<script>alert(1)</script>")
    html = mailed(
        factories.InvitationFactory(item=item, note='<a href="https://evil.example">x</a>')
    ).part("html")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert 'href="https://evil.example"' not in html


def test_braces_in_a_title_are_no_placeholders(mailed, owner):
    item = factories.MediaItemFactory(owner=owner, title="Sets {link} {nonsense} {{ x }} {% y %}")
    mail = mailed(factories.InvitationFactory(item=item))
    assert "“Sets {link} {nonsense} {{ x }} {% y %}”" in mail.part("plain")


def test_names_of_every_script_arrive_as_they_are(mailed, owner):
    type(owner).objects.filter(pk=owner.pk).update(first_name="Žofie", last_name="Ōe 大江")
    owner.refresh_from_db()
    item = factories.MediaItemFactory(owner=owner, title="Zellteilung – größer 😀")
    mail = mailed(factories.InvitationFactory(item=item, first_name="Ægir"))
    assert mail.message["From"].startswith("Žofie Ōe 大江 via Foyer")
    assert mail.message["Subject"] == "Žofie Ōe 大江 invites you to “Zellteilung – größer 😀”"
    assert mail.part("plain").startswith("Hello Ægir,")
    assert mail.raw.isascii()


def test_words_from_right_to_left_do_not_disturb_the_sentence(mailed, owner):
    item = factories.MediaItemFactory(owner=owner, title="חלוקת התא")
    mail = mailed(factories.InvitationFactory(item=item))
    assert "“\u2068חלוקת התא\u2069”" in mail.part("plain")
    assert '<bdi dir="auto">חלוקת התא</bdi>' in mail.part("html")


def test_nobody_turns_the_text_around_by_invisible_marks(mailed, owner):
    type(owner).objects.filter(pk=owner.pk).update(first_name="\u202eivel\u2066", last_name="N")
    owner.refresh_from_db()
    item = factories.MediaItemFactory(owner=owner, title="a\u202eb\x0bc")
    mail = mailed(factories.InvitationFactory(item=item))
    everything = mail.part("plain") + mail.part("html") + str(mail.message["From"])
    assert not set(everything) & set("\u202a\u202b\u202d\u202e\u2066\u2067\x0b")


def test_very_long_words_stay_within_what_mail_allows(mailed, owner):
    item = factories.MediaItemFactory(owner=owner, title="x" * 200)
    mail = mailed(factories.InvitationFactory(item=item, note="y" * 1000))
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert "y" * 1000 in mail.part("plain")
