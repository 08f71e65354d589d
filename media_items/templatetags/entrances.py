"""`{% load entrances %}`: the tag that draws what other apps registered for a place."""

from __future__ import annotations

from django import template
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from media_items.entrances import Place, open_at

register = template.Library()


@register.simple_tag(takes_context=True)
def entrances(context: Context, place: str) -> SafeString:
    """Empty where there is none: `{% entrances "…" as people %}{% if people %}…`.

    Raises ValueError for a place that does not exist.
    """
    drawn = []
    for entrance in open_at(Place(place), context):
        part = Engine.get_default().get_template(entrance.template)
        with context.push():
            drawn.append(part.render(context).strip())
    # SECURITY: joined from what templates drew, escaped by them.
    return mark_safe("\n".join(filter(None, drawn)))  # noqa: S308
