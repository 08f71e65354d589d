"""Forms that strangers fill in at the door of a guest link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.address_fields import AddressField, AddressInput
from access.typed_text import clean_words


class Trap(forms.TextInput):
    """A field that people neither see nor hear nor reach. What was in it is never given back.

    The attributes ask the common password managers to leave it alone; some do not.
    """

    def __init__(self) -> None:
        ignored = {"data-1p-ignore": True, "data-bwignore": True, "data-lpignore": "true"}
        attrs = {"autocomplete": "off", "tabindex": "-1", "data-form-type": "other"}
        super().__init__(attrs={**attrs, **ignored})

    def format_value(self, value: Any) -> None:
        return None


class DoorForm(forms.Form):
    """A form that strangers fill in: trimmed text, a lower-case address, a trap for robots.

    A browser that filled the trap by itself must not shut its person out: the form that comes back
    says why, and its trap is `disabled`, so that no browser fills or sends it a second time.
    """

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = AddressField(
        label=_("Email"),
        widget=AddressInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": _("Enter a full email address, such as ada@example.org."),
        },
    )
    website = forms.CharField(required=False, label=_("Leave this field empty"), widget=Trap)

    def clean_name(self) -> str:
        name = clean_words(self.cleaned_data["name"], most=100)
        if not name:
            raise ValidationError(_("Enter your name, so the host knows who you are."))
        return name

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("website") or self.has_error("website"):
            self.fields["website"].widget.attrs["disabled"] = True
            self.errors.pop("website", None)
            raise ValidationError(
                _(
                    "Your browser filled in a hidden field that only bots fill in. It’s empty "
                    "again: please send the form once more."
                )
            )
        return cleaned


class JoinForm(DoorForm):
    is_same_for_all = True
    do_not_call_in_templates = True


class AskHostForm(DoorForm):
    message = forms.CharField(
        label=_("Message to the host (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("name", "email", "message", "website")
