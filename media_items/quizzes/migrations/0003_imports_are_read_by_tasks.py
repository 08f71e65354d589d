"""What was uploaded is read by a task where that takes longer; until now it was read when it came."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def say_read(apps, schema_editor):
    batches = apps.get_model("quizzes", "ImportBatch").objects
    batches.filter(read_at=None).update(read_at=models.F("made_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0002_quiz_of_each_item'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='chosen',
            field=models.JSONField(blank=True, default=dict, verbose_name='chosen'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='encoding',
            field=models.CharField(blank=True, default='', max_length=32, verbose_name='encoding'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='heartbeat_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last sign of life'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='is_guessed',
            field=models.BooleanField(default=False, verbose_name='encoding was guessed'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='language',
            field=models.CharField(blank=True, default='', max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='percent',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='percent'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='problem',
            field=models.TextField(blank=True, default='', verbose_name='problem'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reading finished'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='started_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='started'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='starts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='waiting_since',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='waiting since'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='content',
            field=models.JSONField(blank=True, default=dict, verbose_name='questions'),
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('data', models.BinaryField(verbose_name='file')),
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='file', to='quizzes.importbatch', verbose_name='imported file')),
            ],
            options={
                'verbose_name': 'file of an import',
                'verbose_name_plural': 'files of an import',
            },
        ),
        migrations.RunPython(say_read, migrations.RunPython.noop, elidable=True),
    ]
