"""Live sessions in the admin: read, ended through the service, and discreet."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_items.live.chat.models import BackchannelMessage
from media_items.live.interactions.models import PollAnswer
from media_items.live.sessions.models import SessionState
from tests.live_factories import (
    AudienceQuestionFactory,
    BackchannelMessageFactory,
    ChatMessageFactory,
    LiveSessionFactory,
    ParticipantFactory,
    PollFactory,
    StayFactory,
)

pytestmark = pytest.mark.django_db


def test_the_backchannel_has_no_page():
    assert BackchannelMessage not in site._registry


def test_no_page_says_a_word_of_the_backchannel(admin_client):
    one = BackchannelMessageFactory(text="Shall we end now?")
    StayFactory(participant=one.author)
    for model, row in (("livesession", one.session), ("participant", one.author)):
        for page in ("", f"{row.pk}/change/"):
            response = admin_client.get(f"/admin/live/{model}/{page}")
            assert response.status_code == 200
            assert "Shall we end" not in response.content.decode()


def test_ending_a_session_asks_first_and_then_puts_everybody_out(admin_client, act):
    stay = StayFactory(participant__session=LiveSessionFactory(live=True))
    session = stay.participant.session
    act(admin_client, session, "end_session")
    session.refresh_from_db()
    assert session.state == SessionState.LIVE
    page = act(admin_client, session, "end_session", confirmed="yes")
    session.refresh_from_db()
    stay.refresh_from_db()
    assert session.state == SessionState.ENDED
    assert stay.left_at
    assert "Done for 1 row." in page.content.decode()


def test_ending_twice_leaves_the_second_as_it_is(admin_client, act):
    session = LiveSessionFactory(ended=True)
    ended_at = session.ended_at
    page = act(admin_client, session, "end_session", confirmed="yes")
    session.refresh_from_db()
    assert session.ended_at == ended_at
    assert "1 row stays as it is." in page.content.decode()


def test_whoever_may_only_look_ends_nothing(staff_with, act):
    session = LiveSessionFactory(live=True)
    browser = staff_with("view_livesession")
    assert "end_session" not in browser.get("/admin/live/livesession/").content.decode()
    act(browser, session, "end_session", confirmed="yes")
    session.refresh_from_db()
    assert session.ended_at is None
    act(staff_with("view_livesession", "change_livesession"), session, "end_session",
        confirmed="yes")  # fmt: skip
    session.refresh_from_db()
    assert session.ended_at


@pytest.mark.parametrize(
    "name", ["livesession", "participant", "chatmessage", "audiencequestion", "poll"]
)
def test_rows_are_neither_added_changed_nor_deleted(admin_client, name):
    ChatMessageFactory()
    AudienceQuestionFactory()
    PollFactory()
    for page in ("add/", "1/delete/"):
        assert admin_client.get(f"/admin/live/{name}/{page}").status_code == 403
    model = next(model for model in site._registry if model._meta.model_name == name)
    address = f"/admin/live/{name}/{model.objects.first().pk}/change/"
    assert admin_client.post(address, {"text": "Changed"}).status_code == 403


def test_whoever_asked_without_a_name_has_none_here(admin_client):
    author = ParticipantFactory(name="Ada Asker", inside=True)
    question = AudienceQuestionFactory(author=author, anonymous=True, text="Secretly?")
    pages = [
        "/admin/live/audiencequestion/",
        "/admin/live/audiencequestion/?q=Secretly",
        f"/admin/live/audiencequestion/{question.pk}/change/",
    ]
    for address in pages:
        body = admin_client.get(address).content.decode()
        assert "Secretly?" in body
        assert "Asker" not in body
    found = admin_client.get("/admin/live/audiencequestion/", {"q": "Asker"})
    assert not found.context["cl"].queryset.exists()


@pytest.mark.parametrize(
    "lookup",
    [
        "audiencequestion/?author__id__exact=1",
        "audiencequestion/?author__name__startswith=A",
        "audiencequestion/?author=1",
        "audiencequestion/?votes__voter__name__startswith=A",
        "poll/?answers__voter__id__exact=1",
        "poll/?options__answers__voter__id__exact=1",
        "chatmessage/?text__startswith=A",
    ],
)
def test_nobody_narrows_a_list_until_a_secret_comes_out(admin_client, lookup):
    assert admin_client.get(f"/admin/live/{lookup}").status_code == 400


def test_deleted_words_are_shown_and_searched_by_nobody(admin_client):
    message = ChatMessageFactory(text="Rude words", deleted=True)
    for address in ("", f"{message.pk}/change/"):
        body = admin_client.get(f"/admin/live/chatmessage/{address}").content.decode()
        assert "(deleted)" in body
        assert "Rude words" not in body
    found = admin_client.get("/admin/live/chatmessage/", {"q": "Rude"})
    assert not found.context["cl"].queryset.exists()


def test_a_poll_says_how_many_chose_what_and_not_who(admin_client):
    poll = PollFactory(started=True)
    voter = ParticipantFactory(session=poll.session, name="Vera Voter")
    PollAnswer.objects.create(poll=poll, option=poll.options.first(), voter=voter)
    body = admin_client.get(f"/admin/live/poll/{poll.pk}/change/").content.decode()
    assert "Vera" not in body


@pytest.mark.parametrize("state", [SessionState.LOBBY, SessionState.LIVE, SessionState.ENDED])
def test_the_state_filter_agrees_with_each_session(admin_client, state):
    LiveSessionFactory()
    LiveSessionFactory(live=True)
    LiveSessionFactory(ended=True)
    page = admin_client.get("/admin/live/livesession/", {"state": state})
    [found] = page.context["cl"].queryset
    assert found.state == state


@pytest.mark.parametrize("state", ["removed", "declined", "inside", "waiting"])
def test_the_state_filter_of_people_agrees_with_each_row(admin_client, state):
    for facts in ({}, {"inside": True}, {"removed": True}, {"declined": True}):
        ParticipantFactory(**facts)
    page = admin_client.get("/admin/live/participant/", {"state": state})
    [found] = page.context["cl"].queryset
    words = {"removed": "Removed", "declined": "Not let in", "inside": "Let in"}
    assert page.context["cl"].model_admin.state_label(found) == words.get(state, "Waiting")


def test_a_person_of_many_stays_opens_in_few_queries(admin_client):
    one = ParticipantFactory(inside=True)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(f"/admin/live/participant/{one.pk}/change/")
        return len(captured)

    queries()  # content types are looked up once per process
    few = queries()
    for _n in range(10):
        StayFactory(participant=one, left_at=one.asked_at)
    assert queries() <= few + 1


def test_a_session_is_found_by_the_title_of_its_item(admin_client):
    session = LiveSessionFactory(item__title="Quantum office hour")
    LiveSessionFactory()
    page = admin_client.get("/admin/live/livesession/", {"q": "quantum"})
    assert list(page.context["cl"].queryset) == [session]
