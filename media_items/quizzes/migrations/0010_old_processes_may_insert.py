"""Processes of the version before insert rows of these tables while they go on."""

import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0009_one_person_in_two_rows")]

    operations = [
        migrations.AlterField(
            model_name='importbatch',
            name='chosen',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='chosen'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='encoding',
            field=models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='encoding'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='is_guessed',
            field=models.BooleanField(db_default=False, default=False, verbose_name='encoding was guessed'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='language'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='percent',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='percent'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='person',
            field=models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='problem',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='problem'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='starts',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='waiting_since',
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now, verbose_name='waiting since'),
        ),
        migrations.AlterField(
            model_name='regrade',
            name='keys_before',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, verbose_name='keys before'),
        ),
        migrations.AlterField(
            model_name='taker',
            name='claim',
            field=models.CharField(blank=True, choices=[('theirs', 'Theirs'), ('not_theirs', 'Not theirs')], db_default='', default='', max_length=12, verbose_name='answer of the verified person'),
        ),
    ]
