"""`{% load plain_fields %}`: small forms, without crispy's machinery."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of forms that are the same for everybody, as long as nothing has been typed.
_fresh: dict[tuple[type[BaseForm], str | None], SafeString] = {}


@register.simple_tag
def small_form(form: BaseForm | type[BaseForm]) -> SafeString:
    """Its fields, and above them what is wrong with it as a whole.

    A form whose class says `is_same_for_all` is drawn once for each language while it is fresh:
    neither sent, nor filled in for somebody. For such a one the class itself may be given, if it
    says `do_not_call_in_templates`.
    """
    is_kept = getattr(form, "is_same_for_all", False) and not settings.DEBUG
    if isinstance(form, type):
        return _drawn_fresh(form) if is_kept else _drawn(form())
    if is_kept and not (form.is_bound or form.initial or form.prefix):
        return _drawn_fresh(type(form))
    return _drawn(form)


def _drawn_fresh(form_class: type[BaseForm]) -> SafeString:
    """SECURITY: of one that nobody had in hand, who might have changed a field for somebody."""
    key = form_class, get_language()
    if key not in _fresh:
        _fresh[key] = _drawn(form_class())
    return _fresh[key]


def _drawn(form: BaseForm) -> SafeString:
    return render_to_string("forms/_fields.html", {"form": form})


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """What is typed in, with the classes that crispy-bootstrap5 gives it."""
    widget = field.field.widget
    named = [widget.attrs.get("class", ""), type(widget).__name__.lower(), "form-control"]
    wrong = ["is-invalid"] if field.errors else []
    return field.as_widget(attrs={"class": " ".join([one for one in named if one] + wrong)})
