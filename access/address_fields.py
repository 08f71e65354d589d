"""The form field for an email address, for every form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from access.email_addresses import LONGEST, NO_ADDRESS, check_deliverable, normal_email, shown_email
from access.typed_addresses import lone_address


class AddressInput(forms.EmailInput):
    """SECURITY: not of `type="email"`, in which browsers write the domain anew by older rules: of
    `faß.de` they make `fass.de`, which is somebody else's."""

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__({**usual, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Readable, also what comes back with an error."""
        shown = super().format_value(value)
        return shown_email(shown) if shown else shown


class AddressField(forms.EmailField):
    """`cleaned_data` has the address in the one form in which it is stored and compared. It may be
    pasted as mail programs give it: `Ada <a@b>`, `a@b;`, `mailto:a@b`. Whatever else stands with
    it makes it no address, so no typing mistake becomes somebody else's."""

    widget = AddressInput

    def __init__(self, *, max_length: int = LONGEST, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return _alone(super().to_python(value) or "")

    def run_validators(self, value: Any) -> None:
        try:
            if value:
                check_deliverable(value)
        except ValidationError as refused:
            if refused.code == "quoted":
                raise
            said = self.error_messages.get("invalid", NO_ADDRESS)
            raise ValidationError(said, code="invalid") from None
        super().run_validators(value)


def _alone(typed: str) -> str:
    """The address in a complete form; all that was typed, to be refused, if there is none."""
    whole = normal_email(typed)
    try:
        return check_deliverable(whole)
    except ValidationError:
        return normal_email(lone_address(typed)) or whole if len(typed) < 4 * LONGEST else whole
