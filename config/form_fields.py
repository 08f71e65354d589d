"""How every form of the site draws its fields."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField, Widget
from django.forms.renderers import TemplatesSetting


class BoundFieldOfSite(BoundField):
    """In a form that comes back, the first wrong field has the focus, with script and without.

    Where no field is wrong, the sentences above the form have it (`bootstrap5/errors.html`), and
    no field.
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.form.is_bound and self.form.errors:
            # False is not drawn, and takes away what the widget asks for on a fresh form.
            built["autofocus"] = self.name == _first_wrong(self.form)
        return built


def _first_wrong(form: BaseForm) -> str | None:
    wrong = (name for name in form.fields if name in form.errors and not form[name].is_hidden)
    return next(wrong, None)


class FormRenderer(TemplatesSetting):
    bound_field_class = BoundFieldOfSite
