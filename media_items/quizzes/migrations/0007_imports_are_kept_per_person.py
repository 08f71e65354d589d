from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0006_results_are_mailed_by_a_task"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="person",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="key"),
        ),
    ]
