"""A time limit that becomes shorter is for the attempts that start later."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0013_results_can_be_emailed_again")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="promised_minutes",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="time limit that it keeps"
            ),
        ),
    ]
