from django.db import migrations, models

PACES = [("at_once", "Right away"), ("daily", "Once a day"), ("never", "Never")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_time_zone_and_language")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="notice_asked",
            field=models.CharField(
                choices=PACES,
                default="at_once",
                max_length=8,
                verbose_name="somebody asks to be let in",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notice_bounced",
            field=models.CharField(
                choices=PACES,
                default="at_once",
                max_length=8,
                verbose_name="an invitation email doesn’t arrive",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notice_accepted",
            field=models.CharField(
                choices=PACES,
                default="daily",
                max_length=8,
                verbose_name="somebody accepts an invitation",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="notice_joined",
            field=models.CharField(
                choices=PACES,
                default="daily",
                max_length=8,
                verbose_name="somebody joins with a guest link",
            ),
        ),
    ]
