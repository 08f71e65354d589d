"""The audit trail of one item, for those who see its register."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.audit.models import Act
from access.register.trail import TrailRow, trail_of
from access.register.views.register import registered_item
from access.requests import VisitorRequest
from media_items.pagination import page_of

PER_PAGE = 50


class FindEventsForm(forms.Form):
    act = forms.ChoiceField(
        label=_("Activity"),
        required=False,
        choices=[("", _("All activity")), *Act.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


@require_safe
def access_trail(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = registered_item(request, public_id)
    form = FindEventsForm(request.GET)
    act = form.cleaned_data["act"] if form.is_valid() else ""
    page = page_of(trail_of(item, act=act), request.GET.get("page"), per_page=PER_PAGE)
    context = {
        "item": item,
        "form": form,
        "act": act,
        "page_obj": page,
        "rows": [TrailRow(event) for event in page],
    }
    return render(request, "access/register/access_trail.html", context)
