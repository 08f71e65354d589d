"""Forms to invite many at once: the list, and the correction of one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from access.invitations.forms import InviteForm
from access.invitations.models import InvitationRole
from access.people_lists.brought import Brought, NoText, read_brought
from access.people_lists.groups import members_as_people
from access.people_lists.headings import Column
from access.people_lists.parsing import MOST_PEOPLE, TooManyPeople
from media_items.library.forms.fields import upload_field
from media_items.models import Gallery

MOST_BYTES = 2 * 1024 * 1024


class InviteManyForm(InviteForm):
    """`found` is everybody in the pasted text, the gallery and the file, and what was guessed of
    them. `galleries` are those whose members the host may see."""

    people = forms.CharField(
        label=_("People"),
        required=False,
        strip=False,  # empty lines above count, too
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "spellcheck": "false"}),
        help_text=_(
            "One person per line, people separated by commas or semicolons, or cells copied "
            "from a spreadsheet: Ada Lovelace &lt;ada@example.edu&gt;; "
            "grace@example.org"
        ),
    )
    file = upload_field(
        label=_("Or upload a file"),
        most_bytes=MOST_BYTES,
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values",
        help_text=_(
            "CSV or text, with or without a heading row. You review the list before "
            "anybody is invited."
        ),
    )

    gallery: Any = forms.ModelChoiceField(
        label=_("Or everybody in a gallery"),
        queryset=Gallery.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=_("No gallery"),
        help_text=_(
            "Every member gets an invitation of their own. Those already invited are left as they "
            "are. Whoever joins the gallery later isn’t invited."
        ),
        error_messages={"invalid_choice": _("You can’t see the members of this gallery.")},
    )

    def __init__(
        self,
        *args: Any,
        galleries: QuerySet[Gallery],
        refused: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused or {}
        names = ["people", "file", "gallery"]
        cast("forms.ModelChoiceField[Gallery]", self.fields["gallery"]).queryset = galleries
        if not galleries.exists():
            del self.fields["gallery"]
            names.remove("gallery")
        if len(self.roles) > 1:
            more = gettext("For another role, write it after the email: %(example)s")
            example = f"grace@example.org, {self.roles[-1].label}"
            people = self.fields["people"]
            people.help_text = f"{people.help_text}<br>{escape(more % {'example': example})}"
        self.helper.layout = Layout(*names, *self.common_fields())

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if not upload:
            return b""
        upload.seek(0)
        data: bytes = upload.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValidationError(too_large_said())
        if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
            raise ValidationError(
                _("This is a workbook or a document. Save the sheet as CSV, then choose that file.")
            )
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for reason in self.refused.values():
            self.add_error("file", reason)
        data = cleaned.get("file") or b""
        try:
            found = read_brought(cleaned.get("people", ""), data)
        except NoText:
            self.add_error(
                "file",
                gettext(
                    "This isn’t a text file. Save the sheet as CSV in Unicode (UTF-8), then "
                    "choose that file."
                ),
            )
        except TooManyPeople:
            self.add_error("file" if data else "people", _too_many_said())
        else:
            cleaned["found"] = self._with_members(found)
            if not cleaned["found"].entries and not self.errors:
                self.add_error("people", _("Enter at least one email address, or choose a file."))
        return cleaned

    def _with_members(self, found: Brought) -> Brought:
        gallery: Gallery | None = self.cleaned_data.get("gallery")
        if gallery is None:
            return found
        try:
            return found.with_people(members_as_people(gallery))
        except TooManyPeople:
            self.add_error("gallery", _too_many_said())
            return found


def too_large_said() -> str:
    return gettext("This list is larger than %(size)s. Split it into smaller lists.") % {
        "size": filesizeformat(MOST_BYTES)
    }


def _too_many_said() -> str:
    return ngettext(
        "A list can have up to %(most)s person. Split it into smaller lists.",
        "A list can have up to %(most)s people. Split it into smaller lists.",
        MOST_PEOPLE,
    ) % {"most": MOST_PEOPLE}


class MendLineForm(forms.Form):
    """Any text is accepted: the line's new verdict says whether the address is good."""

    email = forms.CharField(required=False, max_length=254)
    first_name = forms.CharField(required=False, max_length=100)
    last_name = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(required=False, choices=[("", ""), *InvitationRole.choices])

    def changes(self) -> dict[str, Any]:
        """Without the role where it was not asked for."""
        given = dict(self.cleaned_data)
        if "role" not in self.data:
            del given["role"]
        return given


class ColumnsForm(forms.Form):
    """What stands in each column of one sheet. `column-<n>` are its fields."""

    def __init__(
        self, *args: Any, headings: Sequence[str], columns: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for number, (heading, column) in enumerate(zip(headings, columns, strict=True)):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=heading, choices=COLUMN_CHOICES, required=False, initial=column
            )

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        chosen = [value for value in self.cleaned_data.values() if value]
        if chosen.count(Column.EMAIL) != 1:
            raise ValidationError(_("Choose exactly one column for the email addresses."))
        if len(set(chosen)) != len(chosen):
            raise ValidationError(
                _("Two columns can’t be used for the same thing. Leave one of them out.")
            )
        return self.cleaned_data


COLUMN_CHOICES = [
    (Column.NOTHING, _("Left out")),
    (Column.EMAIL, _("Email")),
    (Column.FIRST, _("First name")),
    (Column.LAST, _("Last name")),
    (Column.FULL, _("Full name")),
    (Column.ROLE, _("Role")),
]
