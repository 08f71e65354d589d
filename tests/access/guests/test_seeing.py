"""See as a guest: what a guest of a link would see, shown to its host, and nothing else happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.audit.models import AccessEvent
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.seen_as import GuestOfLink
from access.mail.models import OutgoingMail
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind
from media_items.live.sessions.models import LiveSession, Participant
from tests import factories
from tests.quiz_factories import published_quiz
from tests.reading import text_of, text_of_page, words_of
from tests.statements import texts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


def door(link):
    return reverse("access:guest_door", args=[link.item.public_id, link.pk])


def inside(link):
    return reverse("access:guest_page", args=[link.item.public_id, link.pk])


def test_the_door_is_the_guests_and_its_button_leads_to_the_page_behind_it(host, link):
    page = text_of(host.get(door(link)))
    assert "Your name" in page
    assert "Have an account?" in page  # guests are not signed in
    assert f'href="{inside(link)}">Watch now</a>' in page
    assert "Nothing is sent or counted." in page
    assert reverse("access:guest_links", args=[link.item.public_id]) in page
    assert link.item.owner.email not in page  # the host's own name is not filled in


def test_the_page_behind_it_has_what_the_link_allows_and_nothing_of_the_host(host, link):
    page = words_of(host.get(inside(link)))
    assert "You’re here as Guest’s name (guest)" in page
    assert "You see this as a guest of “ Webinar ”." in page
    assert "Sign in" in page
    for words in ("Share", "Manage guest access", "Download", "Account", "My media"):
        assert words not in page
    GuestLink.objects.filter(pk=link.pk).update(may_download=True)
    shown = Visitor([GuestOfLink(GuestLink.objects.get(pk=link.pk))])
    assert shown.abilities_on(link.item) == {Ability.VIEW, Ability.DOWNLOAD}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("allowed", [True, False])
def test_somebody_shown_as_a_guest_has_the_rights_of_one_who_joined(owner, kind, allowed):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    names = ("may_download", "may_chat", "may_ask", "may_raise_hand", "may_take_quiz")
    link = factories.GuestLinkFactory(item=item, access_on=True, **dict.fromkeys(names, allowed))
    admission = factories.GuestAdmissionFactory(guest__link=link)
    [joined] = Visitor.of_participants(
        [Participant(pk=1, key=f"guest:{admission.pk}")], item=item
    ).values()
    shown = Visitor([GuestOfLink(link)])
    assert shown.abilities_on(item) == joined.abilities_on(item)
    assert shown.identity_on(item).kind == joined.identity_on(item).kind
    assert not list(shown.visible_items())


@pytest.mark.parametrize("kind", [Kind.VIDEO, Kind.DOCUMENT, Kind.ROOM, Kind.LIVE_EVENT])
def test_looking_writes_nothing_and_lets_nobody_in(host, owner, kind, guest_client, mailoutbox):
    item = factories.MediaItemFactory(owner=owner, kind=kind)
    link = factories.GuestLinkFactory(item=item, access_on=True)
    host.get(door(link))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answers = [host.get(door(link)), host.get(inside(link))]
    assert [one.status_code for one in answers] == [200, 200]
    harmless = ("SELECT", "SAVEPOINT", "RELEASE")
    written = [one for one in texts_of(queries) if not one.startswith(harmless)]
    assert written == []
    for answer in answers:
        assert "form-action 'none'" in answer["Content-Security-Policy"]
        assert "foyer_live" not in answer.cookies
    assert not Guest.objects.filter(link=link).exists()
    assert not AccessEvent.objects.filter(item=item).exists()
    assert not OutgoingMail.objects.exists()
    assert not LiveSession.objects.exists()
    assert not mailoutbox
    link.refresh_from_db()
    assert link.places_taken == 0
    # The host is who they were.
    assert "Share" in text_of_page(host.get(item.get_absolute_url()))


def test_what_acts_on_the_page_of_a_guest_does_not_act_here(host, owner):
    room = factories.MediaItemFactory(owner=owner, kind=Kind.ROOM)
    link = factories.GuestLinkFactory(item=room, access_on=True)
    page = text_of(host.get(inside(link)))
    assert '<div class="ways-in" inert>' in page
    assert "js/live/entrance.js" not in page
    assert "hx-get" not in page.partition("<main")[2].partition("</main>")[0]
    assert "data-hears" not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"paused_at": timezone.now()}, "The host has switched this link off"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "This link has expired"),
        ({"places": 1, "places_taken": 1}, "All places on this link are taken"),
    ],
)
def test_a_closed_link_is_shown_as_closed(host, link, fields, said):
    GuestLink.objects.filter(pk=link.pk).update(**fields)
    answer = host.get(door(link))
    assert answer.status_code == 200
    assert said in text_of_page(answer)
    assert "You see this as a guest" in text_of_page(answer)


def test_where_a_guest_would_see_nothing_the_page_leads_to_the_door(host, link):
    GuestLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    assert host.get(inside(link))["Location"] == door(link)


def test_links_of_others_and_of_other_items_are_not_looked_through(host, link, client_of, stranger):
    other = factories.GuestLinkFactory(access_on=True)
    for wrong in (
        reverse("access:guest_page", args=[link.item.public_id, other.pk]),
        inside(other),
        door(other),
    ):
        assert host.get(wrong).status_code == 404
    assert client_of(stranger).get(inside(link)).status_code == 404
    links_gone = factories.GuestLinkFactory(item=link.item, deleted=True)
    assert host.get(inside(links_gone)).status_code == 404


def test_from_the_item_one_looks_by_a_link_that_is_open(host, item):
    address = reverse("access:see_as_a_guest", args=[item.public_id])
    assert "?new=1" in host.get(address)["Location"]
    open_one = factories.GuestLinkFactory(item=item, access_on=True)
    paused = factories.GuestLinkFactory(item=item, paused=True)
    assert host.get(address)["Location"] == door(open_one)
    GuestLink.objects.filter(pk=open_one.pk).update(paused_at=timezone.now())
    assert host.get(address)["Location"] == door(paused)


def test_the_keys_of_nobody_prove_nothing(item, link):
    shown = Visitor([GuestOfLink(link)]).identity_on(item)
    [nobody] = Visitor.of_participants([Participant(pk=1, key=shown.key)], item=item).values()
    assert nobody.abilities_on(item) == frozenset()
    assert not GuestAdmission.objects.exists()


def test_a_closed_quiz_is_shown_as_its_guests_find_it(host, owner):
    ends_at = timezone.now() - timedelta(days=1)
    quiz = published_quiz(item__owner=owner, item__ends_at=ends_at)
    link = factories.GuestLinkFactory(item=quiz.item, access_on=True)
    page = text_of(host.get(door(link)))
    assert "This quiz is closed" in page
    assert 'name="email"' not in page


def test_a_quiz_that_is_only_looked_at_has_no_working_start(host, owner):
    quiz = published_quiz(item__owner=owner)
    link = factories.GuestLinkFactory(item=quiz.item, access_on=True, may_take_quiz=True)
    link.verify_before_quiz = True
    link.save()
    page = text_of(host.get(inside(link)))
    assert "disabled>Verify your email</button>" in page
    assert reverse("access:confirm_email", args=[quiz.item.public_id]) not in page
    link.verify_before_quiz = False
    link.save()
    page = text_of(host.get(inside(link)))
    assert reverse("media_items:start_quiz", args=[quiz.item.public_id]) not in page
    assert "disabled>Start the quiz</button>" in page
    assert "You are only looking, so nothing starts." in page
