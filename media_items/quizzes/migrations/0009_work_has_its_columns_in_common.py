"""Columns are called what the base of such work calls them; no table changes."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0008_claims_are_answered'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='importbatch',
            name='made_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='made'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='starts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='starts of the task'),
        ),
        migrations.AlterField(
            model_name='regrade',
            name='seen_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='last got on'),
        ),
        migrations.AlterField(
            model_name='resultsmailing',
            name='seen_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='last got on'),
        ),
    ]
