"""The form for files of another system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from media_items.library.forms.fields import SeveralFilesField
from media_items.quizzes.interchange.files import ACCEPT, MOST_BYTES


class ImportQuestionsForm(forms.Form):
    file = SeveralFilesField(
        label=_("Files"),
        most_bytes=MOST_BYTES,
        accept=ACCEPT,
        help_text=_("Moodle XML, GIFT, a QTI package (ZIP) or item, or a spreadsheet as CSV."),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty."),
        },
    )

    def __init__(self, *args: Any, refused: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused or {}
        if self.refused:
            self.fields["file"].required = False
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("file")

    def clean(self) -> dict[str, Any]:
        """What was refused beside others is said with what has come of those."""
        if not self.cleaned_data.get("file"):
            for reason in self.refused.values():
                self.add_error("file", reason)
        return self.cleaned_data
