"""Texts and points of quizzes, for pages of those who look after them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from media_items.quizzes import texts
from media_items.quizzes.grading.forms.fields import shown
from media_items.quizzes.scoring import rules

register = template.Library()


@register.filter
def quiz_block(text: str) -> SafeString:
    return texts.block(text)


@register.filter
def quiz_line(text: str, most: int = 0) -> SafeString:
    return texts.line(text, most)


@register.filter
def quiz_points(points: Decimal | None) -> str:
    """Two decimals at most, as their reader writes them."""
    return "–" if points is None else shown(rules.rounded(points))
