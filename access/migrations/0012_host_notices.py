import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import access.notices.kinds


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0011_reach"),
        ("accounts", "0005_notices"),
        ("media_items", "0008_waveform"),
    ]

    operations = [
        migrations.CreateModel(
            name="HostNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=access.notices.kinds.kind_choices,
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("about_id", models.PositiveBigIntegerField()),
                (
                    "noted_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="happened"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="media_items.mediaitem",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="access.outgoingmail",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail", None)),
                        fields=["due_at"],
                        name="host_notice_due",
                    ),
                    models.Index(fields=["account", "item"], name="host_notice_told"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mail", None)),
                        fields=("account", "kind", "about_id"),
                        name="host_notice_waits_once",
                    )
                ],
            },
        ),
    ]
