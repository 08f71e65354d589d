"""The form that invites one person to several items, with a role for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from access.invitations.forms import OWN_EMAIL, InvitingForm, PersonFields
from access.invitations.several import Place


class InviteToSeveralForm(PersonFields, InvitingForm):
    """`role-<public id>` is the role on each item."""

    def __init__(self, *args: Any, places: Sequence[Place], own_email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.own_email = places, own_email
        for place in places:
            self.fields[_name(place)] = forms.ChoiceField(
                label=_("Role"),
                choices=[(role.value, role.label) for role in place.roles],
                initial=place.roles[0],
                error_messages={
                    "required": _("Choose a role."),
                    "invalid_choice": _("You can’t give this role here. Choose one of these."),
                },
            )
            self.fields[_name(place)].widget.attrs["class"] = "form-select"
        self.helper.layout = Layout(
            "email",
            Div("first_name", "last_name", css_class="row"),
            Div("last_day", "note", css_class="row"),
            "send_mail",
            *(["language"] if "language" in self.fields else []),
        )

    def rows(self) -> Iterator[tuple[Place, BoundField]]:
        for place in self.places:
            yield place, self[_name(place)]

    def clean_email(self) -> str:
        email = super().clean_email()
        if email == self.own_email:
            raise ValidationError(OWN_EMAIL)
        return email

    def wanted(self) -> list[tuple[Place, str]]:
        return [(place, self.cleaned_data[_name(place)]) for place in self.places]


def _name(place: Place) -> str:
    return f"role-{place.item.public_id}"
