"""`{% load dialogs %}`: links that open a dialog, or its page where there is no script."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media_items.responses import with_next

register = template.Library()

register.filter("with_next", with_next)

_LINK = 'href="{}" hx-get="{}" hx-target="#dialog-body" data-dialog'


@register.simple_tag
def dialog_link(url: str, *, back_to: str = "", carry: str = "") -> SafeString:
    """The attributes of such a link: `<a class="button" {% dialog_link url %}>`.

    `back_to` is where the page leads when it is done; a dialog leaves people where they are. What
    both need is in `url` itself (`url|with_next:here`), or in `carry`, which the dialog around this
    link has from `render_dialog`.
    """
    address = f"{url}{carry}"
    return format_html(_LINK, with_next(address, back_to), address)


@register.simple_tag
def dialog_link_with(url: str, query: str) -> SafeString:
    """The same in an outline, where `query` is `next=…` and always there: in the page's address
    alone."""
    return format_html(_LINK, f"{url}?{query}", url)
