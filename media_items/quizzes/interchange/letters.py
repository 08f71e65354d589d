"""In which letters a file was read, and the readings to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from media_items.quizzes.models import ImportBatch, ImportFile
from media_items.text_encodings import Reading, label_of, readings, telling_lines


@dataclass(frozen=True)
class Letters:
    """`readings` with lines by which the right one is known."""

    encoding: str
    label: str
    readings: list[tuple[Reading, list[str]]]


def letters_of(batch: ImportBatch) -> Letters | None:
    """None where nothing was guessed, or all is imported."""
    if batch.read_at is None or not batch.is_guessed or batch.taken_at is not None:
        return None
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:
        return None
    found = [(one, telling_lines(one)) for one in readings(bytes(file.data))]
    return Letters(batch.encoding, label_of(batch.encoding), found)
