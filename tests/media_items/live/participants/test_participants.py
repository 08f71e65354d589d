"""The Participants tab: who is listed where, for whom, and at what cost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from access.invitations.services.inviting import let_moderators_invite
from media_items.live.sessions import services
from media_items.live.sessions.models import Level, Participant, Stay
from media_items.live.stage.models import Seat, SeatKind

pytestmark = pytest.mark.django_db


def url(item, end=""):
    return f"/media/{item.public_id}/session/participants/{end}"


def see(browser, address, **query):
    answer = browser.get(address, query, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def people(session, count, *, prefix="Person", here=True, **facts):
    """Many at once."""
    facts = {"admitted_at": timezone.now(), "role": "viewer", **facts}
    rows = Participant.objects.bulk_create(
        Participant(session=session, key=f"{prefix}:{n}", name=f"{prefix} {n:04}", **facts)
        for n in range(count)
    )
    left = None if here else timezone.now()
    Stay.objects.bulk_create(Stay(participant=row, left_at=left) for row in rows)
    return rows


def group(html, name):
    """The names in one group, in order; None where the group is absent."""
    start = html.find(f'id="people-{name}"')
    if start < 0:
        return None
    return re.findall(
        r'class="person-name"><bdi>(.*?)</bdi>', html[start : html.find("</details>", start)]
    )


def menu(html, of):
    start = html.find(f'id="{of}"')
    part = html[start : html.find("</div>\n</div>", start)] if start > 0 else ""
    return re.findall(
        r'role="menuitem"[^>]*>(?:<svg.*?</svg>)\s*(?:<span>)?\s*([A-Z][^<]*?)\s*<', part
    )


# --- groups ---------------------------------------------------------------------------------------


def test_everybody_stands_in_one_group_in_its_order(host, room, session):
    moment = timezone.now()
    zoe, amy = people(session, 2, prefix="Hand", hand_raised_at=moment)
    Participant.objects.filter(pk=zoe.pk).update(hand_raised_at=moment + timezone.timedelta(1))
    (speaker,) = people(session, 1, prefix="Speaker", role="speaker", level=Level.SPEAKER)
    Seat.objects.create(session=session, participant=speaker, kind=SeatKind.STAGE)
    (watcher,) = people(session, 1, prefix="Watcher")
    Seat.objects.create(session=session, participant=watcher, kind=SeatKind.WATCH)
    people(session, 1, prefix="Waiting", admitted_at=None)
    people(session, 1, prefix="Gone", here=False)
    html = see(host, url(room))
    assert group(html, "waiting") == ["Waiting 0000"]
    assert group(html, "hands") == [amy.name, zoe.name]
    assert group(html, "stage") == [speaker.name]
    assert group(html, "rest") == ["Noa Levi", watcher.name]
    assert group(html, "gone") == ["Gone 0000"]
    assert "All participants (5)" in html


def test_empty_groups_are_absent(host, room, session):
    html = see(host, url(room))
    assert group(html, "rest") == ["Noa Levi"]
    assert [group(html, name) for name in ("waiting", "hands", "stage", "gone")] == [None] * 4


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_who_does_not_moderate_sees_neither_who_waits_nor_who_is_gone(invite, room, session, role):
    people(session, 3, prefix="Waiting", admitted_at=None)
    people(session, 2, prefix="Gone", here=False)
    browser = invite(role)
    for html in (see(browser, url(room)), see(browser, url(room), q="Waiting")):
        assert "Waiting 0" not in html
        assert "Gone 0" not in html
    assert "All participants (1)" in see(browser, url(room))


def test_the_removed_are_in_no_group(host, room, session):
    people(session, 1, prefix="Removed", removed_at=timezone.now())
    assert "Removed 0000" not in see(host, url(room))


def test_whose_access_ended_is_no_longer_here_and_says_so(host, invite, room, session):
    people(session, 1, prefix="Ended", here=False, right_ended_at=timezone.now())
    people(session, 1, prefix="Waited", here=False, admitted_at=None, right_ended_at=timezone.now())
    html = see(host, url(room))
    assert group(html, "gone") == ["Ended 0000", "Waited 0000"]
    assert html.count("Access ended") == 2
    assert "Ended 0000" not in see(invite("viewer"), url(room))


def test_a_row_says_role_hand_and_microphone(host, room, session):
    (one,) = people(session, 1, role="speaker", level=Level.SPEAKER, hand_raised_at=timezone.now())
    Seat.objects.create(session=session, participant=one, kind=SeatKind.STAGE, microphone_on=True)
    html = see(host, url(room))
    row = html[html.find(f'id="person-{one.pk}"') :]
    for words in ("Speaker", "Hand raised", "Microphone on", "On stage"):
        assert words in row


@pytest.mark.parametrize(
    ("role", "certainty", "words"),
    [
        ("viewer", "signed_in", "Signed in"),
        ("viewer", "confirmed", "Verified"),
        ("viewer", "typed", "Not verified"),
        ("guest", "typed", "Not verified"),
    ],
)
def test_how_sure_we_are_of_others_is_for_moderators(
    host, invite, room, session, role, certainty, words
):
    people(session, 1, role=role, certainty=certainty)
    assert words in see(host, url(room))
    seen = see(invite("viewer"), url(room))
    row = seen[seen.find("Person 0000") :]
    assert words not in row.split("</li>")[0]


def test_one_sees_how_sure_we_are_of_oneself(invite, room, session):
    assert "Verified" in see(invite("viewer"), url(room))


# --- many -----------------------------------------------------------------------------------------


def test_a_dozen_need_no_search_and_more_have_one(host, room, session):
    people(session, 11)
    assert "data-few" in see(host, url(room))
    people(session, 1, prefix="Last")
    assert "data-few" not in see(host, url(room))


def test_a_hundred_are_on_one_page_and_more_are_paged(host, room, session):
    people(session, 99)
    html = see(host, url(room))
    assert len(group(html, "rest")) == 100
    assert 'class="pagination"' not in html
    people(session, 1, prefix="Zoe")
    html = see(host, url(room))
    assert len(group(html, "rest")) == 50
    assert "Zoe 0000" in group(see(host, url(room), page=3), "rest")
    assert "All participants (101)" in see(host, url(room), page=3)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999999", "99"])
def test_a_page_that_is_not_there_is_no_mistake(host, room, session, page):
    assert see(host, url(room), page=page)


def test_searching_finds_by_any_part_of_the_name_and_keeps_the_total(host, room, session):
    people(session, 150)
    (ada,) = people(session, 1, prefix="Ada Lovelace")
    html = see(host, url(room), q=" lovelace ")
    assert group(html, "rest") == [ada.name]
    assert "1 person found" in html
    assert "All participants (152)" in html


def test_more_hands_than_are_shown_are_counted(host, room, session):
    people(session, 60, hand_raised_at=timezone.now())
    html = see(host, url(room))
    assert len(group(html, "hands")) == 50
    assert "10 more people. Search by name to find them." in html


def test_two_thousand_people_cost_as_many_queries_as_one(
    host, room, session, django_assert_num_queries
):
    # item with session, me and settings; HTTP session, user, site's policy; counts, one group
    with django_assert_num_queries(6):
        see(host, url(room))
    people(session, 1, prefix="Newcomer", admitted_at=None)
    people(session, 1, prefix="Asker", hand_raised_at=timezone.now())
    with django_assert_num_queries(8):  # three groups
        see(host, url(room))
    people(session, 10)
    people(session, 11, prefix="Waiting", admitted_at=None)
    people(session, 11, prefix="Hand", hand_raised_at=timezone.now())
    with django_assert_num_queries(8):
        see(host, url(room))
    people(session, 2000, prefix="Crowd")
    with django_assert_num_queries(8):
        see(host, url(room))
    with django_assert_num_queries(6):  # in one group somebody is found
        see(host, url(room), q="Crowd 19", page=2)


# --- the three dots -------------------------------------------------------------------------------


def test_the_host_has_both_ways_to_invite_and_they_lead_back_here(host, room, session):
    html = see(host, url(room))
    entries = menu(html, "people-menu")
    assert entries[:2] == ["Invite users", "Invite guests"]
    back = f"?next={url(room).replace('/', '%2F')}"
    for name in ("access:invite_users", "access:guest_links"):
        assert f'href="{reverse(name, args=[room.public_id])}{back}"' in html
    assert "Stage access" in entries
    assert "Lock session" in entries
    assert html.count("By request") == 1


def test_entries_that_would_do_nothing_are_absent(host, room, session):
    entries = menu(see(host, url(room)), "people-menu")
    assert "Lower all hands" not in entries
    assert "Admit all waiting" not in entries
    people(session, 1, prefix="Hand", hand_raised_at=timezone.now())
    people(session, 1, prefix="Waiting", admitted_at=None)
    entries = menu(see(host, url(room)), "people-menu")
    assert {"Lower all hands", "Admit all waiting"} <= set(entries)


def test_a_moderator_invites_only_where_the_owner_lets_them(invite, owner, room, session):
    browser = invite("moderator")
    entries = menu(see(browser, url(room)), "people-menu")
    assert not {"Invite users", "Invite guests"} & set(entries)
    assert {"Stage access", "Lock session"} <= set(entries)
    let_moderators_invite(item=room, allowed=True, by=owner)
    entries = menu(see(browser, url(room)), "people-menu")
    assert "Invite users" in entries
    assert "Invite guests" not in entries


@pytest.mark.parametrize("role", ["viewer", "speaker"])
def test_who_may_do_nothing_to_others_has_no_dots(invite, room, session, role):
    people(session, 2)
    html = see(invite(role), url(room))
    assert 'role="menu"' not in html


def test_an_event_has_no_stage_and_no_hands(client_of, owner, event):
    browser = client_of(owner)
    services.open_session(item=event)
    browser.post(f"/media/{event.public_id}/session/enter/")
    entries = menu(see(browser, url(event)), "people-menu")
    assert not {"Stage access", "Mute all", "Lower all hands"} & set(entries)
    assert "Lock session" in entries


def test_moderators_have_a_menu_for_those_they_reach_and_no_others(invite, host, room, session):
    (viewer,) = people(session, 1, prefix="Viewer")
    (peer,) = people(session, 1, prefix="Peer", level=Level.MODERATOR)
    html = see(invite("moderator"), url(room))
    boss = Participant.objects.get(level=Level.HOST)
    assert "Copy name" in menu(html, f"person-{viewer.pk}-menu")
    for other in (peer, boss):
        assert f'id="person-{other.pk}-menu"' not in html


def test_names_are_text_and_nothing_else(host, room, session):
    Participant.objects.create(
        session=session, key="x", name='"><script>x</script>', admitted_at=timezone.now()
    ).stays.create()
    html = see(host, url(room))
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html
