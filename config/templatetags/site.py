"""`{% load site %}`: what the frame of every page says about the site."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import get_script_prefix
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django_htmx.jinja import htmx_script

from media_items.drawn_once import of_language_alone

register = template.Library()


@register.simple_tag
@of_language_alone
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
@of_language_alone
def home_address() -> str:
    """Without asking the addresses of the site, which may be what is broken."""
    return get_script_prefix()


@register.simple_tag
@of_language_alone
def language_attributes() -> SafeString:
    """Those of `<html>`."""
    way = "rtl" if get_language_bidi() else "ltr"
    return format_html('lang="{}" dir="{}"', get_language() or settings.LANGUAGE_CODE, way)


@register.simple_tag
@of_language_alone
def language_buttons(form: str = "") -> SafeString:
    """One for each language of the site. `form`: the id of another form on the page, which saves
    what is typed and takes the language as its `act`."""
    where = format_html('form="{}" ', form) if form else ""
    unasked = " formnovalidate" if form else ""
    name, before = ("act", "language:") if form else ("language", "")
    here = mark_safe(' aria-current="true"')
    return format_html_join(
        "",
        '<button {}name="{}" value="{}{}" lang="{}"{}{}><bdi>{}</bdi></button>',
        (
            (where, name, before, code, code, unasked, here if code == get_language() else "", said)
            for code, said in settings.LANGUAGES
        ),
    )


@register.simple_tag
@of_language_alone
def htmx() -> SafeString:
    """As `{% htmx_script %}`, which looks for a nonce that no page of ours has (SECURE_CSP)."""
    return htmx_script()
