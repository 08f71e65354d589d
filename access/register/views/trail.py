"""The audit trail of one item, for those who see its register."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.audit.models import Act
from access.register.trail import acts_on, rows_of, trail_of
from access.register.views.register import registered_item
from access.requests import VisitorRequest
from media_items.pagination import page_of
from media_items.searching import SearchedWordsField

PER_PAGE = 50


class FindEventsForm(forms.Form):
    """Ignores what it does not understand, so that an old address still opens a list."""

    q = SearchedWordsField(
        label=_("Name or email"),
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "class": "form-control"}
        ),
    )
    act = forms.ChoiceField(
        label=_("Activity"),
        required=False,
        choices=[("", _("All activity")), *Act.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def limit_to(self, acts: set[str]) -> None:
        """To those that have been done, and the one that is asked for."""
        field = cast("forms.ChoiceField", self.fields["act"])
        own = [(act.value, act.label) for act in Act if act.value in acts]
        field.choices = [("", _("All activity")), *own]


@require_safe
def access_trail(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = registered_item(request, public_id)
    form = FindEventsForm(request.GET)
    form.limit_to(acts_on(item) | {request.GET.get("act", "")})
    form.is_valid()
    act, words = form.cleaned_data.get("act", ""), form.cleaned_data.get("q", "")
    page = page_of(trail_of(item, act=act, words=words), request.GET.get("page"), per_page=PER_PAGE)
    context = {
        "item": item,
        "form": form,
        "is_narrowing": bool(act or words),
        "page_obj": page,
        "rows": rows_of(page),
    }
    return render(request, "access/register/access_trail.html", context)
