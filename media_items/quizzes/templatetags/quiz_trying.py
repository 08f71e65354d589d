"""Questions that are tried in a preview."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from media_items.quizzes.writing.preview import Trying

register = template.Library()


@register.simple_tag
def tried_fields(trying: Trying, question: str) -> SafeString:
    """The answer that was checked, so that it is checked again while the question is written."""
    checked = format_html('<input type="hidden" name="checked" value="{}">', question)
    fields = [("question", question), *trying.fields_of(question)]
    kept = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
    return checked + kept
