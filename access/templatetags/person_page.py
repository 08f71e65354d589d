"""`{% load person_page %}`: from a row of the administration to everything about its person."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from access.person_page.finding import SOURCES

register = template.Library()


@register.simple_tag
def person_page_of(row: Any) -> str:
    """The address of the page; nothing where the row is about nobody, or they were erased."""
    for source in SOURCES.values():
        if isinstance(row, source.model) and row.email:
            return reverse("admin:person", args=[source.kind, row.pk])
    return ""
