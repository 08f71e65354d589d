"""Forms to invite one person and to add a co-editor, and what inviting one and many share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from access.address_fields import AddressField, AddressInput
from access.email_addresses import is_good_email
from access.invitations.models import InvitationRole
from access.invitations.people import Invitee, Inviter
from access.invitations.policies import grantable_roles
from access.invitations.role_descriptions import what_they_can
from access.invitations.services.limits import latest_end, life_said
from access.last_days import LONGEST_DAYS, end_of_day, last_day_of, name_zone
from access.memberships.co_editors import editors_of
from access.site_policy.models import current_policy
from access.typed_people import read_line
from access.typed_text import clean_words
from media_items.models import MediaItem

OWN_EMAIL = _("This is your own email: you already have access.")
_WHOLE_ADDRESS = _("Enter a full email address, such as name@example.edu.")


def email_field(**kwargs: Any) -> AddressField:
    return AddressField(
        label=_("Email"),
        widget=AddressInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person’s email address."),
            "invalid": _WHOLE_ADDRESS,
        },
        **kwargs,
    )


def name_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


def limit_last_day(form: forms.Form, created_at: datetime) -> None:
    """Where the site limits the life of an invitation, one made then needs a last day: the form
    says so and begins with the latest."""
    policy = current_policy()
    latest, field = latest_end(policy, created_at), form.fields["last_day"]
    if latest is None:
        return
    field.required = True
    field.error_messages["required"] = life_said(policy.invitation_days_ceiling or 0)
    field.help_text = " ".join(
        [life_said(policy.invitation_days_ceiling or 0), gettext("Access ends after this day.")]
    )
    field.widget.attrs["max"] = last_day_of(latest).isoformat()
    form.initial.setdefault("last_day", last_day_of(latest))


class InvitingForm(forms.Form):
    """What every invitation is asked: last day, note, mailed or not."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty for no end date. Access ends after this day."),
    )
    note = forms.CharField(
        label=_("Personal note"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Included in the email."),
    )
    send_mail = forms.BooleanField(label=_("Send link by email"), required=False, initial=True)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Of the email. Whoever has chosen one in their account gets it in that one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) > 1:
            cast("forms.ChoiceField", self.fields["language"]).choices = settings.LANGUAGES
            self.initial.setdefault("language", get_language())
        else:
            del self.fields["language"]
        self.fields["last_day"].widget.attrs["min"] = timezone.localdate().isoformat()
        limit_last_day(self, timezone.now())
        name_zone(self.fields["last_day"])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise ValidationError(_("That day has passed. Choose today or a later day."))
        if day and day > timezone.localdate() + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day within the next ten years."))
        return day

    def options(self) -> dict[str, Any]:
        """The arguments of the services, except the people and the role."""
        day = self.cleaned_data["last_day"]
        midnight = day and timezone.make_aware(datetime.combine(day, datetime.min.time()))
        return {
            "note": self.cleaned_data["note"],
            "send_mail": self.cleaned_data["send_mail"],
            "language": self.cleaned_data.get("language", ""),
            "expires_at": midnight and end_of_day(midnight, 0),
        }


class InviteForm(InvitingForm):
    """The fields of inviting one or many people to one item, with the role.

    The roles offered are those that this inviter may grant here; the service checks again.
    """

    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("You can’t give this role here. Choose one of these."),
        },
    )

    def __init__(self, *args: Any, item: MediaItem, by: Inviter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.by = item, by
        self.roles = grantable_roles(kind=item.kind, roles=by.roles)
        field = cast("forms.ChoiceField", self.fields["role"])
        field.choices = [(role.value, role.label) for role in self.roles]
        self.initial.setdefault("role", self.roles[0] if self.roles else None)

    @property
    def role_choices(self) -> Iterator[dict[str, Any]]:
        """For the template: each role, with what it lets a person do."""
        chosen = self["role"].value()
        for role in self.roles:
            allows = what_they_can(role, self.item.kind)
            yield {"role": role, "allows": allows, "checked": chosen == role.value}

    @property
    def offers_collaborator(self) -> bool:
        return InvitationRole.COLLABORATOR in self.roles

    def common_fields(self) -> list[Any]:
        return [
            HTML('{% include "access/invitations/dialog/_role_choices.html" %}'),
            Div("last_day", "note", css_class="row"),
            "send_mail",
            *(["language"] if "language" in self.fields else []),
        ]

    def options(self) -> dict[str, Any]:
        """The arguments of the services, except the people."""
        return {**super().options(), "role": InvitationRole(self.cleaned_data["role"])}


class PersonFields(forms.Form):
    """Who is invited: an address, and a name typed beside it or pasted with it."""

    email = email_field()
    first_name = name_field(_("First name"))
    last_name = name_field(_("Last name"))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not is_good_email(email):
            raise ValidationError(_WHOLE_ADDRESS)
        return email

    def clean_first_name(self) -> str:
        return clean_words(self.cleaned_data["first_name"], most=100)

    def clean_last_name(self) -> str:
        return clean_words(self.cleaned_data["last_name"], most=100)

    def clean(self) -> dict[str, Any]:
        """The name pasted with the address (`Ada Lovelace <a@b>`), unless one was typed."""
        cleaned = self.cleaned_data
        if not cleaned.get("first_name") and not cleaned.get("last_name"):
            people = list(read_line(str(self["email"].data or "")[:1_000]))
            if len(people) == 1 and people[0].email == cleaned.get("email"):
                cleaned |= {"first_name": people[0].first_name, "last_name": people[0].last_name}
        return cleaned

    @property
    def person(self) -> Invitee:
        cleaned = self.cleaned_data
        return Invitee(cleaned["email"], cleaned["first_name"], cleaned["last_name"])


class InvitePersonForm(PersonFields, InviteForm):
    def __init__(self, *args: Any, suggestions_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "Type a name or email. People you know here are suggested."
        )
        self.fields["email"].widget.attrs |= {
            "list": "known-people",
            "data-people": "",
            "hx-get": suggestions_url,
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#known-people",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        self.helper.layout = Layout(
            "email",
            Div("first_name", "last_name", css_class="row"),
            *self.common_fields(),
        )

    def clean_email(self) -> str:
        email = super().clean_email()
        if email == self.by.email:
            raise ValidationError(OWN_EMAIL)
        if email in editors_of(self.item):
            raise ValidationError(
                _("This person is the owner or a co-editor and doesn’t need an invitation.")
            )
        return email


class AddCoEditorForm(forms.Form):
    email = email_field(help_text=_("Somebody who has an account here."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("email")
