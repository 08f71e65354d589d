"""What pages and scripts listen to, compared with the one list of the kinds of fact."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import timezone

from media_items.live.chat.feeds import BACKCHANNEL, CHAT
from media_items.live.events.facts import MOMENTS, STATES, FactKind

ROOT = Path(__file__).resolve().parents[4]
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
EVENT = re.compile(r"live:([a-z][a-z-]*|\{\{ chat\.name \}\})")
OF_THE_STREAM = re.compile(r"""#on\(\w+, "([a-z]+)"|addEventListener\("(closed|crowded)\"""")
# What a page says to itself: live/session.js and live/interactions.js at a pace of their own, or
# when the panel comes and goes, live/events.js when its person's right is over, and the stage when
# a seat is taken or left.
OF_THE_PAGE = {"people-due", "reactions", "over", "sheet", "seat"}
FRAGMENT = re.compile(r"<[a-z]+ [^>]*hx-trigger=\"[^\"]*from:body[^>]*>")
# In which nothing is pressed; and at the entrance, whose page has no live/fragments.js.
NOTHING_TO_PRESS = {"_messages_box.html", "waiting.html", "_entrance.html"}
# What the hub says of a stream and not as a fact.
OF_THE_HUB = {"closed", "crowded"}


def heard() -> dict[str, set[str]]:
    """Kind → the files that listen to `live:<kind>`."""
    found: dict[str, set[str]] = {}
    for file in [*TEMPLATES, *SCRIPTS]:
        for kind in EVENT.findall(file.read_text("utf-8")):
            names = {CHAT.name, BACKCHANNEL.name} if "chat" in kind else {kind}
            for name in names:
                found.setdefault(name, set()).add(file.name)
    return found


def test_nothing_is_listened_to_that_is_never_said():
    said = {*STATES, *MOMENTS} | OF_THE_PAGE
    assert {kind: files for kind, files in heard().items() if kind not in said} == {}


def test_every_kind_is_listened_to():
    assert {*STATES, *MOMENTS} - heard().keys() == set()


def test_no_fragment_of_a_session_changes_under_the_hand_of_who_presses_in_it():
    """static/js/live/fragments.js keeps it as it is meanwhile, and has it ask again."""
    fragments = {
        (file.name, tag)
        for file in (ROOT / "templates" / "media_items" / "live").rglob("*.html")
        for tag in FRAGMENT.findall(file.read_text("utf-8"))
    }
    assert {name for name, _ in fragments} > NOTHING_TO_PRESS
    for name, tag in fragments:
        if name not in NOTHING_TO_PRESS:
            assert "data-calm" in tag, tag
            assert "foyer:again" in tag, tag


def test_the_page_makes_only_events_that_something_asks_for():
    assert OF_THE_PAGE - heard().keys() == set()


def test_the_script_knows_what_is_said_of_the_stream_itself_and_names_no_other_kind():
    text = (ROOT / "static" / "js" / "live" / "events.js").read_text("utf-8")
    named = {one or other for one, other in OF_THE_STREAM.findall(text)}
    assert named == {FactKind.RIGHTS, FactKind.MISSED} | OF_THE_HUB


def kinds_in(html: str) -> tuple[list[str], list[str]]:
    states = re.search(r'data-state-facts="([^"]*)"', html)
    moments = re.search(r'data-moment-facts="([^"]*)"', html)
    return states[1].split(), moments[1].split()


def test_the_page_of_a_session_is_told_the_kinds_that_it_hears(host, room):
    html = host.get(f"/media/{room.public_id}/session/chat/").text
    assert kinds_in(html) == ([*STATES], [*MOMENTS])


def test_so_is_the_page_at_the_door(session, let_guest_in, room):
    session.locked_at = timezone.now()
    session.save()
    guest = let_guest_in(inside=False)
    html = guest.post(f"/media/{room.public_id}/session/enter/", follow=True).text
    assert "Waiting for the host to let you in" in html
    assert kinds_in(html) == ([*STATES], [*MOMENTS])
