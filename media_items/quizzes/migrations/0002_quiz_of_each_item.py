"""Items of the kind from before quizzes had questions get their row."""

from django.db import migrations


def make_rows(apps, schema_editor):
    Quiz = apps.get_model("quizzes", "Quiz")
    items = apps.get_model("media_items", "MediaItem").objects.filter(kind="quiz", quiz=None)
    Quiz.objects.bulk_create(
        [Quiz(item_id=pk) for pk in items.values_list("pk", flat=True)], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0001_initial")]

    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop, elidable=True)]
