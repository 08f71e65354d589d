from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guests", "0003_guestlink_tag")]
    operations = [
        migrations.AddField(
            "guest", "digest", models.CharField(blank=True, default="", editable=False, max_length=64), preserve_default=False
        ),
    ]
