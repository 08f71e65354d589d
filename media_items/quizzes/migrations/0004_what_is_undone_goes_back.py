"""A regrading knows the keys before it, and a merged exemption whose it was."""

import django.db.models.deletion
from django.db import migrations, models


def name_keys_before(apps, schema_editor):
    """Of regradings that were made before. Each made its keys in one go, the last of them the
    version of its line in the trail: those between it and the one of the regrading before."""
    QuizChange = apps.get_model("quizzes", "QuizChange")
    QuizVersion = apps.get_model("quizzes", "QuizVersion")
    lines = QuizChange.objects.filter(what="key", regrade__isnull=False, version__isnull=False)
    last: dict[int, int] = {}
    for line in lines.select_related("regrade", "version").order_by("quiz_id", "version__number"):
        keys = QuizVersion.objects.filter(
            quiz_id=line.quiz_id,
            key_of__isnull=False,
            number__gt=last.get(line.quiz_id, 0),
            number__lte=line.version.number,
        )
        last[line.quiz_id] = line.version.number
        line.regrade.keys_before = {
            str(key.key_of_id): _key_before(QuizVersion, key) for key in keys
        }
        line.regrade.save(update_fields=["keys_before"])


def _key_before(QuizVersion, key):
    earlier = QuizVersion.objects.filter(key_of=key.key_of_id, number__lt=key.number)
    found = earlier.order_by("-number").values_list("pk", flat=True).first()
    return found or key.key_of_id


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0003_imports_are_read_by_tasks")]

    operations = [
        migrations.AddField(
            model_name="exemption",
            name="moved_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="quizzes.taker",
                verbose_name="taken as",
            ),
        ),
        migrations.AddField(
            model_name="regrade",
            name="keys_before",
            field=models.JSONField(default=dict, editable=False, verbose_name="keys before"),
        ),
        migrations.AlterField(
            model_name="regrade",
            name="way",
            field=models.CharField(
                choices=[
                    ("new_key", "Mark with the new key"),
                    ("full_marks", "Full marks for everybody"),
                    ("drop", "Drop the question"),
                    ("undo", "Undone: marked as before"),
                ],
                max_length=16,
                verbose_name="way of regrading",
            ),
        ),
        migrations.RunPython(name_keys_before, migrations.RunPython.noop, elidable=True),
    ]
