"""An emailing may be for those, too, who were written to before a moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0012_work_has_its_columns_in_common")]

    operations = [
        migrations.AddField(
            model_name="resultsmailing",
            name="again_before",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="again to those written to before"
            ),
        ),
    ]
