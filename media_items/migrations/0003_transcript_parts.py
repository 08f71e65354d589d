"""Parts of transcripts, and those of the captions there are: a reader makes none."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from media_items.processing.captions import words
from media_items.processing.captions.reading import cues_of
from media_items.processing.errors import NotAcceptedFile

LINES_PER_PART = 1000


def make_parts(apps: Any, _schema_editor: Any) -> None:
    files = apps.get_model("media_items", "MediaFile").objects.filter(purpose="captions")
    part = apps.get_model("media_items", "TranscriptPart")
    for captions in files.filter(transcript_parts=None).iterator():
        try:
            with captions.file.open("rb") as file:
                cues = cues_of(file.read().decode("utf-8", "replace"))
        except (OSError, NotAcceptedFile):
            continue  # the page says that there is no transcript, as it did before
        lines = [(cue.start, text) for cue in cues if (text := words.plain(cue.text))]
        lines.sort(key=lambda line: line[0])
        part.objects.bulk_create(
            part(
                captions=captions,
                number=number,
                starts_at_ms=lines[first][0],
                lines=lines[first : first + LINES_PER_PART],
            )
            for number, first in enumerate(range(0, len(lines), LINES_PER_PART), start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("media_items", "0002_tries_left")]

    operations = [
        migrations.CreateModel(
            name="TranscriptPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("starts_at_ms", models.PositiveBigIntegerField(verbose_name="starts (ms)")),
                ("lines", models.JSONField(verbose_name="lines")),
                (
                    "captions",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transcript_parts",
                        to="media_items.mediafile",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a transcript",
                "verbose_name_plural": "parts of transcripts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("captions", "number"), name="transcript_part_once_per_number"
                    )
                ],
            },
        ),
        migrations.RunPython(make_parts, migrations.RunPython.noop),
    ]
