"""The three dots of each invited person, drawn once for each kind of menu on a page.

A menu has eleven links and icons, a page fifty menus, and they differ by a key and a name. So the
template is drawn with a key and a name that stand for others, as `media_items.compiled` does it
with SQL, and each row puts its own in their places.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from access.register.rows import InviteeRow
from access.requests import VisitorRequest
from media_items.models import MediaItem

_TEMPLATE = "access/register/_register_menu.html"
_NAME = "\ue0f0"  # private use; what stands for a name is neither escaped nor in an address
_KEY = str(8 * 10**18 + secrets.randbelow(10**18))  # nobody can have it in the page's address


class RowMenus:
    """Of one page: its entries lead back to it."""

    def __init__(self, request: VisitorRequest, item: MediaItem) -> None:
        self._request = request
        self._item = item
        self._drawn: dict[tuple[bool, ...], str] = {}

    def of(self, row: InviteeRow) -> SafeString:
        kind = (row.may_be_mailed, row.may_be_reminded, row.came)
        if kind not in self._drawn:
            self._drawn[kind] = self._draw(*kind)
        menu = self._drawn[kind].replace(_KEY, str(row.invitation.pk))
        # SECURITY: the name is put in last and escaped, so that nothing in it is a place.
        return mark_safe(menu.replace(_NAME, escape(row.name)))  # noqa: S308

    def _draw(self, may_be_mailed: bool, may_be_reminded: bool, came: bool) -> str:
        row = SimpleNamespace(
            name=_NAME, may_be_mailed=may_be_mailed, may_be_reminded=may_be_reminded, came=came
        )
        one = SimpleNamespace(pk=int(_KEY))
        context = {"row": row, "one": one, "item": self._item}
        return render_to_string(_TEMPLATE, context, request=self._request)


@dataclass(frozen=True)
class RegisterRow(InviteeRow):
    menus: RowMenus

    @property
    def menu(self) -> SafeString:
        return self.menus.of(self)
