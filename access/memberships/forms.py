"""Forms for the members of a gallery."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access.accounts.forms import too_many_tries
from access.accounts.models import User
from access.accounts.rate_limits import count_adding
from access.address_fields import AddressField, AddressInput
from access.memberships.models import GalleryRole
from access.requests import SignedInRequest
from access.typed_text import clean_words
from media_items.models import Gallery
from media_items.rate_limits import TooManyTries


class GalleryForm(forms.ModelForm[Gallery]):
    """The words of a gallery; its kind stays what it was made as."""

    class Meta:
        model = Gallery
        fields = ["name", "description"]
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            "description": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
        error_messages: ClassVar = {"name": {"required": _("Enter a name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_name(self) -> str:
        if not (name := clean_words(self.cleaned_data["name"], most=150)):
            raise ValidationError(_("Enter a name."))
        return name


class AddMemberForm(forms.Form):
    """`cleaned_data["user"]` is the account. A manager may learn whether there is one,
    so many times."""

    email = AddressField(
        label=_("Email"),
        help_text=_("Somebody who has an account here."),
        widget=AddressInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person’s email address."),
            "invalid": _("Enter a full email address, such as name@example.edu."),
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=GalleryRole, initial=GalleryRole.MEMBER)

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Div("email", "role", css_class="row"))

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if "email" in cleaned:
            try:
                count_adding(self.request, by=self.request.user)
            except TooManyTries as refused:
                self.add_error("email", too_many_tries(refused))
                return cleaned
            cleaned["user"] = User.objects.filter(email=cleaned["email"], is_active=True).first()
            if cleaned["user"] is None:
                self.add_error(
                    "email",
                    _(
                        "Nobody has an account with this email. Ask your administrator to create "
                        "one, then add it here."
                    ),
                )
        return cleaned


class ChangeRoleForm(forms.Form):
    role = forms.ChoiceField(choices=GalleryRole)


class FindMemberForm(forms.Form):
    q = forms.CharField(
        label=_("Name or email"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "class": "form-control"}
        ),
    )
