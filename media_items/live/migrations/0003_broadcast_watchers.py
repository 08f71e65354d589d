import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0002_recording_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="BroadcastWatcher",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=32)),
                (
                    "came_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="came"),
                ),
                (
                    "seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="last seen"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watchers",
                        to="live.livesession",
                    ),
                ),
            ],
            options={
                "verbose_name": "watcher of a broadcast",
                "verbose_name_plural": "watchers of broadcasts",
                "indexes": [
                    models.Index(fields=["session", "seen_at"], name="broadcast_watcher_seen")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "token"), name="broadcast_watcher_once"
                    )
                ],
            },
        ),
    ]
