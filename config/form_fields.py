"""How every form of the site draws its fields."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField, Widget
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


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


# Those of Django's templates that are `input.html` and nothing else.
_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html"
    for name in ("text", "number", "email", "url", "password", "hidden", "date")
)


class FormRenderer(TemplatesSetting):
    """Draws by templates, but an `<input>` without: three took a tenth of a door's time."""

    bound_field_class = BoundFieldOfSite

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        if template_name in _INPUTS:
            return _input(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: dict[str, Any]) -> SafeString:
    """As Django's `input.html` and `attrs.html` draw it: False is not drawn, True is its name."""
    attrs = {"type": widget["type"], "name": widget["name"]}
    if widget["value"] is not None:
        attrs["value"] = widget["value"]
    attrs |= {name: value for name, value in widget["attrs"].items() if value is not False}
    drawn = [
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
    ]
    # SECURITY: joined from what was escaped above.
    return SafeString(f"<input{''.join(drawn)}>")
