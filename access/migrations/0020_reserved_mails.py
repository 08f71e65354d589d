import uuid

from django.db import migrations, models


def unlog(apps, schema_editor):
    """PostgreSQL empties the table when it recovers from a crash, and that is what it is for."""
    if schema_editor.connection.vendor == "postgresql":
        table = apps.get_model("access", "CrashWitness")._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} SET UNLOGGED")


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0019_not_arrived'),
    ]

    operations = [
        migrations.CreateModel(
            name='CrashWitness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='number')),
            ],
            options={
                'verbose_name': 'crash of the database',
                'verbose_name_plural': 'crashes of the database',
            },
        ),
        migrations.RunPython(unlog, migrations.RunPython.noop),
        migrations.AddField(
            model_name='outgoingmail',
            name='reserved_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reserved by a worker'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='reserved_under',
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name='reserved before which crash'),
        ),
    ]
