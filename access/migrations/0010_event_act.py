from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0009_words")]

    operations = [
        migrations.AddIndex(
            model_name="accessevent",
            index=models.Index(fields=["act"], name="access_event_act"),
        ),
    ]
