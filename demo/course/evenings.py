"""The media of Open Lectures, by Dr. Tanaka."""

from __future__ import annotations

from access.invitations.models import InvitationRole
from demo import drawing, films
from demo.course.shapes import DAY, Attendee, DemoGuest, Invited, Item, Link, PastSession
from demo.days import On
from media_items.catalogue.models import Kind, State

_TOWNSPEOPLE = [
    DemoGuest("Harriet Pfister", "harriet@example.net", 8 * DAY),
    DemoGuest("Bruno Keller", "bruno@example.net", 7 * DAY),
    DemoGuest("Aiko Mori", "aiko@example.jp", 5 * DAY),
    DemoGuest("Petra Lindqvist", "petra@example.se", 5 * DAY),
    DemoGuest("Kofi Mensah", "kofi@example.org", 4 * DAY),
    DemoGuest("Never Came", "never.came@example.org", 9 * DAY),
]

_OPENING_NIGHT = PastSession(
    minutes=95,
    people=[
        Attendee("mei", ((-10, 95),)),
        Attendee("omar", ((-6, 95),)),
        Attendee("sylvia@example.org", ((-4, 88),)),
        Attendee("harriet@example.net", ((-2, 95),)),
        Attendee("bruno@example.net", ((4, 31), (36, 95))),
        Attendee("aiko@example.jp", ((0, 52),)),
        Attendee("petra@example.se", ((12, 93),)),
        Attendee("kofi@example.org", ((1, 20), (24, 58), (61, 90))),
    ],
    chat=[
        (-1, "harriet@example.net", "Good evening from the back row."),
        (1, "mei", "Welcome everybody. We start with the reef at Eilat."),
        (14, "petra@example.se", "Sorry for being late. Is this the snapping shrimp?"),
        (15, "omar", "It is. The crackle you hear is thousands of them."),
        (47, "kofi@example.org", "A map of the microphones: https://example.org/reef-map"),
        (51, "aiko@example.jp", "I have to go. Thank you, that was wonderful."),
    ],
    questions=[
        (22, "bruno@example.net", "Can a silent reef recover its sound?", ""),
        (
            35,
            "aiko@example.jp",
            "Which microphone would you take for a first try?",
            "Any hydrophone with a flat response up to 20 kHz; the cable matters more.",
        ),
        (61, "harriet@example.net", "Do the fish hear the boats?", None),
    ],
    poll=(
        "Have you ever listened under water?",
        {
            "Often": ["sylvia@example.org"],
            "Once or twice": ["petra@example.se", "kofi@example.org"],
            "Never": ["harriet@example.net", "bruno@example.net", "aiko@example.jp"],
        },
    ),
)

ITEMS = [
    Item(
        owner="mei",
        kind=Kind.VIDEO,
        title="Life from three rules",
        description="Birth, survival, death: Conway's game, started from noise.",
        tags="mathematics",
        state=State.PUBLISHED,
        galleries=("open",),
        ago=8 * DAY,
        make=films.game_of_life,
        file_name="game-of-life.mp4",
        co_editors=("noa",),
        guest_access=True,
        links=[
            Link(name="Newsletter", guests=[DemoGuest("John Horton", "john@example.org", 4 * DAY)])
        ],
    ),
    Item(
        owner="mei",
        kind=Kind.VIDEO,
        title="A coastline without an end",
        description="Into the edge of the Mandelbrot set. However close, there is more.",
        tags="mathematics",
        state=State.UNLISTED,
        ago=15 * DAY,
        make=films.mandelbrot,
        file_name="mandelbrot.mp4",
    ),
    Item(
        owner="mei",
        kind=Kind.LIVE_EVENT,
        title="The sound of a coral reef",
        description=(
            "An evening with hydrophones. Healthy reefs crackle; silent ones are in trouble. "
            "With questions from the audience."
        ),
        tags="evening lecture",
        state=State.PUBLISHED,
        galleries=("open", "field"),
        ago=11 * DAY,
        card=("waves", drawing.SKY),
        starts=On(3, 19),
        ends=On(3, 21),
        guest_access=True,
        links=[
            Link(
                name="Public",
                options={"places": 500, "waiting_room": True},
                guests=[
                    DemoGuest("Jacques Cousteau", "jacques@example.fr", 3 * DAY),
                    DemoGuest("Sylvia Earle", "sylvia@example.org", 1 * DAY),
                ],
                shown="an evening lecture that has not started yet, with a waiting room",
            )
        ],
        invited=[
            Invited(account="omar", role=InvitationRole.MODERATOR, state="accepted", ago=4 * DAY),
            Invited(account="noa", role=InvitationRole.SPEAKER, ago=DAY),
            Invited(
                role=InvitationRole.SPEAKER,
                first_name="Sylvia",
                last_name="Earle",
                email="sylvia@example.org",
                state="accepted",
                ago=4 * DAY,
            ),
            Invited(
                first_name="Rachel",
                last_name="Carson",
                email="rachel@example.org",
                shown="an evening lecture that has not started yet",
            ),
            Invited(
                first_name="Trouble",
                last_name="Maker",
                email="trouble@example.com",
                state="blocked",
                ago=4 * DAY,
            ),
        ],
    ),
    Item(
        owner="mei",
        kind=Kind.LIVE_EVENT,
        title="Ask a mathematician",
        description="Three days, any question. Dr. Tanaka opens the line when she is at her desk.",
        tags="questions",
        state=State.PUBLISHED,
        galleries=("open",),
        ago=3 * DAY,
        card=("waves", drawing.TEAL),
        starts=On(-1, 9),
        ends=On(1, 18),
        guest_access=True,
        links=[Link(name="Everybody", ago=2 * DAY)],
    ),
    Item(
        owner="mei",
        kind=Kind.LIVE_EVENT,
        title="Opening of the autumn series",
        description="Thank you for coming. The recording follows.",
        state=State.PUBLISHED,
        galleries=("open",),
        ago=25 * DAY,
        card=("waves", drawing.ROSE),
        starts=On(-1, 18),
        ends=On(-1, 20),
        guest_access=True,
        links=[Link(name="Posters in town", ago=20 * DAY, guests=_TOWNSPEOPLE)],
        invited=[
            Invited(account="omar", role=InvitationRole.MODERATOR, state="accepted", ago=20 * DAY),
            Invited(
                role=InvitationRole.SPEAKER,
                first_name="Sylvia",
                last_name="Earle",
                email="sylvia@example.org",
                state="accepted",
                ago=19 * DAY,
            ),
            Invited(
                first_name="Rachel", last_name="Carson", email="rachel@example.org", ago=DAY * 19
            ),
            Invited(
                first_name="Aldo",
                last_name="Leopold",
                email="aldo@example.org",
                state="opened",
                ago=18 * DAY,
            ),
        ],
        past_session=_OPENING_NIGHT,
    ),
]
