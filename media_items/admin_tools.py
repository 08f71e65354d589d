"""What the admin pages of both apps share: links between rows, confirmation, messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import ngettext

from media_items.refusals import Refusal

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

type Words = str | StrPromise

type Act = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]

SHOWN = 20  # rows named on the page that asks
_ECHOED = ("action", "select_across", "CHANGE_FORM-action", "CHANGE_FORM-select_across")


def link_to(row: Model | None, text: str = "") -> str:
    """A link to the row's own admin page; a dash where there is none."""
    if row is None:
        return "–"
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text or row)


def link_to_list(model: type[Model], text: object, **filters: object) -> str:
    """A link to the model's list, filtered by lookups such as `item__id__exact=7`."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return format_html('<a href="{}?{}">{}</a>', reverse(name), urlencode(filters), text)


def confirm_first(*, title: Words, consequence: Words, button: Words) -> Callable[[Act], Act]:
    """Decorates an action: it runs only after a page that names the rows and the consequence."""

    def decorate(act: Act) -> Act:
        @wraps(act)
        def action(
            page: ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any]
        ) -> HttpResponse | None:
            if request.POST.get("confirmed") == "yes":
                return act(page, request, rows)
            count = rows.count()
            context = {
                **page.admin_site.each_context(request),
                "title": title,
                "consequence": consequence,
                "button": button,
                "opts": page.opts,
                "count": count,
                "shown": rows[:SHOWN],
                "more": max(0, count - SHOWN),
                "echoed": _echoed(request),
            }
            return TemplateResponse(request, "admin/confirm_action.html", context)

        return action

    return decorate


def _echoed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that the form repeats, so that Django finds the same action and rows."""
    names = (*_ECHOED, ACTION_CHECKBOX_NAME)
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def actor(request: HttpRequest) -> Any:
    """The account that acts; the admin site admits nobody else."""
    return request.user


@dataclass(frozen=True)
class Pages:
    """The pages beside this one, as what changes in the address; nothing where there is none."""

    newer: dict[str, int | None]
    older: dict[str, int | None]

    def __bool__(self) -> bool:
        return bool(self.newer or self.older)


def pages_beside(name: str, number: int, *, has_next: bool) -> Pages:
    """Of a table whose page number is the parameter `name`."""
    before = number - 1 if number > 2 else None
    return Pages(
        newer={name: before} if number > 1 else {}, older={name: number + 1} if has_next else {}
    )


class SaysRefusals(ModelAdmin[Any]):
    """A page whose saving and deleting call services: a refusal rolls the whole request back and is
    shown as a message, not as an error of the server."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_say(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_say(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_say(request, super().changelist_view, *args, **kwargs)

    def _or_say(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refusal as refusal:
            self.message_user(request, self.said_of(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def said_of(self, refusal: Refusal) -> str:
        return str(refusal)


def do_to_each(
    page: ModelAdmin[Any],
    request: HttpRequest,
    rows: Iterable[Any],
    act: Callable[[Any], object],
    *,
    skipped: int = 0,
) -> None:
    """Calls `act` once per row, and shows a message with their number. What is refused to one is
    said, undone as a whole, and done for the others: on a page that `SaysRefusals` in one
    transaction, else each in its own. Many rows that are locked belong in one act, in their order
    (`say_done`)."""
    done, refused = 0, dict[str, None]()
    for row in rows:
        try:
            with transaction.atomic():
                act(row)
        except Refusal as refusal:
            refused[f"{row}: {refusal}"] = None
        else:
            done += 1
    say_done(page, request, done)
    for why in refused:
        page.message_user(request, why, messages.WARNING)
    if skipped:
        left = ngettext("%(n)s row stays as it is.", "%(n)s rows stay as they are.", skipped)
        page.message_user(request, left % {"n": skipped}, messages.WARNING)


def say_done(page: ModelAdmin[Any], request: HttpRequest, done: int) -> None:
    page.message_user(
        request,
        ngettext("Done for %(done)s row.", "Done for %(done)s rows.", done) % {"done": done},
        messages.SUCCESS if done else messages.WARNING,
    )


class ActionsOnlyAdmin(ModelAdmin):
    """Rows are read-only; the actions of the list need the permission to change."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
