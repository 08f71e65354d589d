"""What a host types on the register: what each act still needs to know."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.address_fields import AddressField, AddressInput
from access.email_addresses import is_good_email
from access.invitations.forms import limit_last_day
from access.invitations.models import Invitation, InvitationRole
from access.invitations.role_descriptions import what_they_can
from access.invitations.services.limits import latest_end
from access.last_days import LONGEST_DAYS, end_of_day, last_day_of, name_zone
from access.site_policy.models import current_policy


class ActForm(forms.Form):
    """Asks nothing but whether the host is sure."""

    def __init__(
        self,
        *args: Any,
        invitations: list[Invitation],
        roles: tuple[InvitationRole, ...],
        kind: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.only = invitations[0] if len(invitations) == 1 else None
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.shape(roles)

    def shape(self, roles: tuple[InvitationRole, ...]) -> None:
        """Offers what fits the people it is about."""


class RoleForm(ActForm):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def shape(self, roles: tuple[InvitationRole, ...]) -> None:
        cast("forms.ChoiceField", self.fields["role"]).choices = [
            (
                role.value,
                _("%(role)s: %(what)s")
                % {"role": role.label, "what": what_they_can(role, self.kind)},
            )
            for role in roles
        ]
        if self.only:
            self.initial["role"] = self.only.role


class LastDayForm(ActForm):
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty for no end date. Access ends after this day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit()
        name_zone(self.fields["last_day"])

    def limit(self) -> None:
        """Of many invitations each has a latest day of its own, which the service knows. One that
        works for longer than the site allows now keeps its day, or gets an earlier one."""
        if self.only:
            latest = latest_end(current_policy(), self.only.created_at)
            ends = self.only.expires_at
            if latest is not None and ends is not None and ends <= latest:
                limit_last_day(self, self.only.created_at)

    def shape(self, roles: tuple[InvitationRole, ...]) -> None:
        if self.only and self.only.expires_at and self.only.expires_at > timezone.now():
            self.initial["last_day"] = last_day_of(self.only.expires_at)

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise ValidationError(
                _("That day has passed. To end access now, withdraw the invitation.")
            )
        if day and day > timezone.localdate() + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day within the next ten years."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        day = self.cleaned_data["last_day"]
        midnight = datetime.min.time()
        return end_of_day(timezone.make_aware(datetime.combine(day, midnight)), 0) if day else None


class MailForm(LastDayForm):
    """Another mail prolongs nothing unless a day is given."""

    def limit(self) -> None:
        """Nothing has to be given here."""

    def shape(self, roles: tuple[InvitationRole, ...]) -> None:
        day = self.fields["last_day"]
        day.label = _("New last day (optional)")
        day.help_text = _("Leave empty to keep the current last day.")


class CorrectAddressForm(ActForm):
    email = AddressField(
        label=_("Email"),
        widget=AddressInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person’s email address."),
            "invalid": _("Enter a full email address, such as name@example.edu."),
        },
    )

    def shape(self, roles: tuple[InvitationRole, ...]) -> None:
        if self.only:
            self.initial["email"] = self.only.email

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not is_good_email(email):
            raise ValidationError(self.fields["email"].error_messages["invalid"])
        return email


class NewAddressForm(ActForm):
    browsers = forms.ChoiceField(
        label=_("Sign them out of devices they already use?"),
        widget=forms.RadioSelect,
        initial="stay",
        choices=[
            ("stay", _("No, only reset the link")),
            ("end", _("Yes, they have to verify their email again")),
        ],
    )
