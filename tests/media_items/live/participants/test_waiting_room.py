"""The waiting room: who is at the door is let in once, or told that they are not."""

from __future__ import annotations

import pytest

from media_items.live.sessions import admitting, services
from media_items.live.sessions.models import Participant, Stay

pytestmark = pytest.mark.django_db


def url(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


@pytest.fixture
def by(host):
    """The host's row."""
    return Participant.objects.get()


@pytest.fixture
def waiting(by, session, let_guest_in):
    """`waiting(2)`: guests at the door, in the order in which they came."""
    services.lock_session(session=session)

    def make(count=1):
        for n in range(count):
            let_guest_in(name=f"Guest {n}")
        return list(Participant.objects.waiting().order_by("asked_at"))

    return make


def test_moderators_see_the_waiting_first_with_both_answers(host, room, waiting):
    (guest,) = waiting()
    html = host.get(url(room, "participants/"), headers={"HX-Request": "true"}).content.decode()
    assert html.find('id="people-waiting"') < html.find('id="people-rest"')
    assert f'aria-label="Admit {guest.name}"' in html
    assert f'aria-label="Decline {guest.name}"' in html
    assert "1 waiting" in host.get(url(room, "top/?inside=live")).content.decode()


def test_admitting_lets_one_in_and_names_who_did_it(host, room, by, waiting):
    first, second = waiting(2)
    host.post(url(room, f"participants/{first.pk}/admit/"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.is_inside
    assert first.admitted_by == by
    assert second.is_waiting


def test_admitting_twice_is_once_and_tells_the_one_person(by, session, waiting, announced):
    (guest,) = waiting()
    admit = {"session": session, "participant_id": guest.pk, "by": by}
    heard = announced(lambda: admitting.admit(**admit))
    assert heard == [("me", f"p{guest.pk}"), ("participants", "all")]
    assert announced(lambda: admitting.admit(**admit)) == []


def test_declining_tells_the_one_person_and_nobody_in_the_audience(by, session, waiting, announced):
    (guest,) = waiting()
    decline = {"session": session, "participant_id": guest.pk}
    heard = announced(lambda: admitting.decline(**decline))
    assert heard == [("me", f"p{guest.pk}"), ("participants", "mods")]
    guest.refresh_from_db()
    assert guest.declined_at
    assert not guest.is_inside
    assert announced(lambda: admitting.decline(**decline)) == []


def test_who_is_in_cannot_be_declined_any_more(by, session, waiting):
    (guest,) = waiting()
    admitting.admit(session=session, participant_id=guest.pk, by=by)
    assert not admitting.decline(session=session, participant_id=guest.pk)
    guest.refresh_from_db()
    assert guest.is_inside


def test_who_was_declined_by_mistake_is_let_in_after_all(host, room, by, session, waiting):
    (guest,) = waiting()
    host.post(url(room, f"participants/{guest.pk}/decline/"))
    html = host.get(url(room, "participants/")).content.decode()
    assert "Let in</button>" in html
    host.post(url(room, f"participants/{guest.pk}/admit/"))
    guest.refresh_from_db()
    assert guest.is_inside
    assert guest.declined_at is None


def test_who_has_gone_meanwhile_is_not_let_in(by, session, waiting):
    (guest,) = waiting()
    Stay.objects.filter(participant=guest).update(left_at=session.opened_at)
    assert not admitting.admit(session=session, participant_id=guest.pk, by=by)
    assert admitting.admit_all(session=session, by=by) == 0
    guest.refresh_from_db()
    assert guest.is_waiting


def test_who_was_removed_is_not_let_in_by_admitting(by, session, waiting):
    (guest,) = waiting()
    Participant.objects.filter(pk=guest.pk).update(removed_at=session.opened_at)
    assert not admitting.admit(session=session, participant_id=guest.pk, by=by)


def test_all_are_admitted_or_declined_in_one_go(host, room, waiting):
    waiting(3)
    answer = host.post(url(room, "participants/admit-all/"), follow=True)
    assert "3 people were let in." in answer.content.decode()
    assert Participant.objects.inside().count() == 4
    answer = host.post(url(room, "participants/admit-all/"), follow=True)
    assert "Nobody is waiting." in answer.content.decode()


def test_declining_all_leaves_those_inside_alone(host, room, waiting):
    waiting(3)
    host.post(url(room, "participants/decline-all/"))
    assert Participant.objects.inside().count() == 1
    assert not Participant.objects.waiting().exists()


def test_nobody_is_admitted_across_sessions(host, room, by, session, waiting):
    (guest,) = waiting()
    other = services.open_session(
        item=type(room).objects.create(owner=room.owner, kind=room.kind, title="Other")
    )
    assert not admitting.admit(session=other, participant_id=guest.pk, by=by)


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_who_does_not_moderate_lets_nobody_in(invite, room, session, let_guest_in, role):
    browser = invite(role)
    let_guest_in(waiting_room=True)
    guest = Participant.objects.waiting().get()
    for act in (f"{guest.pk}/admit/", f"{guest.pk}/decline/", "admit-all/", "decline-all/"):
        assert browser.post(url(room, f"participants/{act}")).status_code == 403
    guest.refresh_from_db()
    assert guest.is_waiting


def test_whoever_waits_hears_of_themself_alone(room, session, let_guest_in, by):
    """The ticket of somebody at the door names one recipient."""
    from media_items.live.events.tickets import COOKIE_NAME, read_ticket

    guest = let_guest_in(waiting_room=True)
    guest.get(url(room))
    ticket = read_ticket(guest.cookies[COOKIE_NAME].value, session=session.public_id)
    assert ticket.recipients == {f"p{Participant.objects.waiting().get().pk}"}


# --- two moderators at once ----------------------------------------------------------------------


@pytest.fixture
def moderator(waiting, invite):
    return invite("moderator")


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("admit", "decline", "Guest 0 was already let in."),
        ("admit", "admit", "Guest 0 was already let in."),
        ("decline", "decline", "Guest 0 was already declined."),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_the_moderator_who_was_slower_is_told(
    host, moderator, room, waiting, first, then, said, htmx
):
    (guest,) = waiting()
    headers = {"HX-Request": "true"} if htmx else {}
    host.post(url(room, f"participants/{guest.pk}/{first}/"), headers=headers)
    answer = moderator.post(
        url(room, f"participants/{guest.pk}/{then}/"), headers=headers, follow=not htmx
    )
    assert said in (answer["HX-Trigger"] if htmx else answer.text)


def test_a_moderator_who_presses_twice_is_told_nothing_of_others(host, room, waiting):
    (guest,) = waiting()
    htmx = {"HX-Request": "true"}
    answer = host.post(url(room, f"participants/{guest.pk}/admit/"), headers=htmx)
    assert "Guest 0 was let in." in answer["HX-Trigger"]
    answer = host.post(url(room, f"participants/{guest.pk}/admit/"), headers=htmx)
    assert "already" not in answer["HX-Trigger"]


def test_somebody_who_left_meanwhile_is_said_to_have_left(host, room, waiting):
    (guest,) = waiting()
    Stay.objects.filter(participant=guest).update(left_at=guest.asked_at)
    answer = host.post(url(room, f"participants/{guest.pk}/admit/"), headers={"HX-Request": "true"})
    assert "Guest 0 has left." in answer["HX-Trigger"]


def test_all_is_said_to_be_answered_already(host, moderator, room, waiting):
    waiting(2)
    htmx = {"HX-Request": "true"}
    assert (
        "2 people were let in."
        in host.post(url(room, "participants/admit-all/"), headers=htmx)["HX-Trigger"]
    )
    slower = moderator.post(url(room, "participants/decline-all/"), headers=htmx)
    assert "Nobody is waiting." in slower["HX-Trigger"]


def test_the_knock_names_the_first_who_waits_and_has_the_answer(host, room, waiting):
    assert host.get(url(room, "participants/knock/")).text.strip() == ""
    first, _second = waiting(2)
    page = host.get(url(room, "participants/knock/")).text
    assert "Guest 0</bdi> and 1 more person want to join." in page
    assert f"participants/{first.pk}/admit/" in page


# --- for everybody, as a setting ------------------------------------------------------------------


def test_with_the_waiting_room_of_the_item_everybody_but_moderators_waits(
    host, owner, client_of, room, session, invite, let_guest_in
):
    typed = {"early_entrance_minutes": "5", "stage_access": "everyone", "waiting_room": "on"}
    assert client_of(owner).post(url(room, "settings/"), typed).status_code == 302
    for browser in (invite("speaker"), let_guest_in()):
        html = browser.get(url(room)).content.decode()
        assert "Waiting for the host to let you in" in html
        assert "The host lets people in one by one." in html
    assert invite("moderator").get(url(room)).status_code == 302
    client_of(owner).post(url(room, "settings/"), typed | {"waiting_room": ""})
    assert let_guest_in().get(url(room)).status_code == 302
    assert Participant.objects.waiting().count() == 2  # they wait for an answer still
