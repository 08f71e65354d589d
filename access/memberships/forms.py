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
from access.typed_people import Person, read_line
from access.typed_text import clean_words
from media_items.library.forms.fields import Disclosure
from media_items.models import Gallery
from media_items.rate_limits import TooManyTries
from media_items.searching import SearchedWordsField
from media_items.selections import MOST_AT_ONCE

_NO_EMAIL = _("No email was found in this text.")
_NO_ACCOUNTS = _(
    "Nobody has an account with these emails. Ask your administrator to create "
    "them, then add them here."
)


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
    """`cleaned_data["users"]` are the accounts: of the one address, or of several pasted at once. A
    manager may learn whether there is one, so many times. `left` are addresses of several that are
    not found, or not asked for any more: they stay in the field."""

    email = AddressField(
        label=_("Email"),
        help_text=_("Somebody who has an account here."),
        widget=AddressInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the person’s email address."),
            "invalid": _("Enter a full email address, such as name@example.edu."),
        },
    )
    people = forms.CharField(
        label=_("Several people"),
        required=False,
        max_length=20_000,
        help_text=_(
            "Paste their emails, one per line or separated by commas. Names beside them do no harm."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "dir": "auto"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=GalleryRole, initial=GalleryRole.MEMBER)

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div("email", "role", css_class="row"),
            Disclosure(
                _("Several at once"), "people", is_open=lambda: bool(self["people"].value())
            ),
        )
        self.fields["email"].required = not self["people"].data
        self.left: list[str] = []
        self.has_unknown = False  # whether some of those left were looked for
        self.limit: Any = ""  # why more were not looked for

    def clean(self) -> dict[str, Any]:
        """Nobody is looked for, or counted, by a form that adds nobody."""
        cleaned = self.cleaned_data
        cleaned["users"] = []
        single, people = cleaned.get("email"), self._pasted(cleaned.get("people") or "")
        if not self.errors and single:
            cleaned["users"] = self._single(single)
        if not self.errors:
            cleaned["users"] += self._several(people)
        return cleaned

    def keep_left(self) -> None:
        """What could not be added stays in the field, and the others do not."""
        if self.limit:
            self.add_error("people", self.limit)
        left = "\n".join(self.left)
        self.data = {"email": "", "people": left, "role": self.cleaned_data["role"]}
        if "people" not in self.errors:
            self.add_error("people", _NO_ACCOUNTS if self.has_unknown else _NO_EMAIL)

    def _pasted(self, typed: str) -> list[Person]:
        """Each once."""
        people = [one for line in typed.splitlines() for one in read_line(line)]
        if typed and not any(one.email for one in people):
            self.add_error("people", _NO_EMAIL)
        return list({one.email or one.typed: one for one in people}.values())

    def _single(self, email: str) -> list[User]:
        try:
            count_adding(self.request, by=self.request.user)
        except TooManyTries as refused:
            self.add_error("email", too_many_tries(refused))
            return []
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            self.add_error(
                "email",
                _(
                    "Nobody has an account with this email. Ask your administrator to create "
                    "one, then add it here."
                ),
            )
        return [user] if user else []

    def _several(self, people: list[Person]) -> list[User]:
        """Of those who have an account, in the order of the list. One query, beside the counting;
        what holds no email is neither counted nor looked for."""
        counted: set[str] = set()
        for email in (one.email for one in people if one.email):
            try:
                count_adding(self.request, by=self.request.user)
                if len(counted) == MOST_AT_ONCE:
                    self.limit = _("These were too many at once. Add those that are left now.")
            except TooManyTries as refused:
                self.limit = too_many_tries(refused)
            if self.limit:
                break
            counted.add(email)
        accounts = User.objects.filter(email__in=counted, is_active=True) if counted else []
        by_email = {user.email: user for user in accounts}
        self.has_unknown = len(by_email) < len(counted)
        self.left = [one.email or one.typed for one in people if one.email not in by_email]
        return [by_email[one.email] for one in people if one.email in by_email]


class ChangeRoleForm(forms.Form):
    role = forms.ChoiceField(choices=GalleryRole)


class FindMemberForm(forms.Form):
    q = SearchedWordsField(
        label=_("Name or email"),
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "class": "form-control"}
        ),
    )
