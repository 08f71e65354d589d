"""The kinds of fact are one closed list."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

from media_items.live.events.facts import EVERYBODY, MOMENTS, STATES, Fact, FactKind
from media_items.live.page.panels import panels


def test_each_kind_is_of_one_sort():
    of_the_stream = {FactKind.RIGHTS, FactKind.CLOSE, FactKind.MISSED}
    assert sorted([*STATES, *MOMENTS, *of_the_stream]) == sorted(FactKind)


def test_each_tab_is_refreshed_by_a_state():
    assert {panel.name for panel in panels()} <= {kind.value for kind in STATES}


def test_what_is_of_no_known_kind_is_no_fact():
    text = Fact("s1", EVERYBODY, FactKind.CHAT).as_json()
    assert Fact.from_json(text).kind is FactKind.CHAT
    with pytest.raises(ValueError, match="rumour"):
        Fact.from_json(text.replace("chat", "rumour"))


def test_no_kind_is_spelt_where_it_is_announced():
    for app in ("media_items", "access"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and "announce" in ast.unparse(node.func):
                    spelt = [one for one in node.args if isinstance(one, ast.Constant)]
                    assert not spelt, (path.name, ast.unparse(node))
