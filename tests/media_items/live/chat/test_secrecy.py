"""Nobody but those on and behind the stage reads a word of the backchannel, by any address of the
site and by any event.

A word that hypothesis invents is said behind the stage; then every kind of visitor asks for all
there is, and the word must not be in any answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from access.guests.models import GuestAdmission
from access.invitations.models import Invitation, InvitationRole
from access.links import guest_link_token, invitation_token
from media_items.catalogue.models import MediaItem, State
from media_items.live.chat import services
from media_items.live.chat.models import BackchannelMessage
from media_items.live.events.facts import CREW, MODERATORS
from media_items.live.events.tickets import COOKIE_NAME, BadTicket, read_ticket
from media_items.live.page.panels import panels as all_panels
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import LiveSession, Participant
from tests import factories, live_access, undoing
from tests.conftest import client_with_admissions, client_with_proofs
from tests.examples import examples
from tests.media_items.live.conftest import come_in
from tests.test_access_table import ADDRESSES, GROUPS
from tests.test_live_access import LiveWorld, make_world, wanted_words

WORDS = st.lists(st.from_regex(r"zq[a-z0-9]{14}", fullmatch=True), min_size=1, max_size=4)
HTMX = {"HX-Request": "true"}
CREW_OF_WORLD = ["owner", "co_editor", "moderator", "speaker"]


# --- who asks: each comes in as far as they get ------------------------------------------------


def _as_they_are(person: str) -> Callable[[LiveWorld], Client]:
    return lambda world: world.browser_of(person)


def _passer_by(world):
    """Has the address of an unlisted room."""
    MediaItem.objects.filter(pk=world.item.pk).update(state=State.UNLISTED)
    return come_in(Client(), world.item)


def _stranger_passing_by(world):
    MediaItem.objects.filter(pk=world.item.pk).update(state=State.UNLISTED)
    return come_in(world.browser_of("stranger"), world.item)


def _gallery_member(world):
    MediaItem.objects.filter(pk=world.item.pk).update(state=State.PUBLISHED)
    gallery = factories.PublicationFactory(item=world.item).gallery
    browser = Client()
    browser.force_login(factories.GalleryMembershipFactory(gallery=gallery).user)
    return come_in(browser, world.item)


def _guest_who_may_nothing(world):
    link = factories.GuestLinkFactory(
        item=world.item, access_on=True, may_chat=False, may_ask=False, may_raise_hand=False
    )
    admission = factories.GuestAdmissionFactory(guest__link=link)
    return come_in(client_with_admissions(admission), world.item)


def _ended_guest(world):
    browser = world.browser_of("guest")
    GuestAdmission.objects.update(ended_at=timezone.now())
    return browser


def _speaker_no_more(world):
    """Was a speaker, and inside; is a viewer now."""
    browser = world.browser_of("speaker")
    Invitation.objects.filter(role=InvitationRole.SPEAKER).update(role=InvitationRole.VIEWER)
    return browser


def _moderator_taken_back(world):
    browser = world.browser_of("moderator")
    Invitation.objects.filter(role=InvitationRole.MODERATOR).update(revoked_at=timezone.now())
    return browser


def _moderator_removed(world):
    me = world.participants["moderator"]
    Participant.objects.filter(pk=me.pk).update(removed_at=timezone.now())
    return world.browser_of("moderator")


def _speaker_not_come_in(world):
    Participant.objects.filter(pk=world.participants["speaker"].pk).delete()
    return world.browser_of("speaker")


def _moderator_elsewhere(world):
    room = factories.MediaItemFactory(owner=world.item.owner, kind=world.item.kind)
    sessions.open_session(item=room)
    proof = factories.InvitationProofFactory(
        invitation__item=room, invitation__role=InvitationRole.MODERATOR
    )
    return come_in(client_with_proofs(proof), room)


OTHERS = {
    **{
        person: _as_they_are(person)
        for person in ("viewer", "guest", "not_in", "waiting", "removed", "stranger", "nobody")
    },
    "passer_by": _passer_by,
    "stranger_passing_by": _stranger_passing_by,
    "gallery_member": _gallery_member,
    "guest_who_may_nothing": _guest_who_may_nothing,
    "ended_guest": _ended_guest,
    "speaker_no_more": _speaker_no_more,
    "moderator_taken_back": _moderator_taken_back,
    "moderator_removed": _moderator_removed,
    "speaker_not_come_in": _speaker_not_come_in,
    "moderator_elsewhere": _moderator_elsewhere,
}


# --- what is asked for -------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    name: str
    path: str
    is_live: bool


def _all_addresses(world: LiveWorld) -> list[Address]:
    """Every address of the site but the administration's, with words that mean something here."""
    tables = {row.name: table for table, row in live_access.ROWS_OF_TABLES}
    prepared = {
        table: table.words(world) for table in live_access.TABLES if hasattr(table, "words")
    }
    message = BackchannelMessage.objects.latest("pk").pk
    invitation = world.proofs["viewer"].invitation
    link = world.admissions["guest"].guest.link
    usual = {
        "public_id": world.item.public_id,
        "item_id": world.item.public_id,
        "link_id": link.pk,
        "request_id": 1,
        "guest_id": world.admissions["guest"].guest.pk,
        "key": f"i{invitation.pk}",
        "form": "csv",
        "kind": "room",
    }
    found = []
    for name in ADDRESSES:
        if name.partition(":")[0] in GROUPS:
            continue
        words = {**usual, **prepared.get(tables.get(name), {})}
        joins = name in {"access:join", "access:join_picture", "access:ask_host"}
        words["token"] = guest_link_token(link) if joins else invitation_token(invitation)
        wanted = wanted_words(name) if name in tables else ADDRESSES[name].pattern.converters
        path = reverse(name, kwargs={word: words.get(word, message) for word in wanted})
        found.append(Address(name, path, name in tables))
    return found


def _ask(browser: Client, method: str, path: str, data: dict, **more) -> bytes:
    """Everything of the answer; then all it did is undone."""
    with undoing.stage():
        answer = getattr(browser, method)(path, data, **more)
        whole = answer.serialize_headers() + answer.cookies.output().encode() + b"".join(answer)
        transaction.set_rollback(True)
    return whole.lower()


def _say(world: LiveWorld, words: list[str]) -> None:
    for number, word in enumerate(words):
        author = world.participants[CREW_OF_WORLD[number]]
        author.session = world.session
        services.say_in_backchannel(author=author, text=f"Psst {word} https://{word}.example/")


def _hears_of_the_crew(browser: Client, world: LiveWorld) -> bool:
    """Whether the ticket in this browser opens an ear to the crew."""
    if COOKIE_NAME not in browser.cookies or not browser.cookies[COOKIE_NAME].value:
        return False
    value = browser.cookies[COOKIE_NAME].value
    try:
        ticket = read_ticket(value, session=world.session.public_id)
    except BadTicket:  # of a page, on which nothing is said
        ticket = read_ticket(value, session=world.item.public_id)
    return bool(ticket.recipients & {CREW, MODERATORS})


@pytest.fixture
def world(db):
    return make_world("room")


_QUICKLY = {
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],  # shrinking asks for everything again
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
_FEW = examples(1, **_QUICKLY)
_MORE = examples(12, **_QUICKLY)
# Of the addresses of a session, in each example: hypothesis picks which.
_SOME = 12
# Of all other addresses, for each person: what is not a session's reads nothing of it, and who asks
# makes no difference to that. Ten people ask for each of them twice in a run.
_SHARE = 5


# All others ask for every address of a session in tests/test_live_access.py, by GET and POST.
_ONLY_HERE = sorted(set(OTHERS) - set(live_access.COLUMNS))


@pytest.mark.parametrize("person", _ONLY_HERE)
@_FEW
@given(words=WORDS)
def test_no_address_of_the_site_shows_a_word_of_it(world, person, words):
    place = _ONLY_HERE.index(person)
    with undoing.stage():
        _say(world, words)
        addresses = _all_addresses(world)
        elsewhere = [one for one in addresses if not one.is_live][place % _SHARE :: _SHARE]
        browser = OTHERS[person](world)
        for address in [one for one in addresses if one.is_live] + elsewhere:
            seen = _ask(browser, "get", address.path, {})
            assert not [word for word in words if word.encode() in seen], address.name
        assert not _hears_of_the_crew(browser, world)
        transaction.set_rollback(True)


@_MORE
@given(
    person=st.sampled_from(sorted(OTHERS)),
    words=WORDS,
    headers=st.sampled_from([{}, HTMX]),
    method=st.sampled_from(["get", "post"]),
    query=st.fixed_dictionaries(
        {},
        optional={
            "last": st.integers(0, 9),
            "first": st.integers(0, 9),
            "before": st.integers(0, 99),
            "since": st.just(1),
            "rights": st.sampled_from(["0", "1", "2m", "3m"]),
            "text": st.just("Hello"),
        },
    ),
    in_the_lobby=st.booleans(),
    pick=st.randoms(use_true_random=False),
)
def test_nothing_that_is_asked_or_done_in_a_session_shows_a_word_of_it(
    world, person, words, headers, method, query, in_the_lobby, pick
):
    with undoing.stage():
        _say(world, words)
        live = [one for one in _all_addresses(world) if one.is_live]
        if in_the_lobby:
            LiveSession.objects.update(opened_at=None)
        browser = OTHERS[person](world)
        ours = [one for one in live if "backchannel" in one.name]
        for address in [*ours, *pick.sample(live, _SOME)]:
            seen = _ask(browser, method, address.path, query, headers=headers)
            assert not [word for word in words if word.encode() in seen], address.name
        assert not _hears_of_the_crew(browser, world)
        transaction.set_rollback(True)


@pytest.mark.parametrize("person", CREW_OF_WORLD)
@_FEW
@given(words=WORDS)
def test_those_on_and_behind_the_stage_read_it_and_hear_of_it(world, person, words):
    """And so the tests above would see a word."""
    with undoing.stage():
        _say(world, words)
        browser = world.browser_of(person)
        pages = {
            address.name: _ask(browser, "get", address.path, {})
            for address in _all_addresses(world)
            if address.is_live
        }
        shown_on = {name for name, page in pages.items() if words[0].encode() in page}
        assert shown_on == {"media_items:backchannel"}
        assert _hears_of_the_crew(browser, world)
        transaction.set_rollback(True)


@_MORE
@given(words=WORDS)
def test_what_is_announced_of_it_is_for_the_crew_and_has_no_words(world, published, words):
    with undoing.stage():
        facts = published(lambda: _say(world, words))
        for message in BackchannelMessage.objects.all():
            facts += published(services.remove_from_backchannel, message=message)
        transaction.set_rollback(True)
    assert len(facts) == 2 * len(words)
    assert {(fact.recipients, fact.kind) for fact in facts} == {(CREW, "backchannel")}
    assert not any(fact.data for fact in facts)
    assert not [fact for fact in facts for word in words if word in fact.as_json()]


def test_after_the_end_no_panel_shows_the_chat_or_the_backchannel(world):
    author = world.participants["owner"]
    author.session = world.session
    services.say(author=author, text="zqchatzq")
    services.say_in_backchannel(author=author, text="zqbackzq")
    panels = {panel.url_name for panel in all_panels()}
    addresses = [address for address in _all_addresses(world) if address.name in panels]
    shown = []
    for person in [*CREW_OF_WORLD, *OTHERS]:
        with undoing.stage():
            browser = OTHERS[person](world) if person in OTHERS else world.browser_of(person)
            sessions.end_session(session=world.session)
            for address in addresses:
                for headers in ({}, HTMX):
                    seen = _ask(browser, "get", address.path, {}, headers=headers)
                    if b"zqchatzq" in seen or b"zqbackzq" in seen:
                        shown.append((person, address.name))
            transaction.set_rollback(True)
        world.session.refresh_from_db()
    assert addresses
    assert shown == []


def test_the_administration_has_no_page_of_it():
    assert not admin.site.is_registered(BackchannelMessage)
