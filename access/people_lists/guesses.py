"""What was guessed when a list was read, as the page shows it: columns and letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.people_lists.forms import COLUMN_CHOICES, ColumnsForm
from access.people_lists.models import Batch, BatchLine
from media_items.text_encodings import Reading, label_of, readings, telling_lines

_EXAMPLES = 2
_MOST_NAMED = 8
_LONGEST_EXAMPLE = 40


@dataclass(frozen=True)
class GuessedSheet:
    number: int
    form: ColumnsForm
    above: int
    roles_left_out: list[str]
    columns: list[str]
    headings: list[str]
    examples: list[list[str]]  # of each column
    is_headed: list[bool]

    def said(self) -> list[tuple[str, str]]:
        """Each column that counts: what it holds, and its heading or place."""
        labels = {str(value): str(label) for value, label in COLUMN_CHOICES}
        pairs = zip(self.columns, self.headings, strict=True)
        return [(labels[column], heading) for column, heading in pairs if column]

    def left_out(self) -> str:
        """The headings of columns that have something in them and count for nothing; what stands in
        one without a heading."""
        several = zip(self.columns, self.headings, self.examples, self.is_headed, strict=True)
        named = [
            heading if is_headed else f"{heading} ({examples[0][:_LONGEST_EXAMPLE]})"
            for column, heading, examples, is_headed in several
            if examples and not column
        ]
        shown = ", ".join(named[:_MOST_NAMED])
        more = len(named) - _MOST_NAMED
        if more <= 0:
            return shown
        return ngettext(
            "%(columns)s and %(more)s more column", "%(columns)s and %(more)s more columns", more
        ) % {"columns": shown, "more": more}

    def fields(self) -> Iterator[tuple[BoundField, list[str]]]:
        for name, examples in zip(self.form.fields, self.examples, strict=True):
            yield self.form[name], examples


def guessed_sheets(batch: Batch, refused: Mapping[int, ColumnsForm]) -> list[GuessedSheet]:
    """Of each sheet in the list. `refused` are the forms that came back."""
    sheets = []
    for number, kept in enumerate(batch.sheets):
        columns = kept["columns"]
        if not columns and not kept["above"]:
            continue
        headings = [
            heading or _("Column %(number)s") % {"number": place}
            for place, heading in enumerate(kept["heading"], start=1)
        ]
        lines = BatchLine.objects.filter(batch=batch, sheet=number).order_by("number")
        rows = list(lines.values_list("cells", flat=True)[:_EXAMPLES])
        examples = [
            [row[place] for row in rows if place < len(row) and row[place]]
            for place in range(len(columns))
        ]
        named = headings[: len(columns)]
        form = refused.get(number) or ColumnsForm(headings=named, columns=columns)
        roles = kept.get("roles_left_out", [])
        is_headed = [bool(heading) for heading in kept["heading"]]
        sheets.append(
            GuessedSheet(number, form, kept["above"], roles, columns, headings, examples, is_headed)
        )
    return sheets


@dataclass(frozen=True)
class GuessedLetters:
    encoding: str
    label: str
    readings: list[tuple[Reading, list[str]]]  # with lines by which the right one is known


def guessed_letters(batch: Batch) -> GuessedLetters | None:
    """In which letters the file was read, and the readings to choose from where it is uncertain;
    None where nothing was guessed."""
    if batch.started_at or not batch.encoding or batch.encoding.startswith("utf"):
        return None
    found = readings(bytes(batch.file)) if batch.file else []
    previews = [(one, telling_lines(one)) for one in found]
    return GuessedLetters(batch.encoding, label_of(batch.encoding), previews)
