"""docs/access-rules.md says what the policies do, cell by cell."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from access.memberships.models import GalleryRole
from access.memberships.policies import gallery_abilities_for, role_in_room_of
from access.policies import Standing, abilities_for
from access.roles import Role
from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import Kind

DOCUMENT = Path(__file__).parents[2] / "docs" / "access-rules.md"
IF_ALLOWED = {"if the link allows", "if the owner allows", "if signed in"}


def table(heading: str) -> dict[str, dict[str, str]]:
    section = DOCUMENT.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, rows = cells[0], cells[2:]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def test_the_documents_tables_name_every_role_kind_and_ability():
    roles, kinds = table("On a media item"), table("Which abilities a kind of item has at all")
    assert set(roles) == set(Ability) - {Ability.RESTORE}
    assert set(roles["view"]) == {str(role.label) for role in Role}
    assert set(kinds["chat"]) == {str(kind.label) for kind in Kind}


@pytest.mark.parametrize(("kind", "role"), list(itertools.product(Kind, Role)))
def test_the_documented_role_table_equals_the_policy(kind, role):
    roles, kinds = table("On a media item"), table("Which abilities a kind of item has at all")

    def documented(*, allowed: bool) -> set[str]:
        found = set()
        for ability, row in roles.items():
            cell = row[str(role.label)]
            exists = kinds.get(ability, {}).get(str(kind.label), "yes") == "yes"
            if exists and (cell == "yes" or (cell in IF_ALLOWED and allowed)):
                found.add(ability)
        return found

    for allowed in (False, True):
        allows = frozenset(Ability) if allowed else frozenset()
        standing = Standing(
            kind=kind,
            roles=frozenset({role}),
            guest_allows=allows,
            is_known=allowed,
            moderators_may_invite=allowed,
        )
        assert abilities_for(standing) == documented(allowed=allowed)


@pytest.mark.parametrize("role", GalleryRole)
def test_the_documented_gallery_table_equals_the_policy(role):
    rows = table("In a gallery")
    assert set(rows) == set(GalleryAbility)
    documented = {ability for ability, row in rows.items() if row[str(role.label)] == "yes"}
    assert gallery_abilities_for(role) == documented


@pytest.mark.parametrize("role", GalleryRole)
def test_the_documented_room_of_a_gallery_equals_the_policy(role):
    rows = table("Rooms of galleries")
    assert set(rows) == {str(one.label) for one in GalleryRole}
    assert rows[str(role.label)]["In its room"] == str(role_in_room_of(role).label)
