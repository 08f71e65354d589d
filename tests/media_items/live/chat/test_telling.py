"""What is new in the chat as the process with the streams tells it: to whom, and what."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone, translation

from access.accounts.personal_data import key_of
from access.accounts.services import change_password
from access.audit.models import Act
from access.guests.models import GuestAdmission, GuestLink
from access.invitations.models import Invitation, InvitationProof
from access.rights.models import RightsChange
from access.rights.owed import is_owed
from access.rights.signing_out import end_presence_of
from media_items.catalogue.models import State
from media_items.live.chat import services
from media_items.live.chat.feeds import PAGE
from media_items.live.chat.models import ChatMessage
from media_items.live.chat.telling import FIRST, LONGEST_PIECE, ChatMaker, people_here
from media_items.live.events import telling
from media_items.live.events.facts import EVERYBODY, ONLY_MESSAGES, Fact, edition, only
from media_items.live.events.hub import Hub
from media_items.live.events.telling import CannotTell, News, Teller
from media_items.live.events.tickets import COOKIE_NAME, Ticket, read_ticket
from media_items.live.sessions import services as sessions
from media_items.live.sessions.models import Level, Participant, Stay
from media_items.live.sessions.upkeep import recent_cuts
from tests import factories
from tests.conftest import client_with_admissions
from tests.media_items.live.chat.test_news import MESSAGE, Page
from tests.media_items.live.conftest import come_in
from tests.media_items.live.events.test_hub import heard, kinds

# What takes a right from whoever is inside without a word in their row.
ENDS = [
    pytest.param(lambda user: end_presence_of(key_of(user)), id="signed out"),
    pytest.param(lambda user: change_password(user=user, password="another-one-9"), id="password"),
]

ENDS_AT = timezone.now().replace(microsecond=250_000) + timedelta(days=2)

VIEWER = edition("en", Level.AUDIENCE, moderates=False)
MODERATOR = edition("en", Level.MODERATOR, moderates=True)
HOST = edition("en", Level.HOST, moderates=True)


@pytest.fixture
def sit(sit):
    """Who is inside is also there."""

    def make(*words, **facts):
        me = sit(*words, **facts)
        Stay.objects.create(participant=me)
        return me

    return make


@pytest.fixture
def ada(sit):
    return sit()


@pytest.fixture
def grace(sit):
    return sit("Grace Hopper", level=Level.HOST)


@pytest.fixture
def maker(session):
    return ChatMaker(session.public_id)


@pytest.fixture
def news(maker, ada, grace):
    """`news()`: what is new for Ada, a viewer, and for Grace, the host."""
    return lambda: maker.news_for({VIEWER: frozenset([ada.pk]), HOST: frozenset([grace.pk])})


def ids_in(data):
    return [int(number) for number in MESSAGE.findall(data["rows"])]


class TestWhatIsNew:
    def test_each_message_is_told_once(self, say, news, grace):
        one = say("One", by=grace)
        told = news().shared[VIEWER]
        assert (told["after"], told["last"], ids_in(told)) == (0, one.pk, [one.pk])
        assert news() is None
        two, three = say("Two", by=grace), say("Three", by=grace)
        told = news().shared[VIEWER]
        assert (told["after"], told["last"]) == (one.pk, three.pk)
        assert ids_in(told) == [two.pk, three.pk]

    def test_the_first_time_it_is_the_newest(self, ada, session, news):
        made = ChatMessage.objects.bulk_create(
            ChatMessage(session=session, author=ada, text=f"{n}") for n in range(FIRST + 5)
        )
        told = news().shared[VIEWER]
        assert told["after"] == made[4].pk
        assert ids_in(told) == [message.pk for message in made[5:]]

    def test_a_removal_is_told_once_and_its_words_never(self, say, news, ada):
        message = say("Oops", by=ada)
        news()
        services.remove(message=message, by=ada)
        told = news().shared[VIEWER]
        assert (told["removed"], told["rows"]) == ([message.pk], "")
        assert news() is None
        gone = say("Never seen", by=ada)
        services.remove(message=gone, by=ada)
        assert "Never seen" not in str(news())

    def test_too_much_is_for_the_pages_to_ask_and_then_it_goes_on(self, say, news, ada, session):
        say("One", by=ada)
        news()
        ChatMessage.objects.bulk_create(
            ChatMessage(session=session, author=ada, text="x") for _ in range(PAGE + 1)
        )
        with pytest.raises(CannotTell):
            news()
        last = say("Go on", by=ada)
        assert ids_in(news().shared[VIEWER])[-1] == last.pk

    def test_what_is_too_long_for_a_stream_too(self, news, session, ada):
        ChatMessage.objects.bulk_create(
            ChatMessage(session=session, author=ada, text="<" * 2_000) for _ in range(10)
        )
        assert 10 * 2_000 * len("&lt;") > LONGEST_PIECE
        with pytest.raises(CannotTell):
            news()

    def test_what_is_long_in_bytes_too(self, news, session, ada):
        ChatMessage.objects.bulk_create(
            ChatMessage(session=session, author=ada, text="🙂" * 1_500) for _ in range(11)
        )
        with pytest.raises(CannotTell):
            news()
        assert news() is None  # pages have asked

    def test_a_chat_that_is_cleared_is_for_the_pages_to_ask_and_then_it_goes_on(
        self, news, session, say, ada, grace
    ):
        say("One", by=grace)
        news()
        ChatMessage.objects.bulk_create(
            ChatMessage(session=session, author=ada, text=f"{n}") for n in range(600)
        )
        oops = say("Oops", by=grace)
        services.remove(message=oops, by=grace)
        services.clear(session=session, by=grace)
        two = say("Two", by=grace)
        with pytest.raises(CannotTell):
            news()
        told = news().shared[VIEWER]
        assert (ids_in(told), told["removed"]) == ([two.pk], [oops.pk])
        services.remove(message=two, by=grace)
        assert news().shared[VIEWER]["removed"] == [two.pk]

    def test_after_a_clear_a_page_that_shows_nothing_misses_nothing(self, news, session, say, ada):
        kept, gone = say("Kept", by=ada), say("Gone", by=ada)
        news()
        services.remove(message=gone, by=ada)
        more = say("More", by=ada)
        told = news().shared[VIEWER]
        assert (told["after"], ids_in(told)) == (kept.pk, [more.pk])
        services.clear(session=session, by=ada)
        again = say("Again", by=ada)
        told = news().shared[VIEWER]
        assert (told["after"], ids_in(told)) == (0, [again.pk])

    def test_many_removals_one_by_one_are_told_one_by_one(self, news, say, ada):
        messages = [say(f"{n}", by=ada) for n in range(30)]
        news()
        for message in messages:
            services.remove(message=message, by=ada)
            assert news().shared[VIEWER]["removed"] == [message.pk]

    def test_nothing_of_another_session_nor_of_the_backchannel(self, news, grace, room, session):
        services.say_in_backchannel(author=grace, text="Behind the stage")
        assert news() is None
        services.say(author=grace, text="Hello")
        sessions.end_session(session=session)
        other = sessions.open_session(item=room)
        maker = ChatMaker(other.public_id)
        assert maker.news_for({HOST: frozenset([grace.pk])}) is None

    def test_it_costs_the_same_for_one_and_for_eleven(
        self, say, sit, news, maker, django_assert_num_queries
    ):
        """Messages, removed, changes of rights that are owed, who is there."""
        say("One")
        news()
        for number in range(2):
            for n in range(1 + 10 * number):
                say(f"Message {n}", by=sit(f"Person {number} {n}"))
            with django_assert_num_queries(4):
                assert news()


class TestEditions:
    def test_what_is_told_is_what_the_page_would_have_asked_for(
        self, let_guest_in, invite, host, session, room, say
    ):
        browsers = [let_guest_in(), invite("speaker"), invite("moderator"), host]
        say("Hello https://example.org/", by=session.participants.get(level=Level.MODERATOR))
        say("שלום", by=session.participants.get(level=Level.HOST))
        chat = f"/media/{room.public_id}/session/chat/"
        for browser in browsers:
            page = Page(browser, chat)
            ticket = read_ticket(browser.cookies[COOKIE_NAME].value, session=session.public_id)
            [mine] = [one for one in ticket.recipients if one.startswith("r ")]
            told = ChatMaker(session.public_id).news_for({mine: frozenset([ticket.participant_id])})
            answer = page.ask(last=0, first=0).content.decode()
            rows = told.of(mine, ticket.participant_id)["rows"]
            assert comparable(rows) == comparable(answer[: answer.rindex("</li>") + 5])

    def test_each_reads_their_own_language_and_has_their_own_buttons(self, say, maker, sit):
        moderator = sit("Mary", level=Level.MODERATOR)
        message = say("Hello", by=moderator)
        french = edition("fr", Level.AUDIENCE, moderates=False)
        readers = dict.fromkeys([VIEWER, french, MODERATOR, HOST], frozenset([moderator.pk]))
        told = maker.news_for(readers).shared
        with translation.override("fr"):
            assert moderator.get_level_display() in told[french]["rows"]
        assert "Moderator" in told[VIEWER]["rows"]
        assert "<form" not in told[VIEWER]["rows"]
        assert f"{message.pk}/pin/" in told[MODERATOR]["rows"]
        assert f"{message.pk}/remove/" in told[HOST]["rows"]
        assert "csrf" not in str(told)

    def test_what_is_ones_own_is_marked_for_oneself_alone(self, say, news, ada, grace):
        mine, other = say("Mine", by=ada), say("Other", by=grace)
        told = news()
        own = told.of(VIEWER, ada.pk)
        assert own["rows"].count("chat-own") == 1
        assert f"{mine.pk}/remove/" in own["rows"]
        assert f"{other.pk}/remove/" not in own["rows"]
        assert "chat-own" not in told.shared[VIEWER]["rows"]
        assert ids_in(own) == ids_in(told.shared[VIEWER])


def comparable(rows):
    """Without the forms' tokens, and the clock's zone, which the browser writes."""
    found = []
    for line in rows.splitlines():
        before, token, after = line.partition('<input type="hidden" name="csrfmiddlewaretoken"')
        line = before + after.partition(">")[2] if token else line
        found.append(line.replace(" UTC</time>", "</time>").strip())
    return "".join(found).replace("> <", "><")


class TestWhoIsTold:
    """Through the hub, as streams hear it."""

    @pytest.fixture
    def hub(self):
        return Hub()

    @pytest.fixture
    def open_stream(self, hub, session):
        def make(person, *also, reads=VIEWER, **more):
            recipients = frozenset([only(person.pk), *(also or [EVERYBODY]), reads])
            more = {"issued_at": time.time(), "read_at": inf, **more}
            return hub.open(Ticket(session.public_id, person.pk, recipients, **more))

        return make

    @pytest.fixture
    def tell(self, hub, session, maker):
        def make():
            news = maker.news_for(hub.readers(session.public_id))
            hub.tell_news(session.public_id, news)

        return make

    def test_whoever_is_inside(self, open_stream, tell, say, ada, grace):
        streams = [open_stream(ada), open_stream(grace, reads=HOST)]
        message = say("Hello", by=grace)
        tell()
        for stream in streams:
            [(kind, data)] = heard(stream)
            assert kind == "messages"
            assert ids_in(data) == [message.pk]

    @pytest.mark.parametrize("fact", ["removed_at", "right_ended_at"])
    def test_whoever_is_out_by_now_though_the_stream_is_open_hears_no_word(
        self, open_stream, tell, say, ada, grace, fact
    ):
        """What cuts it is on its way, or was lost."""
        stream = open_stream(ada)
        Participant.objects.filter(pk=ada.pk).update(**{fact: timezone.now()})
        say("Secret", by=grace)
        tell()
        assert [kind for kind, _ in heard(stream)] == ["chat"]
        assert "Secret" not in str(heard(stream))

    @pytest.mark.parametrize("act", ENDS)
    def test_nobody_who_has_signed_out_or_has_another_password(
        self, open_stream, tell, say, grace, session, stranger, act
    ):
        """Their row says no more than that they are not there; what cuts the stream was lost."""
        me = session.participants.create(
            key=str(key_of(stranger)), name="Ada", admitted_at=timezone.now()
        )
        Stay.objects.create(participant=me)
        stream = open_stream(me)
        act(stranger)
        say("Secret", by=grace)
        tell()
        assert kinds(stream) == ["chat"]
        assert set(recent_cuts(since=time.time() - 60)) == {me.pk}

    def test_nobody_whose_ticket_should_have_been_renewed(self, open_stream, tell, say, ada, grace):
        old, new = (open_stream(ada, issued_at=time.time() - age) for age in (75, 60))
        say("Hello", by=grace)
        tell()
        assert (kinds(old), kinds(new)) == (["chat"], ["messages"])

    def test_nobody_who_waits(self, open_stream, tell, say, ada, grace, sit):
        waiting = open_stream(sit("Waits", admitted_at=None), only(99))
        not_yet = open_stream(sit("Not in", admitted_at=None))
        open_stream(ada)
        say("Secret", by=grace)
        tell()
        assert kinds(waiting) == []
        assert kinds(not_yet) == ["chat"]

    def test_nobody_after_the_end(self, open_stream, tell, say, ada, grace, session):
        stream = open_stream(ada)
        say("Secret", by=grace)
        sessions.end_session(session=session)
        tell()
        assert kinds(stream) == ["chat"]

    def test_nobody_whose_right_has_ended_by_the_clock(self, open_stream, tell, say, ada, grace):
        stream = open_stream(ada, ends_at=time.time() - 0.001)
        say("Secret", by=grace)
        tell()
        assert heard(stream) == []

    def test_whoever_reads_no_edition_is_told_that_there_is_something(
        self, hub, open_stream, tell, say, ada, grace, session
    ):
        open_stream(grace)
        old = hub.open(
            Ticket(session.public_id, ada.pk, frozenset([EVERYBODY]), time.time(), read_at=inf)
        )
        say("Hello", by=grace)
        tell()
        assert kinds(old) == ["chat"]

    def test_a_page_that_listens_a_moment_later_hears_of_it_once(
        self, open_stream, tell, say, ada, grace
    ):
        began = time.time()
        before = open_stream(ada)
        say("Hello", by=grace)
        tell()
        after = open_stream(ada, read_at=began)
        assert (kinds(before), kinds(after)) == (["messages"], ["chat"])
        numbers = {
            line
            for stream in (before, after)
            for line in b"".join(stream._pieces).decode().splitlines()
            if line.startswith("id: ")
        }
        assert len(numbers) == 1  # a browser that has both acts upon one

    def test_those_who_read_alike_are_sent_the_same_bytes(self, open_stream, tell, say, sit, grace):
        streams = [open_stream(sit(f"Person {n}")) for n in range(5)]
        say("Hello", by=grace)
        tell()
        assert len({id(stream._pieces[0]) for stream in streams}) == 1


class TestDoubt:
    """A change of rights is committed and the rows of those inside do not say so yet."""

    @pytest.fixture
    def owe(self, session):
        def make():
            return RightsChange.objects.create(
                session=session, participant_ids=None, taken=False, act=Act.values[0]
            )

        return make

    def test_a_change_is_owed_until_it_is_applied(self, owe, session, django_assert_num_queries):
        assert not is_owed(session.public_id)
        change = owe()
        with django_assert_num_queries(1):
            assert is_owed(session.public_id)
        assert not is_owed("another2345")
        change.delete()
        assert not is_owed(session.public_id)

    @pytest.fixture
    def made(self, maker, ada, session, monkeypatch):
        monkeypatch.setattr(telling, "close_old_connections", lambda: None)
        readers = {VIEWER: frozenset([ada.pk])}
        return lambda: telling._made(maker, readers)

    def test_what_is_applied_while_it_is_looked_at_is_missed_by_no_question(
        self, owe, made, say, ada, grace, session, monkeypatch
    ):
        """Applying it writes that she is out, and that nothing is owed any more, in one commit."""
        assert made() is None
        say("Secret", by=grace)
        change = owe()

        def applied(_session):
            Participant.objects.filter(pk=ada.pk).update(right_ended_at=timezone.now())
            change.delete()
            return False

        def here(**words):
            people = people_here(**words)
            applied("")
            return people

        with monkeypatch.context() as patch:
            patch.setattr(ChatMaker.__module__ + ".people_here", here)
            with pytest.raises(CannotTell):
                made()
        monkeypatch.setattr(telling, "_doubts", [applied])
        assert ada.pk not in made().inside

    def test_what_was_not_told_for_doubt_is_told_with_the_next_news(self, owe, made, say, grace):
        one = say("One", by=grace)
        made()
        two = say("Two", by=grace)
        change = owe()
        with pytest.raises(CannotTell):
            made()
        change.delete()
        three = say("Three", by=grace)
        told = made().shared[VIEWER]
        assert (told["after"], ids_in(told)) == (one.pk, [two.pk, three.pk])

    def test_nobody_is_told_a_word_while_it_is(self, owe, made, say, grace):
        assert made() is None
        say("Secret", by=grace)
        change = owe()
        with pytest.raises(CannotTell):
            made()
        change.delete()
        say("Go on", by=grace)
        assert isinstance(made(), News)


class TestTheThread:
    """One for the chats of all sessions."""

    @pytest.fixture
    def streams(self):
        class Streams:
            def __init__(self):
                self.facts, self.news = [], []

            def readers(self, session):
                return {VIEWER: frozenset([1])}

            def tell(self, fact):
                self.facts.append((fact.session, fact.kind))

            def tell_news(self, session, news):
                self.news.append(session)

        return Streams()

    @pytest.fixture
    def makers(self, monkeypatch):
        """`makers["…"] = …`: what making news of this session does."""
        found = {}

        class Maker:
            def __init__(self, session):
                self.session = session

            def news_for(self, readers):
                found[self.session]()
                return News(frozenset(), {})

        monkeypatch.setattr(telling, "close_old_connections", lambda: None)
        monkeypatch.setattr(telling, "_makers", [Maker])
        return found

    def test_a_statement_that_hangs_silences_nobody(self, streams, makers, monkeypatch):
        monkeypatch.setattr(telling, "LONGEST_SECONDS", 0.1)
        monkeypatch.setattr(telling, "PAUSE_SECONDS", 0.01)
        goes_on = threading.Event()
        makers |= {"hangs": goes_on.wait, "other": lambda: None}

        async def scene():
            with ThreadPoolExecutor(1) as thread:
                teller = Teller(streams, thread)
                for one in ("hangs", "other"):
                    teller.hear(one)
                await asyncio.sleep(0.3)
                assert sorted(streams.facts) == [("hangs", "chat"), ("other", "chat")]
                teller.hear("other")  # nothing is put behind it
                await asyncio.sleep(0.05)
                assert streams.facts[2:] == [("other", "chat")]
                goes_on.set()
                await asyncio.sleep(0.05)
                teller.hear("other")
                await asyncio.sleep(0.05)
                assert (len(streams.facts), streams.news) == (3, ["other"])
                teller.end()

        asyncio.run(scene())

    def test_no_word_while_somebody_may_have_been_cut_unheard(self, streams, makers):
        knows = [False]
        makers["one"] = lambda: None

        async def scene():
            with ThreadPoolExecutor(1) as thread:
                teller = Teller(streams, thread, lambda: knows[0])
                teller.hear("one")
                await asyncio.sleep(0.05)
                assert (streams.facts, streams.news) == ([("one", "chat")], [])
                makers["one"] = lambda: knows.__setitem__(0, False)  # the bus was away meanwhile
                knows[0] = True
                teller.hear("one")
                await asyncio.sleep(0.3)
                assert (len(streams.facts), streams.news) == (2, [])
                teller.end()

        asyncio.run(scene())


def test_a_fact_about_messages_is_told_as_it_is_where_nobody_reads_for_the_streams(session):
    hub = Hub()
    stream = hub.open(Ticket(session.public_id, 1, frozenset([EVERYBODY]), time.time(), inf))
    hub.deliver(Fact(session.public_id, EVERYBODY, "chat", {ONLY_MESSAGES: True}))
    assert heard(stream) == [("chat", {"w": 2})]


# By the clock, with nobody to declare it. The page is refused from then on, or is another's.
ENDS_BY_THE_CLOCK = {
    "the item's time": lambda room, _me: room.update(available_until=ENDS_AT),
    "the guest link": lambda _room, me: of_key(me, GuestAdmission).update(expires_at=ENDS_AT),
    "the guest link of an unlisted item": lambda room, me: (
        room.update(state=State.UNLISTED),
        of_key(me, GuestAdmission).update(expires_at=ENDS_AT),
    ),
    "the invitation": lambda _room, me: of_key(me, Invitation).update(expires_at=ENDS_AT),
    "what this browser has proven of it": lambda _room, me: InvitationProof.objects.filter(
        invitation__in=of_key(me, Invitation)
    ).update(expires_at=ENDS_AT),
    "the HTTP session": lambda _room, _me: Session.objects.update(expire_date=ENDS_AT),
}


def of_key(me, kind):
    """What the key of a participant names; of an admission its link."""
    rows = kind.objects.filter(pk=me.key.partition(":")[2])
    if kind is GuestAdmission:
        return GuestLink.objects.filter(guests__admissions__in=rows)
    return rows


def expiry_of(browser, session):
    return read_ticket(browser.cookies[COOKIE_NAME].value, session=session.public_id).ends_at


@pytest.mark.parametrize("way", ENDS_BY_THE_CLOCK)
@pytest.mark.parametrize("waits", [False, True], ids=["inside", "waiting"])
def test_a_ticket_ends_with_the_first_of_what_it_rests_on(
    let_guest_in, invite, room, session, way, waits
):
    browser = let_guest_in() if "guest" in way or "item" in way else invite("viewer")
    me = session.participants.get()
    if waits:
        session.participants.update(admitted_at=None)
    ENDS_BY_THE_CLOCK[way](type(room).objects.filter(pk=room.pk), me)
    for path in ("", "heartbeat/") if waits else ("chat/", "heartbeat/"):
        ask = browser.post if path == "heartbeat/" else browser.get
        ask(f"/media/{room.public_id}/session/{path}")
        assert expiry_of(browser, session) == pytest.approx(ENDS_AT.timestamp(), rel=0, abs=0.001)


def test_a_ticket_of_two_proofs_ends_with_the_first(room, session):
    """By the second they are somebody else, who may have to wait."""
    links = [factories.GuestLinkFactory(item=room, access_on=True) for _ in range(2)]
    admissions = [factories.GuestAdmissionFactory(guest__link=one) for one in links]
    browser = come_in(client_with_admissions(*admissions), room)
    for n, link in enumerate(links):
        GuestLink.objects.filter(pk=link.pk).update(expires_at=ENDS_AT + timedelta(seconds=n))
    browser.get(f"/media/{room.public_id}/session/chat/")
    assert expiry_of(browser, session) == pytest.approx(ENDS_AT.timestamp(), rel=0, abs=0.001)
