"""What a session's page draws by outlines is what their templates say."""

from __future__ import annotations

from itertools import product

import pytest
from django.utils import translation

from media_items.live.interactions.bar import _BUTTON
from media_items.live.interactions.models import ReactionKind
from media_items.live.page.panels import panels
from media_items.live.page.rendering import TABS
from media_items.live.participants.listing import ROLE_NAMES, WORDS, GroupName, Look
from media_items.visitors import Certainty

ODD = {"name": '<b>Ada & "co"</b> {0} %s Zq7stands0n', "initials": "<&", "tone": "7"}
YES_OR_NO = (True, False)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
@pytest.mark.parametrize("group", GroupName)
def test_whatever_is_said_of_a_person(group, language):
    flags = [dict(zip("mosuhdi", one, strict=True)) for one in product(YES_OR_NO, repeat=7)]
    with translation.override(language):
        for number, on in enumerate(flags):
            look = Look(
                group=group,
                role=["", *ROLE_NAMES][number % (1 + len(ROLE_NAMES))],
                certainty=["", *Certainty][number % 4],
                leads=on["m"],
                is_me=on["u"],
                is_asked_on_stage=on["s"],
                on_stage=on["o"],
                microphone_on=on["i"],
                has_hand_up=on["h"],
                is_declined=on["d"],
                is_out=not on["d"],
            )
            choices = {"look": look}
            assert WORDS.drawn(choices, **ODD) == WORDS.anew(choices, **ODD)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_reaction_and_the_tabs(language):
    with translation.override(language):
        for kind, is_button, count in product(ReactionKind, YES_OR_NO, (0, 12)):
            choices = {"kind": kind, "is_button": is_button, "is_any": bool(count)}
            assert _BUTTON.drawn(choices, count=count) == _BUTTON.anew(choices, count=count)
        for shown in (tuple(panels()), tuple(panels()[:2])):
            choices = {"panels": shown, "panel": "chat"}
            values = {"public_id": "abcdefgh23456789"}
            assert TABS.drawn(choices, **values) == TABS.anew(choices, **values)
            assert TABS.drawn(choices, **values).count('aria-current="page"') == 1
