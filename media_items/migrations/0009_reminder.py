from django.db import migrations, models

CHOICES = [(0, "No reminder"), (60, "One hour before"), (1440, "One day before")]


class Migration(migrations.Migration):
    """What was scheduled before has no reminder: its people were promised none."""

    dependencies = [("media_items", "0008_waveform")]
    operations = [
        migrations.AddField(
            model_name="mediaitem",
            name="reminder",
            field=models.PositiveSmallIntegerField(
                choices=CHOICES, default=0, verbose_name="reminder by email"
            ),
        ),
        migrations.AlterField(
            model_name="mediaitem",
            name="reminder",
            field=models.PositiveSmallIntegerField(
                choices=CHOICES, default=60, verbose_name="reminder by email"
            ),
        ),
        migrations.AddIndex(
            model_name="mediaitem",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("reminder__gt", 0)),
                fields=["starts_at"],
                name="media_item_reminded",
            ),
        ),
    ]
