"""What a ticket says, and which are none."""

import pytest
from django.core import signing
from django.http import HttpResponse

from media_items.live.events.facts import CREW, EVERYBODY, MODERATORS, only
from media_items.live.events.tickets import (
    COOKIE_NAME,
    BadTicket,
    give_ticket,
    read_ticket,
    take_ticket_away,
)

HERE = "abcdefgh2345"
NOON = 1_900_000_000


def written(**facts):
    response = HttpResponse()
    give_ticket(response, **{"session": HERE, "participant_id": 7, "inside": True, **facts})
    return response.cookies[COOKIE_NAME]


def test_a_ticket_is_read_as_it_was_written(time_machine):
    time_machine.move_to(NOON, tick=False)
    ticket = read_ticket(written().value, session=HERE)
    assert (ticket.session, ticket.participant_id, ticket.issued_at) == (HERE, 7, NOON)
    assert ticket.expires_at == NOON + 120
    assert ticket.read_at == NOON
    assert read_ticket(written(read_at=NOON - 3).value, session=HERE).read_at == NOON - 3


def test_one_of_the_release_before_is_good(time_machine):
    """While one process after the other begins anew."""
    time_machine.move_to(NOON, tick=False)
    old = signing.dumps(
        [HERE, 7, [only(7)], NOON - 1.0, NOON - 2.0], salt="media_items.live.ticket"
    )
    ticket = read_ticket(old, session=HERE)
    assert (ticket.read_at, ticket.expires_at) == (NOON - 2, NOON + 119)


@pytest.mark.parametrize(
    ("facts", "recipients"),
    [
        ({"inside": False}, {only(7)}),
        ({"inside": False, "crew": True, "moderates": True}, {only(7)}),
        ({}, {only(7), EVERYBODY}),
        ({"crew": True}, {only(7), EVERYBODY, CREW}),
        ({"crew": True, "moderates": True}, {only(7), EVERYBODY, CREW, MODERATORS}),
    ],
)
def test_it_names_whom_its_holder_hears_with(facts, recipients):
    assert read_ticket(written(**facts).value, session=HERE).recipients == recipients


def test_it_is_refused_when_its_time_is_over(time_machine):
    time_machine.move_to(NOON, tick=False)
    value = written().value
    time_machine.shift(119)
    read_ticket(value, session=HERE)
    time_machine.shift(1)
    with pytest.raises(BadTicket):
        read_ticket(value, session=HERE)


def test_it_is_refused_at_another_session():
    with pytest.raises(BadTicket):
        read_ticket(written().value, session="another2345")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "",
        lambda value: "nonsense",
        lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"),
        lambda value: "A" + value,
        lambda value: signing.dumps([HERE, 7, ["all"], NOON * 2]),  # another salt
    ],
    ids=["empty", "nonsense", "changed at the end", "changed at the start", "another salt"],
)
def test_a_forged_one_is_refused(change):
    with pytest.raises(BadTicket):
        read_ticket(change(written().value), session=HERE)


def test_something_else_under_the_same_salt_is_refused():
    for words in ("words", [HERE, 7], [HERE, 7, None, NOON * 2], [HERE, 7, ["all"], "late"]):
        with pytest.raises(BadTicket):
            read_ticket(signing.dumps(words, salt="media_items.live.ticket"), session=HERE)


def test_the_cookie_goes_to_the_stream_alone_and_no_script_reads_it(settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = written()
    assert cookie["path"] == f"/events/{HERE}/"
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == 120


def test_taking_it_away_names_the_same_cookie():
    response = HttpResponse()
    take_ticket_away(response, session=HERE)
    assert response.cookies[COOKIE_NAME]["path"] == f"/events/{HERE}/"
    assert response.cookies[COOKIE_NAME]["max-age"] == 0
