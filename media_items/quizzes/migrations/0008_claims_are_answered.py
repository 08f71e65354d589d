"""What whoever has proven an address says of attempts under it; what was claimed before stays so."""

from django.db import migrations, models


def remember(apps, schema_editor):
    changes = apps.get_model("quizzes", "QuizChange").objects.filter(what="claimed")
    claimed = [now.get("from") for now in changes.values_list("now", flat=True) if now]
    takers = apps.get_model("quizzes", "Taker").objects.filter(pk__in=claimed)
    takers.exclude(merged_into=None).update(claim="theirs")


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0007_imports_are_kept_per_person")]

    operations = [
        migrations.AddField(
            model_name="taker",
            name="claim",
            field=models.CharField(
                blank=True,
                choices=[("theirs", "Theirs"), ("not_theirs", "Not theirs")],
                max_length=12,
                verbose_name="answer of the verified person",
            ),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
    ]
