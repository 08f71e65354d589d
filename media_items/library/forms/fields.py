"""Fields and parts of layouts that the forms of the library share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from media_items.library.uploads import named
from media_items.processing.errors import NotAcceptedFile


class LocalTimeField(forms.Field):
    """A date and time as a clock shows it; its time zone is another field of the form."""

    default_error_messages = {"invalid": _("Enter a date and a time, such as 2026-03-14 15:00.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            widget=forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "max": "2099-12-31T23:59"}
            ),
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            reading = datetime.fromisoformat(str(value).strip())
        except ValueError:
            reading = None
        if reading is None or reading.tzinfo is not None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return reading.replace(second=0, microsecond=0)


def upload_field(
    *, label: Any, most_bytes: int, accept: str, required: bool = False, help_text: Any = ""
) -> forms.FileField:
    """A file field whose limit the browser checks as well (static/js/host/files.js)."""
    return forms.FileField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.FileInput(attrs={"accept": accept, "data-max-bytes": str(most_bytes)}),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty."),
        },
    )


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class SeveralFilesField(forms.FileField):
    """One file or several; cleaned it is the list of them. The browser checks the limit of each as
    well."""

    def __init__(self, *, most_bytes: int, accept: str, **kwargs: Any) -> None:
        attrs = {"accept": accept, "data-max-bytes": str(most_bytes), "multiple": True}
        super().__init__(widget=_SeveralFiles(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list) else [data]
        if len(files) <= 1:
            one = super().clean(files[0] if files else None, initial)
            return [one] if one else []
        return [self._one_of_several(one) for one in files]

    def _one_of_several(self, file: Any) -> Any:
        try:
            return super().clean(file)
        except ValidationError as error:
            said = " ".join(error.messages)
            raise ValidationError(named(file.name, said), code=error.code) from error


def checked_upload[T](check: Callable[[Any], T], upload: Any) -> T:
    """What `check` returns for `upload`; its NotAcceptedFile becomes the error of the field."""
    try:
        return check(upload)
    except NotAcceptedFile as refusal:
        raise ValidationError(str(refusal), code="not_accepted") from refusal


class Disclosure(Div):
    """Fields behind “More”, open from the start when they hold something."""

    template = "media_items/library/_disclosure.html"

    def __init__(self, summary: Any, *fields: Any, is_open: Callable[[], bool]) -> None:
        super().__init__(*fields)
        self.summary = summary
        self.is_open = is_open
