from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0003_imports_are_read_by_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="person",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="key"),
        ),
    ]
