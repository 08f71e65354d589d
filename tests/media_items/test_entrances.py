"""What other apps add to the pages of media items."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context, engines

from media_items import entrances
from media_items.abilities import Ability, GalleryAbility
from media_items.entrances import Entrance, Place

BADGE = "components/_badge.html"
AVATAR = "components/_avatar.html"


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    monkeypatch.setattr(entrances, "_registered", [])


def draw(tags: str, **context: object) -> str:
    template = engines["django"].from_string("{% load entrances %}" + tags)
    return template.render(context).strip()


def holding(*abilities: object) -> SimpleNamespace:
    return SimpleNamespace(abilities=frozenset(abilities))


def test_a_place_draws_its_entrances_in_their_order_with_the_context_around_it():
    entrances.register(
        Entrance(place=Place.ITEM_BAR, template=AVATAR, order=20),
        Entrance(place=Place.ITEM_BAR, template=BADGE, order=10),
        Entrance(place=Place.ITEM_STATE, template=BADGE, order=5),
    )
    drawn = draw('{% entrances "item_bar" %}', text="Hello <you>", name="Ada Lovelace")
    assert drawn.count('class="badge') == 1
    assert drawn.index("Hello &lt;you&gt;") < drawn.index("avatar")


def test_a_place_without_entrances_is_empty_and_may_be_asked():
    asked = (
        '{% entrances "item_menu_people" as people %}{% if people %}some{% else %}none{% endif %}'
    )
    assert draw(asked) == "none"
    entrances.register(Entrance(place=Place.ITEM_MENU_PEOPLE, template=BADGE, order=10))
    assert draw(asked) == "some"


def test_what_an_entrance_draws_leaves_nothing_behind_in_the_page():
    entrances.register(
        Entrance(place=Place.DELETE_ITEM, template="access/entrances/item.html#share", order=10)
    )
    item = SimpleNamespace(public_id="abcdefghijk", abilities=frozenset())
    drawn = draw('{% entrances "delete_item" %}|{{ share_url }}|', item=item)
    assert drawn.endswith("||")
    assert "share-button" in drawn


@pytest.mark.parametrize(
    ("abilities", "seen"), [((), False), ((Ability.VIEW,), False), ((Ability.SHARE,), True)]
)
def test_an_entrance_is_there_for_those_with_the_ability(abilities, seen):
    entrance = Entrance(place=Place.ITEM_ACTIONS, template=BADGE, order=10, needs=Ability.SHARE)
    assert entrance.is_open(Context({"item": holding(*abilities)})) == seen


def test_an_ability_on_a_gallery_is_asked_of_the_gallery():
    entrance = Entrance(
        place=Place.GALLERY_ACTIONS, template=BADGE, order=10, needs=GalleryAbility.TAKE_OUT
    )
    assert entrance.is_open(Context({"gallery": holding(GalleryAbility.TAKE_OUT)}))
    assert not entrance.is_open(Context({"gallery": holding()}))


def test_an_entrance_may_have_a_reason_of_its_own_besides():
    entrance = Entrance(
        place=Place.ITEM_ACTIONS,
        template=BADGE,
        order=10,
        needs=Ability.SHARE,
        when=lambda context: context["item"].is_live_kind,
    )
    room = SimpleNamespace(abilities={Ability.SHARE}, is_live_kind=True)
    video = SimpleNamespace(abilities={Ability.SHARE}, is_live_kind=False)
    stranger = SimpleNamespace(abilities=set(), is_live_kind=True)
    opened = [entrance.is_open(Context({"item": item})) for item in (room, video, stranger)]
    assert opened == [True, False, False]


def test_an_entrance_is_registered_once():
    entrance = Entrance(place=Place.ITEM_BAR, template=BADGE, order=10)
    entrances.register(entrance)
    with pytest.raises(ValueError, match="already at item_bar"):
        entrances.register(entrance)


def test_a_place_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="cellar"):
        draw('{% entrances "cellar" %}')
