"""The demo course: real media, every state, and nothing twice."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.accounts.models import User
from access.guests.models import Guest, GuestLink, LinkState
from access.invitations.models import (
    Invitation,
    InvitationProof,
    InvitationRole,
    InvitationState,
)
from access.links import guest_link_token
from access.mail.models import OutgoingMail
from access.memberships.models import GalleryMembership, GalleryRole
from access.register.states import with_states
from demo import course, days, seed
from demo.accounts import PASSWORD, PEOPLE
from demo.films import TINY
from demo.leaflet import leaflet
from media_items.catalogue.models import Kind, MediaItem, Phase, State
from media_items.live.interactions.models import PollAnswer
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level, LiveSession, SessionState
from media_items.processing.models import MediaFile, PreparationState, Purpose
from media_items.processing.probe import probe
from tests.tasks import run_tasks

QUICK = [course.ITEMS[0], *(item for item in course.ITEMS if item.kind == Kind.LIVE_EVENT)]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEVELOPMENT_PAGES = True


def put_in(items=QUICK):
    said: list[str] = []
    seed.seed(say=said.append, scale=TINY, items=items, workers=0)
    return said


def run_command(**options):
    out = io.StringIO()
    call_command("seed_demo", stdout=out, tiny=True, **options)
    return out.getvalue()


def counts():
    models = (User, MediaItem, GuestLink, Guest, MediaFile, Invitation, OutgoingMail)
    return [model.objects.count() for model in models]


@pytest.mark.long
@pytest.mark.django_db
def test_the_whole_demo_goes_in_once_and_says_so_the_second_time():
    first = run_command()
    assert PASSWORD in first
    before = counts()
    assert "there already" in run_command()
    assert counts() == before
    assert MediaItem.objects.count() == len(course.ITEMS)
    check_that_media_are_real()
    check_that_every_state_is_there()


def check_that_media_are_real():
    originals = MediaFile.objects.filter(purpose=Purpose.ORIGINAL).select_related(
        "item__preparation"
    )
    failed = [row for row in originals if row.item.preparation.failed_at]
    assert [row.item.title for row in failed] == ["Marsh walk, raw material"]
    for row in originals.exclude(item=failed[0].item):
        assert row.item.preparation.state == PreparationState.READY
        if row.item.kind == Kind.DOCUMENT:
            assert row.item.files.filter(purpose=Purpose.PAGE).count() >= 2
            continue
        found = probe(row.file.path)
        assert found.duration_ms > 500
        assert found.has_audio
        assert found.has_video == (row.item.kind == Kind.VIDEO)


def check_that_every_state_is_there():
    items = MediaItem.objects.all()
    now = timezone.now()
    assert {item.kind for item in items} == set(Kind)
    assert {item.state for item in items} == set(State)
    assert {item.phase_at(now) for item in items if item.is_scheduled_kind} == set(Phase)
    assert items.filter(deleted_at__isnull=False).exists()
    assert items.filter(available_from__gt=now).exists()
    links = GuestLink.objects.select_related("item__guest_access")
    states = {
        link.state_at(now, access_on=link.item.guest_access.enabled_at is not None)
        for link in links
    }
    assert states == set(LinkState) - {LinkState.DELETED}
    assert set(GalleryMembership.objects.values_list("role", flat=True)) == set(GalleryRole)
    assert Guest.objects.filter(removed_at__isnull=False).exists()
    assert Guest.objects.filter(erased_at__isnull=False).exists()
    invitations = with_states(Invitation.objects.all(), now)
    assert {one.state for one in invitations} == set(InvitationState)
    assert {one.role for one in invitations} == set(InvitationRole)
    assert set(MediaItem.objects.exclude(invitations=None).values_list("kind", flat=True)) == {
        Kind.VIDEO,
        Kind.DOCUMENT,
        Kind.ROOM,
        Kind.LIVE_EVENT,
        Kind.QUIZ,
    }


@pytest.mark.django_db
def test_what_was_begun_is_finished_and_nothing_is_made_twice():
    put_in(QUICK[:1])
    assert put_in()[-1].strip() == f"3 of 3: {QUICK[-1].title}"
    assert MediaItem.objects.count() == len(QUICK)


@pytest.mark.django_db
def test_every_account_of_the_demo_can_sign_in():
    put_in([])
    for person in PEOPLE:
        assert Client().login(username=person.email, password=PASSWORD)


@pytest.mark.django_db
def test_the_demo_mails_nobody_and_its_leaflet_is_true(
    mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        put_in()
        run_tasks()
    assert not mailoutbox
    assert OutgoingMail.objects.filter(sent_at__isnull=False).exists()
    check_that_the_leaflet_says_what_to_try_first()
    check_that_guest_links_do_what_the_leaflet_says()
    check_that_invite_links_do_what_the_leaflet_says()
    check_that_invitations_happened_in_order()


def check_that_the_leaflet_says_what_to_try_first():
    """Short enough for a window of eighty columns, but for the addresses."""
    said = leaflet(site="http://localhost:8000")
    first, *others = said.split("\n\n")
    assert first.startswith("Try this first")
    for word in ("/accounts/sign-in/", PEOPLE[0].email, PASSWORD, "/g/", "/dev/mail/"):
        assert word in first
    assert [part.split(":")[0].split(";")[0].split(",")[0] for part in others] == [
        *("Accounts", "Guest links", "Guest links that refuse", "Invite links"),
    ]
    lines = [line for line in said.splitlines() if not line.strip().startswith("http")]
    assert max(map(len, lines)) <= 100


def links_of(part, beginning):
    """Address and words of each link in a part of the leaflet."""
    lines = part.splitlines()
    return {
        line.strip(): before.strip()
        for before, line in pairwise(lines)
        if line.startswith(f"    {beginning}")
    }


def check_that_guest_links_do_what_the_leaflet_says():
    works, refused = leaflet(site="").split("Guest links that refuse")
    for words, status in ((works, 302), (refused, 403)):
        addresses = links_of(words, "/g/")
        assert addresses
        for address in addresses:
            person = {"name": "Vera Rubin", "email": "vera@school.example"}
            assert Client().post(address, person).status_code == status, address


def check_that_invite_links_do_what_the_leaflet_says():
    invited = leaflet(site="").partition("Invite links")[2]
    answers = {
        words: Client().get(address).status_code
        for address, words in links_of(invited, "/i/").items()
    }
    refused = {words for words, status in answers.items() if status == 403}
    assert {words.rpartition(": ")[2] for words in refused} == {
        "expired",
        "withdrawn by the host",
    }
    assert {status for words, status in answers.items() if words not in refused} == {200}
    assert any("/dev/mail/" in words for words in answers)


def check_that_invitations_happened_in_order():
    now = timezone.now()
    for one in Invitation.objects.all():
        moments = [one.opened_at, one.accepted_at or one.declined_at, one.revoked_at]
        moments = [one.created_at, *(moment for moment in moments if moment), now]
        assert moments == sorted(moments), one
    assert not InvitationProof.objects.filter(proven_at__gt=now).exists()


@pytest.mark.django_db
def test_a_guest_of_the_open_room_may_do_what_the_readme_tells_one_to_try():
    """Chat, ask, raise a hand; with the links that the demo prints."""
    put_in([item for item in course.ITEMS if item.kind == Kind.ROOM])
    links = GuestLink.objects.filter(item__kind=Kind.ROOM)
    assert links
    for link in links:
        session = sessions.open_session(item=link.item)
        guest = Client()
        guest.post(
            reverse("access:join", args=[guest_link_token(link)]),
            {"name": "Ada", "email": "ada@example.org"},
            follow=True,
        )
        acts = {"send_chat_message": {"text": "Hello"}, "ask_question": {"text": "Why?"}}
        for act, words in {**acts, "raise_hand": {}}.items():
            answer = guest.post(reverse(f"media_items:{act}", args=[link.item.public_id]), words)
            assert answer.status_code == 302, act
        assert session.messages.filter(text="Hello").exists()
        assert session.questions.filter(text="Why?").exists()


@pytest.mark.django_db
def test_the_session_that_is_over_has_people_words_and_numbers():
    put_in(QUICK[3:])
    session = LiveSession.objects.get(item__title="Opening of the autumn series")
    assert session.state == SessionState.ENDED
    keys = {key.partition(":")[0] for key in session.participants.values_list("key", flat=True)}
    assert keys == {"account", "invitation", "guest"}
    assert set(session.participants.values_list("level", flat=True)) == set(Level)
    assert session.messages.count() > 3
    assert session.questions.exclude(answered_live_at=None).exists()
    assert session.polls.get().answers.count() == 6
    came_not = Invitation.objects.filter(item=session.item, accepted_at=None)
    assert came_not.count() == 2


def said_while_away(session):
    """Words, questions and votes of somebody who was not there at that moment."""
    spoken = [(one.author, one.sent_at) for one in session.messages.select_related("author")]
    spoken += [(one.author, one.asked_at) for one in session.questions.select_related("author")]
    for poll in session.polls.all():
        spoken += [
            (one.voter, poll.closed_at)
            for one in PollAnswer.objects.filter(poll=poll).select_related("voter")
        ]
    assert len(spoken) > 10
    return [
        (str(who), moment)
        for who, moment in spoken
        if not who.stays.filter(came_at__lte=moment, left_at__gte=moment).exists()
    ]


def moments_of_questions(session):
    return [
        [moment for moment in (one.asked_at, one.published_at, one.taken_at) if moment]
        for one in session.questions.order_by("pk")
    ]


@pytest.mark.django_db
def test_nobody_in_the_session_that_is_over_speaks_before_coming_or_after_leaving():
    put_in(QUICK[3:])
    session = LiveSession.objects.get(item__title="Opening of the autumn series")
    assert said_while_away(session) == []
    before, began = moments_of_questions(session), session.opened_at
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        seed.bring_up_to_date(say=str)
        session.refresh_from_db()
        moved = session.opened_at - began
        assert moved > timedelta(days=2)
        assert said_while_away(session) == []
        assert moments_of_questions(session) == [
            [moment + moved for moment in moments] for moments in before
        ]


@pytest.mark.django_db
def test_each_film_has_a_line_of_progress():
    said = put_in(QUICK[:2])
    assert [line for line in said if " of 2: " in line and QUICK[0].title in line]


@pytest.mark.parametrize("hour", [0, 2, 9, 15, 23])
@pytest.mark.django_db
def test_whenever_the_demo_is_seeded_its_times_are_those_of_a_working_day(hour):
    with time_machine.travel(datetime(2026, 11, 29, hour, 17, tzinfo=days.zone()), tick=False):
        put_in([replace(item, make=None) for item in course.ITEMS])
        now = timezone.now()
        planned = MediaItem.objects.exclude(starts_at=None)
        for item in planned:
            for moment in (item.starts_at, item.ends_at):
                local = moment.astimezone(days.zone())
                assert (local.minute, days.MORNING <= local.hour <= days.EVENING + 1) == (0, True)
        happened = [
            *MediaItem.objects.values_list("created_at", flat=True),
            *Guest.objects.values_list("joined_at", flat=True),
            *Invitation.objects.values_list("created_at", flat=True),
        ]
        for moment in happened:
            local = moment.astimezone(days.zone())
            assert moment <= now
            assert days.MORNING <= local.hour < days.EVENING
        assert {item.phase_at(now) for item in planned} == set(Phase)
        yesterday = days.day_of(now) - timedelta(days=1)
        over = LiveSession.objects.exclude(ended_at=None).get()
        assert days.day_of(over.ended_at) == yesterday
        assert over.ended_at <= over.item.ends_at


@pytest.mark.django_db
def test_on_a_later_day_every_phase_is_there_again():
    put_in(QUICK[2:3])
    event = MediaItem.objects.get(title="Ask a mathematician")
    assert event.phase_at(timezone.now()) == Phase.OPEN
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert event.phase_at(timezone.now()) == Phase.ENDED
        seed.bring_up_to_date(say=str)
        event.refresh_from_db()
        assert event.phase_at(timezone.now()) == Phase.OPEN
        starts_at = event.starts_at
        seed.bring_up_to_date(say=str)
        event.refresh_from_db()
        assert event.starts_at == starts_at


@pytest.mark.django_db(transaction=True)
def test_removing_takes_rows_and_files_and_leaves_everybody_elses(settings):
    other = User.objects.create_user("other@example.edu")
    kept = MediaItem.objects.create(owner=other, kind=Kind.VIDEO, title=QUICK[0].title)
    put_in(QUICK[:2])
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    seed.remove()
    assert list(MediaItem.objects.all()) == [kept]
    assert list(User.objects.all()) == [other]
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_the_demo_is_refused_where_its_password_would_be_a_danger(settings):
    settings.DEVELOPMENT_PAGES = False
    with pytest.raises(CommandError, match="DEVELOPMENT_PAGES"):
        run_command()
    assert not User.objects.exists()


def test_captions_keep_step_with_a_shortened_film():
    half = replace(TINY, speed=2)
    assert "00:01.000 --> 00:02.500" in seed.webvtt([(2, 5, "Mitosis")], half)
