"""Searching, filtering and sorting lists of media items by the query string of the address."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind, MediaItem, State
from media_items.catalogue.querysets import MediaItemQuerySet

SORTS = {
    "newest": (_("Newest first"), MediaItemQuerySet.newest_first),
    "changed": (_("Last changed first"), MediaItemQuerySet.changed_last_first),
    "title": (_("By title"), MediaItemQuerySet.by_title),
}
LAYOUTS = ("cards", "list")


class FindMediaForm(forms.Form):
    """Ignores values it does not know, so that an old address still opens a list."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *State.choices]
    )
    sort = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        choices=[(key, name) for key, (name, _order) in SORTS.items()],
    )

    def __init__(self, data: Any, *, without: tuple[str, ...] = ()) -> None:
        super().__init__(data)
        for name in without:
            del self.fields[name]
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css
        self.full_clean()

    @property
    def is_narrowing(self) -> bool:
        """Whether an empty list may mean that nothing matches, not that there is nothing."""
        return any(self.cleaned_data.get(name) for name in ("q", "kind", "state"))

    @property
    def number_set(self) -> int:
        """Of the filters beside the search."""
        return sum(bool(self.cleaned_data.get(name)) for name in ("kind", "state"))

    def found_in(self, rows: QuerySet[MediaItem]) -> MediaItemQuerySet:
        """Filtered, and sorted where the form has that field."""
        items = cast("MediaItemQuerySet", rows)
        wanted = self.cleaned_data
        if words := wanted.get("q"):
            items = items.matching(words)
        if kind := wanted.get("kind"):
            items = items.filter(kind=kind)
        if state := wanted.get("state"):
            items = items.filter(state=state)
        if "sort" in self.fields:
            items = SORTS[wanted.get("sort") or "newest"][1](items)
        return items


def layout_of(data: Any) -> str:
    return layout if (layout := data.get("view")) in LAYOUTS else LAYOUTS[0]
