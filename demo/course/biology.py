"""The media of Biology 101, by Dr. Levi."""

from __future__ import annotations

from access.invitations.models import InvitationRole
from demo import drawing, films, papers
from demo.course import captions
from demo.course.shapes import DAY, HOUR, MINUTE, DemoGuest, Invited, Item, Link
from demo.days import On
from media_items.catalogue.models import Kind, State

_TO_MITOSIS = [
    Invited(account="mei", role=InvitationRole.COLLABORATOR, state="accepted", ago=5 * DAY),
    Invited(
        first_name="Grace",
        last_name="Hopper",
        email="grace.hopper@example.com",
        state="accepted",
        ago=4 * DAY,
        note="You asked about the spindle: minute 0:15.",
    ),
    Invited(
        first_name="Mae",
        last_name="Jemison",
        email="mae@example.org",
        ago=6 * HOUR,
        shown="a video; press Accept and read the code at /dev/mail/",
    ),
    Invited(
        first_name="Katherine", last_name="Johnson", email="katherine@example.org", state="opened"
    ),
    Invited(
        first_name="Alan",
        last_name="Turing",
        email="alan@example.org",
        state="declined",
        ago=3 * DAY,
        shown="declined earlier; can still be accepted",
    ),
    Invited(
        first_name="Vera", last_name="Rubin", email="vera@exmaple.org", state="refused", ago=HOUR
    ),
    Invited(first_name="Lise", last_name="Meitner", email="lise@example.net", state="failed"),
    Invited(
        first_name="Dorothy",
        last_name="Hodgkin",
        email="dorothy@example.net",
        state="waiting",
        ago=HOUR,
    ),
    Invited(first_name="Joan", last_name="Clarke", email="joan@example.org", state="made", ago=DAY),
    Invited(
        first_name="Maria",
        last_name="Sibylla Merian",
        email="maria@example.org",
        ago=30 * DAY,
        expires_in=-DAY,
        shown="expired",
    ),
    Invited(account="omar", state="taken back", ago=4 * DAY, shown="withdrawn by the host"),
]
_WEBINAR = [
    DemoGuest("Ada Lovelace", "ada@example.org", 20 * HOUR),
    DemoGuest("Grace Hopper", "grace.hopper@example.com", 19 * HOUR),
    DemoGuest("رنا محمد عبد الرحمن", "rana@example.net", 19 * HOUR),
    DemoGuest("山田 花子", "hanako@example.jp", 18 * HOUR),
    DemoGuest(
        "Maximiliana Konstantina von Hohenfels-Wittgenstein zu Ludwigsburg",
        "maximiliana.konstantina.von.hohenfels@example.org",
        17 * HOUR,
    ),
    DemoGuest(
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "llan@example.wales", 9 * HOUR
    ),
    DemoGuest("יעל בן־דוד", "yael@example.co.il", 8 * HOUR),
    DemoGuest("José Ñandú", "jose@example.com", 7 * HOUR, "left"),
    DemoGuest("Trouble Maker", "trouble@example.com", 6 * HOUR, "removed"),
    DemoGuest("Was Here", "was.here@example.com", 30 * HOUR, "erased"),
    DemoGuest("Wangari Maathai", "wangari@example.org", 3 * HOUR),
    DemoGuest("李小龙", "xiaolong@example.cn", 2 * HOUR),
    DemoGuest("Ida Noddack", "ida@example.org", 40 * MINUTE),
]

ITEMS = [
    Item(
        owner="noa",
        kind=Kind.VIDEO,
        title="Cell division, part 2: Mitosis",
        description=(
            "Half a minute, five phases. Stop the film once in each of them and draw what you see: "
            "how many chromosomes, how many chromatids?\n\nCaptions in English and Spanish."
        ),
        tags="cells, mitosis, lecture 3",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=32 * DAY,
        make=films.mitosis,
        file_name="cell-division-2.mp4",
        captions={"en": ("English", captions.MITOSIS_EN), "es": ("Español", captions.MITOSIS_ES)},
        co_editors=("sam",),
        guest_access=True,
        links=[
            Link(
                name="Webinar",
                ago=2 * DAY,
                options={"places": 30, "may_download": True},
                guests=_WEBINAR,
                shown="a video: anybody can join, 30 places",
            ),
            Link(
                name="Parents' evening",
                ago=4 * DAY,
                expires_in=6 * DAY,
                guests=[
                    DemoGuest("Jonas Weber", "jonas.weber@example.com", 2 * DAY),
                    DemoGuest("Amina Weber", "amina.weber@example.com", 2 * DAY),
                ],
            ),
            Link(
                name="Partner school",
                options={"email_domains": "school.example\nstudents.school.example", "places": 120},
                guests=[DemoGuest("Tomás Herrera", "tomas@students.school.example", 1 * DAY)],
                shown="only for email addresses at school.example",
            ),
            Link(
                name="Journal club",
                ago=8 * DAY,
                options={"places": 3},
                guests=[
                    DemoGuest("Barbara McClintock", "barbara@example.org", 7 * DAY),
                    DemoGuest("Rosalind Franklin", "rosalind@example.org", 7 * DAY),
                    DemoGuest("Lynn Margulis", "lynn@example.org", 6 * DAY),
                ],
                shown="full: three places, three people",
            ),
            Link(
                name="Laboratory visitors",
                ago=9 * DAY,
                state="paused",
                guests=[DemoGuest("Emmy Noether", "emmy@example.org", 5 * DAY)],
                shown="paused by the host",
            ),
            Link(
                name="Trial run",
                ago=20 * DAY,
                state="expired",
                guests=[DemoGuest("Chien-Shiung Wu", "wu@example.org", 19 * DAY)],
                shown="expired yesterday",
            ),
        ],
        access_request=(
            "Hedy Lamarr",
            "hedy@example.org",
            "I teach the evening class and would love to show this on Thursday. May I come in?",
        ),
        invited=_TO_MITOSIS,
    ),
    Item(
        owner="noa",
        kind=Kind.VIDEO,
        title="Cell division, part 1: Interphase",
        description="What a cell does in the nine tenths of its life in which it seems to rest.",
        tags="cells, lecture 3",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=33 * DAY,
        make=films.interphase,
        file_name="cell-division-1.mp4",
        captions={"en": ("English", captions.INTERPHASE_EN)},
        links=[
            Link(
                name="Open day",
                guests=[],
                shown="guest access of this video is switched off",
            )
        ],
    ),
    Item(
        owner="noa",
        kind=Kind.VIDEO,
        title="Cell division, part 3: Meiosis",
        description="Opens next week. Until then only those who may edit it can see it.",
        tags="cells, lecture 4",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=1 * DAY,
        make=films.meiosis,
        file_name="cell-division-3.mp4",
        available_from=On(6, 8),
        guest_access=True,
        links=[Link(name="Preview circle", ago=1 * DAY, shown="not available before next week")],
    ),
    Item(
        owner="noa",
        kind=Kind.DOCUMENT,
        title="The cell cycle: slides of lecture 3",
        description="Six slides. The last one says what to do until next week.",
        tags="cells, slides, lecture 3",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=6 * DAY,
        make=papers.cell_cycle,
        file_name="lecture-3-slides.pdf",
        guest_access=True,
        links=[
            Link(
                name="Colleagues",
                options={"may_download": True},
                guests=[DemoGuest("Richard Feynman", "richard@example.com", 2 * DAY)],
                shown="slides to read",
            )
        ],
        invited=[
            Invited(
                account="lena",
                role=InvitationRole.COLLABORATOR,
                ago=DAY,
                note="Would you look through the wording?",
                shown="slides; sign in as lena.brandt@example.edu, and one click is enough",
            )
        ],
    ),
    Item(
        owner="noa",
        kind=Kind.DOCUMENT,
        title="Laboratory handbook: the microscope",
        description="Three pages for Thursday. Please read the first one before you come.",
        tags="laboratory",
        state=State.UNLISTED,
        ago=30 * DAY,
        make=papers.microscope,
        file_name="laboratory-handbook.pdf",
    ),
    Item(
        owner="noa",
        kind=Kind.ROOM,
        title="Office hours",
        room_of="bio",
        description="Come in with your questions. No appointment needed.",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=12 * DAY,
        card=("chairs", drawing.SAND),
        guest_access=True,
        links=[
            Link(
                name="Prospective students",
                options={"may_raise_hand": True, "may_chat": True},
                guests=[DemoGuest("Sally Ride", "sally@example.org", 15 * MINUTE)],
                shown="a room; its host opens it first, without a timetable",
            )
        ],
        invited=[
            Invited(account="lena", role=InvitationRole.MODERATOR, state="accepted"),
            Invited(
                role=InvitationRole.SPEAKER,
                first_name="Jane",
                last_name="Goodall",
                email="jane@example.org",
                state="accepted",
            ),
            Invited(
                role=InvitationRole.SPEAKER,
                first_name="Carl",
                last_name="Woese",
                email="carl@example.org",
                ago=HOUR,
                shown="a speaker in the room; the host opens it first",
            ),
            Invited(
                role=InvitationRole.MODERATOR,
                first_name="Nettie",
                last_name="Stevens",
                email="nettie@example.org",
                ago=HOUR,
                shown="a moderator in the same room",
            ),
        ],
    ),
    Item(
        owner="noa",
        kind=Kind.VIDEO,
        title="Microscope tour (old version)",
        description="Replaced by the handbook.",
        ago=60 * DAY,
        make=films.microscope_tour,
        file_name="microscope-tour-2023.mp4",
        in_bin=True,
    ),
]
