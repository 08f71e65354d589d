"""Forms about one's own account: signing in, the password, the name."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.conf import settings
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from access.accounts import rate_limits
from access.accounts.known_browsers import mark_of
from access.accounts.models import NOTICES, User
from access.accounts.services import change_password, set_password_by_mail
from access.address_fields import AddressField, AddressInput
from access.typed_text import clean_words
from media_items.rate_limits import TooManyTries
from media_items.time_zones import place_of, time_zone_choices

TOO_MANY = "too_many_tries"
_ADDRESS_MESSAGES = {
    "required": _("Enter your email address."),
    "invalid": _("Enter a full email address, such as name@example.edu."),
}


def helper() -> FormHelper:
    """For the fields only: the form tag and the CSRF token stand in the template."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    return made


def too_many_tries(refused: TooManyTries) -> ValidationError:
    minutes = refused.wait_minutes
    return ValidationError(
        ngettext(
            "Too many attempts. Wait %(minutes)s minute and try again.",
            "Too many attempts. Wait %(minutes)s minutes and try again.",
            minutes,
        ),
        code=TOO_MANY,
        params={"minutes": minutes},
    )


WRONG_PASSWORD = _("That isn’t your current password. Try again.")


class SignInForm(auth_forms.AuthenticationForm):
    """The same answer to a wrong address, a wrong password, no password yet, and switched off."""

    request: HttpRequest
    is_same_for_all = True

    username = AddressField(
        label=_("Email"),
        error_messages=_ADDRESS_MESSAGES,
        widget=AddressInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": _(
            "That email and password don’t match an account. Check both, or set a new "
            "password with “Forgot password?”."
        ),
        "inactive": _(
            "That email and password don’t match an account. Check both, or set a new "
            "password with “Forgot password?”."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        address = self.cleaned_data.get("username")
        if not address or not self.cleaned_data.get("password"):
            return self.cleaned_data
        try:
            with rate_limits.password_tries(self.request, address=address):
                return super().clean()
        except TooManyTries as refused:
            raise too_many_tries(refused) from refused


class ResetPasswordForm(forms.Form):
    is_same_for_all = True

    email = AddressField(
        label=_("Email"),
        error_messages=_ADDRESS_MESSAGES,
        widget=AddressInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )


class SetPasswordForm(auth_forms.SetPasswordForm):
    """On the page that the mailed link opens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].widget.attrs["autofocus"] = True
        self.fields["new_password2"].label = _("Repeat the password")
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        return set_password_by_mail(user=self.user, password=self.cleaned_data["new_password1"])


class _AsksForPassword:
    """The current password, guarded; a mixin of forms with `request`, `user` and `old_password`.

    SECURITY: somebody who finds a browser still signed in must not guess the password here. Nor may
    those who try elsewhere keep its owner from using it.
    """

    request: Any
    user: User

    @sensitive_variables()
    def clean_old_password(self) -> str:
        address, mark = self.user.email, mark_of(self.user.pk)
        try:
            with rate_limits.password_tries(self.request, address=address, mark=mark):
                return super().clean_old_password()  # type: ignore[misc, no-any-return]
        except TooManyTries as refused:
            raise too_many_tries(refused) from refused


class ChangePasswordForm(_AsksForPassword, auth_forms.PasswordChangeForm):
    error_messages = {
        **auth_forms.PasswordChangeForm.error_messages,
        "password_incorrect": WRONG_PASSWORD,
    }

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["old_password"].label = _("Current password")
        self.fields["new_password2"].label = _("Repeat the password")
        self.fields["new_password2"].help_text = ""

    def save(self, commit: bool = True) -> User:
        change_password(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class _OwnPassword(forms.Form):
    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    user: User

    @sensitive_variables()
    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        if not self.user.check_password(typed):
            raise ValidationError(WRONG_PASSWORD, code="password_incorrect")
        return typed


class OwnPasswordForm(_AsksForPassword, _OwnPassword):
    """Whoever is signed in types their password once more, before something that has no undo."""

    def __init__(self, request: Any, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user


class YourAccountForm(forms.ModelForm[User]):
    """The name, for whom pages and mails are written, and what one is told by email. Languages are
    asked for where the site has more than one."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_(
            "For pages, and for emails to you. “Same as this browser”: emails are in the language "
            "of the browser in which you last signed in or saved this page."
        ),
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "time_zone", "language", *NOTICES]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, browser_zone: str = "", **kwargs: Any) -> None:
        """`browser_zone`: what the browser told, if it did."""
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = True
        as_browser = gettext("Same as this browser")
        if browser_zone:
            as_browser = gettext("Same as this browser (%(zone)s)") % {
                "zone": place_of(browser_zone)
            }
        cast("forms.ChoiceField", self.fields["time_zone"]).choices = [
            ("", as_browser),
            *time_zone_choices(current=self.instance.time_zone or "UTC"),
        ]
        self.fields["time_zone"].help_text = gettext(
            "All times are shown to you in this time zone. “Same as this browser”: emails use the "
            "time zone of the browser in which you last signed in or saved this page."
        )
        if len(settings.LANGUAGES) > 1:
            cast("forms.ChoiceField", self.fields["language"]).choices = [
                ("", gettext("Same as this browser")),
                *settings.LANGUAGES,
            ]
        else:
            del self.fields["language"]
        for name in NOTICES:
            self.fields[name].required = False  # one that was not sent stays as it is
        self.helper = helper()
        self.helper.layout = Layout(
            *(name for name in self.fields if name not in NOTICES),
            HTML("{% include 'access/accounts/_notices_head.html' %}"),
            *NOTICES,
        )

    def clean_first_name(self) -> str:
        if not (name := clean_words(self.cleaned_data["first_name"], most=100)):
            raise ValidationError(self.fields["first_name"].error_messages["required"])
        return name

    def clean_last_name(self) -> str:
        return clean_words(self.cleaned_data["last_name"], most=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return cleaned | {name: cleaned.get(name) or self.initial[name] for name in NOTICES}
