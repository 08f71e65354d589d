"""The media of Field Recording, by Prof. Okafor."""

from __future__ import annotations

from demo import drawing, films, papers, sounds
from demo.course import captions
from demo.course.shapes import DAY, HOUR, DemoGuest, Item, Link
from demo.days import On
from media_items.catalogue.models import Kind, State

ITEMS = [
    Item(
        owner="sam",
        kind=Kind.AUDIO,
        title="Dawn chorus at the marsh",
        description="Forty seconds before sunrise. How many birds do you hear? Listen twice.",
        tags="birds, listening",
        state=State.PUBLISHED,
        galleries=("field", "bio"),
        ago=9 * DAY,
        make=sounds.dawn_chorus,
        file_name="dawn-chorus.mp3",
        guest_access=True,
        links=[
            Link(
                name="Bird club",
                options={"places": 50, "may_download": True},
                guests=[
                    DemoGuest("Rachel Carson", "rachel@example.org", 3 * DAY),
                    DemoGuest("Olivier Messiaen", "olivier@example.fr", 2 * DAY),
                ],
                shown="a recording to listen to",
            )
        ],
    ),
    Item(
        owner="sam",
        kind=Kind.AUDIO,
        title="Rain on a tin roof",
        description="Recorded in the shed, two microphones under the rafters.",
        tags="weather",
        ago=3 * DAY,
        make=sounds.rain,
        file_name="rain-tin-roof.mp3",
    ),
    Item(
        owner="sam",
        kind=Kind.AUDIO,
        title="Ear training: third, fourth, fifth, octave",
        description="Four intervals, twice. Sing the upper note before it fades.",
        tags="listening",
        state=State.UNLISTED,
        ago=14 * DAY,
        make=sounds.intervals,
        file_name="ear-training.m4a",
    ),
    Item(
        owner="sam",
        kind=Kind.VIDEO,
        title="What a spectrogram shows",
        description="A picture of sound, drawn while it is heard.",
        tags="listening, theory",
        state=State.PUBLISHED,
        galleries=("field", "open"),
        ago=10 * DAY,
        make=films.spectrogram,
        file_name="spectrogram.mp4",
        captions={"en": ("English", captions.SPECTROGRAM_EN)},
    ),
    Item(
        owner="sam",
        kind=Kind.DOCUMENT,
        title="Field kit: a checklist",
        description="Two pages to keep in the bag.",
        tags="equipment",
        state=State.PUBLISHED,
        galleries=("field",),
        ago=21 * DAY,
        make=papers.field_kit,
        file_name="field-kit.pdf",
    ),
    Item(
        owner="sam",
        kind=Kind.VIDEO,
        title="Marsh walk, raw material",
        description="The card came out of the camera too early.",
        ago=2 * HOUR,
        make=films.cut_short,
        file_name="marsh-walk.mkv",
    ),
    Item(
        owner="sam",
        kind=Kind.ROOM,
        title="Listening session: your first recordings",
        description="Bring one minute. We listen together and say what we hear.",
        state=State.PUBLISHED,
        galleries=("field",),
        ago=2 * DAY,
        card=("chairs", drawing.SKY),
        starts=On(2, 14),
        ends=On(2, 16),
    ),
]
