"""`{% load site %}`: what the frame of every page says about the site."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.urls import get_script_prefix
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django_htmx.jinja import htmx_script

from access.email_addresses import shown_email
from media_items.drawn_once import of_language_alone
from media_items.outlines import Outline
from media_items.templatetags.initials import initials

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


FOOTER = Outline("site/_footer_outline.html", "next", "token")


@register.simple_tag(takes_context=True)
def site_footer(context: Context) -> SafeString:
    """With the languages, for whoever has no account. `languages_next`, where a choice leads to,
    is the address of the request unless the page says another."""
    request = context.get("request")
    user = getattr(request, "user", None)
    has_choice = (
        context.get("has_languages")
        and not context.get("kept_work")
        and not (user and user.is_authenticated)
    )
    if not (request and has_choice):
        return FOOTER.drawn({"has_choice": False}, next="", token="")
    return FOOTER.drawn(
        {"has_choice": True, "languages_of": context.get("languages_of", "")},
        next=context.get("languages_next") or request.get_full_path(),
        token=context.get("csrf_token", ""),
    )


HOST_HEADER = Outline("site/_header_host.html", "user_name", "initials", "tone", "address", "token")
# The entry that is marked on a page, by the name of its address.
_ENTRIES = {
    "media_items:my_media": "my_media",
    "media_items:galleries": "galleries",
    "media_items:gallery": "galleries",
    "access:people_outside": "people",
    "access:person_outside": "people",
}


@register.simple_tag(takes_context=True)
def host_header(context: Context) -> SafeString:
    """The head of a page for somebody who is signed in."""
    request = context["request"]
    user, address = request.user, shown_email(request.user.email)
    name = user.get_full_name() or address
    choices = {
        "here": _ENTRIES.get(getattr(request.resolver_match, "view_name", ""), ""),
        "is_staff": user.is_staff,
    }
    return HOST_HEADER.drawn(
        choices,
        user_name=name,
        initials=initials(name),
        tone=str(user.pk)[-1],
        address=address,
        token=context.get("csrf_token", ""),
    )
