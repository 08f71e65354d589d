"""`{% load entrances %}`: the tag that draws what other apps registered for a place."""

from __future__ import annotations

from django import template
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from media_items.entrances import Entrance, ItemLook, Place, open_at
from media_items.outlines import Outline

register = template.Library()


@register.simple_tag(takes_context=True)
def entrances(context: Context, place: str) -> SafeString:
    """Empty where there is none: `{% entrances "…" as people %}{% if people %}…`.

    Raises ValueError for a place that does not exist.
    """
    drawn = [_drawn(entrance, context).strip() for entrance in open_at(Place(place), context)]
    # SECURITY: joined from what templates drew, escaped by them.
    return mark_safe("\n".join(filter(None, drawn)))  # noqa: S308


def _drawn(entrance: Entrance, context: Context) -> str:
    if entrance.is_outline:
        item = context["item"]
        return entrance.outline.drawn({"item": ItemLook.of(item)}, public_id=item.public_id)
    part = Engine.get_default().get_template(entrance.template)
    with context.push():
        return part.render(context)


ITEM_ACTIONS = Outline(
    "media_items/playback/_actions.html",
    *("public_id", "title", "actions", "editing", "people"),
    in_addresses=["public_id"],
)


@register.simple_tag(takes_context=True)
def item_actions(
    context: Context, actions: SafeString, editing: SafeString, people: SafeString
) -> SafeString:
    """Share and the three dots of `item`, whose `menu` has the abilities with an entry of ours;
    the rest is what other apps add."""
    item = context["item"]
    others = {"actions": actions, "editing": editing, "people": people}
    choices = {
        "item": ItemLook.of(item),
        "menu": context["menu"],
        **{f"has_{name}": bool(drawn) for name, drawn in others.items()},
    }
    return ITEM_ACTIONS.drawn(choices, public_id=item.public_id, title=item.title, **others)
