"""`{% load plain_fields %}`: the fields of small forms, without crispy's machinery."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """What is typed in, with the classes that crispy-bootstrap5 gives it."""
    widget = field.field.widget
    named = [widget.attrs.get("class", ""), type(widget).__name__.lower(), "form-control"]
    wrong = ["is-invalid"] if field.errors else []
    return field.as_widget(attrs={"class": " ".join([one for one in named if one] + wrong)})
