"""The field for a code that was mailed."""

from __future__ import annotations

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.mailed_codes import DIGITS


class CodeForm(forms.Form):
    """One field. Spaces, dashes and the digits of other scripts are accepted."""

    is_same_for_all = True

    code = forms.CharField(
        label=gettext_lazy("Six-digit code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "code-field",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "dir": "ltr",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the six digits from the email.")},
    )

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        digits = "".join(str(unicodedata.digit(one)) for one in typed if one.isdecimal())
        # A typing mistake costs no try: only six digits are compared.
        if len(digits) != DIGITS:
            raise ValidationError(_("The code has six digits. Check the email again."))
        return digits

    def add_wrong_code(self, tries_left: int) -> None:
        if tries_left:
            said = ngettext(
                "That isn’t the code in the newest email. You can try %(count)s more time.",
                "That isn’t the code in the newest email. You can try %(count)s more times.",
                tries_left,
            ) % {"count": tries_left}
        else:
            said = _("This code no longer works. Send yourself a new one.")
        self.add_error("code", said)
