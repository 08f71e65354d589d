from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_words")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(blank=True, max_length=64, verbose_name="time zone"),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, max_length=16, verbose_name="language"),
        ),
    ]
