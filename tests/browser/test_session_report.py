"""The report of a session in a real browser: looked at, searched, and written to who missed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.invitations.models import Invitation, InvitationRole
from media_items.catalogue.models import Kind
from media_items.live.interactions.models import PollAnswer, ReactionKind
from media_items.live.sessions.models import EndReason, Level
from tests import factories
from tests.browser.looks import no_wider_than
from tests.live_factories import (
    AudienceQuestionFactory,
    BackchannelMessageFactory,
    BroadcastFactory,
    ChatMessageFactory,
    LiveSessionFactory,
    ParticipantFactory,
    PollFactory,
    ReactionFactory,
    StayFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize(
    ("width", "dark", "javascript"),
    [
        (1280, False, True),
        (1280, True, True),
        (390, False, True),
        (390, True, True),
        (390, False, False),
    ],
)
LONG = "Maximiliane-Katharina-Theodora von Hohenlohe-Langenburg " * 3


@pytest.fixture
def room(owner):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


@pytest.fixture
def session(room, owner):
    """An hour yesterday: forty guests who come and go, hard names, and everything that was said."""
    opened = (timezone.now() - timedelta(days=1)).replace(microsecond=0)

    def at(minutes):
        return opened + timedelta(minutes=minutes)

    session = LiveSessionFactory(
        item=room,
        made_at=at(-10),
        opened_at=opened,
        ended_at=at(60),
        end_reason=EndReason.BY_HOST,
    )

    def come(name, *stays, **facts):
        row = ParticipantFactory(
            session=session, name=name, asked_at=at(stays[0][0]), admitted_at=at(stays[0][0]),
            **facts,
        )  # fmt: skip
        for start, end in stays:
            StayFactory(participant=row, came_at=at(start), left_at=at(end))
        return row

    noa = come(
        "Noa Levi", (-8, 60), key=f"account:{owner.pk}", role="owner",
        certainty="signed_in", level=Level.HOST,
    )  # fmt: skip
    link = factories.GuestLinkFactory(item=room, name="Webinar", access_on=True)
    guests = []
    for n in range(40):
        email = f"guest{n if n != 7 else 6}@example.org"
        guest = link.guests.filter(email=email).first() or factories.GuestFactory(
            link=link, email=email
        )
        key = f"guest:{factories.GuestAdmissionFactory(guest=guest).pk}"
        name = {0: LONG[:100], 1: "محمد الخوارزمي", 2: "=HYPERLINK(1)"}.get(n, f"Guest {n:02}")
        stays = [(-5 + n * 7 % 20, 20 + n * 11 % 25)]
        if n % 3 == 0:
            stays.append((48, 60 - n % 5))
        guests.append(come(name, *stays, key=key, email=email))
    guests[4].removed_at = at(25)
    guests[4].save()
    ParticipantFactory(session=session, name="Dee Clined", declined_at=at(3), asked_at=at(2))

    def invite(email, first, last, **facts):
        return factories.InvitationFactory(
            item=room, email=email, first_name=first, last_name=last,
            created_at=at(-3_000), **facts,
        )  # fmt: skip

    grace = invite("grace@example.org", "Grace", "Hopper", accepted=True,
                   role=InvitationRole.SPEAKER)  # fmt: skip
    come(
        "Grace Hopper", (0, 30), (35, 60), key=f"invitation:{grace.pk}", role="speaker",
        certainty="confirmed", level=Level.SPEAKER, email=grace.email,
    )  # fmt: skip
    invite("alan@example.org", "Alan", "Turing")
    invite("edsger@example.org", "Edsger", LONG[:90], declined=True)
    invite("guest5@example.org", "", "", opened_at=at(-100))
    _chat(noa, guests)
    return session


def _chat(noa, guests):
    ChatMessageFactory(author=noa, text="Welcome, everybody!\nSlides: https://example.edu/slides")
    ChatMessageFactory(author=guests[1], text="مرحبا بالجميع")
    ChatMessageFactory(author=guests[0], text="W" * 300)
    BackchannelMessageFactory(author=noa, text="Not for the report")
    AudienceQuestionFactory(
        author=guests[5], text="Will this be recorded?", vote_count=12, answer="Yes, it is.",
        answered_by=noa, answered_at=timezone.now(),
    )  # fmt: skip
    AudienceQuestionFactory(author=guests[6], text="May I ask without a name?", anonymous=True)
    poll = PollFactory(made_by=noa, closed=True, options=("Yes", "No", "I need more time"))
    options = list(poll.options.all())
    for n, voter in enumerate(guests[:20]):
        PollAnswer.objects.create(poll=poll, option=options[n % 7 // 3], voter=voter)
    for n in range(9):
        kind = [ReactionKind.CLAP, ReactionKind.HEART][n % 2]
        ReactionFactory(author=guests[n], kind=kind)


@SIZES
def test_a_host_reads_the_report(
    open_page, axe, site, owner, room, session, picture, width, dark, javascript
):
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    end = f"{width}-{'dark' if dark else 'light'}-{javascript}"

    def look(name):
        picture(page, f"{name}-{end}")
        no_wider_than(page, width)
        if javascript:
            axe(page)

    page.goto(f"{site}/media/{room.public_id}/access/")
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_role("heading", name="Sessions", exact=True).wait_for()
    look("sessions")
    page.get_by_role("row").filter(has_text="Ended by the host").get_by_role("link").click()
    page.get_by_role("heading", name="Attendance over time").wait_for()
    page.get_by_text("Show the numbers").click()
    assert page.get_by_role("cell", name="0.0", exact=True).count() < 5
    page.get_by_text("Show the numbers").click()
    look("report")
    page.get_by_role("link", name="Did not attend").click()
    page.get_by_text("A guest joined with this email, which wasn’t verified.").wait_for()
    look("missed")
    for tab, words in (
        ("Chat", "Welcome, everybody!"),
        ("Questions", "Will this be recorded?"),
        ("Polls and reactions", "Ready for the next chapter?"),
    ):
        page.get_by_role("navigation", name="Report").get_by_role("link", name=tab).click()
        page.get_by_text(words).first.wait_for()
        look(tab.split(maxsplit=1)[0].lower())
        assert "Not for the report" not in page.content()


def test_people_are_found_while_typing_and_the_counts_narrow_the_list(
    open_page, site, owner, room, session
):
    page = open_page(user=owner)
    page.goto(f"{site}/media/{room.public_id}/sessions/{session.public_id}/")
    page.get_by_label("Name or email").press_sequentially("hopper")
    page.get_by_text("1 result").first.wait_for()
    page.get_by_role("cell", name="Invited by Noa Levi").wait_for()
    page.get_by_label("Name or email").fill("")
    page.get_by_text("42 results").first.wait_for()
    page.get_by_role("link", name="Removed or not let in").click()
    page.get_by_role("row").filter(has_text="Dee Clined").get_by_text("Not let in").wait_for()


@SIZES
def test_a_host_writes_to_those_who_missed_it(
    open_page, axe, site, owner, room, session, picture, width, dark, javascript
):
    recording = factories.MediaItemFactory(owner=owner, title="Office hour, the recording")
    BroadcastFactory(session=session, recording=recording)
    page = open_page(width=width, dark=dark, javascript=javascript, user=owner)
    page.goto(f"{site}/media/{room.public_id}/sessions/{session.public_id}/?show=missed")
    page.get_by_role("link", name="Email people who missed it").click()
    expect(page.get_by_label("Recording")).to_have_value(recording.public_id)
    picture(page, f"write-{width}-{dark}-{javascript}")
    no_wider_than(page, width)
    if javascript:
        axe(page)
    page.get_by_role("button", name="Review").click()
    page.get_by_text("invite 3 people to the recording").wait_for()
    picture(page, f"planned-{width}-{dark}-{javascript}")
    no_wider_than(page, width)
    page.get_by_role("button", name="Email 3 people").click()
    page.get_by_text("We’re emailing the recording to 3 people.").first.wait_for()
    picture(page, f"written-{width}-{dark}-{javascript}")
    assert Invitation.objects.on(recording).count() == 3
