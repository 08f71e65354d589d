"""Lines of lists know their line in the text and a role of their own; whom a list has invited is no
longer new."""

from django.db import migrations, models


def invited(apps, schema_editor):
    lines = apps.get_model("access", "BatchLine").objects
    lines.filter(verdict="new", invitation__isnull=False).update(verdict="made")


class Migration(migrations.Migration):
    dependencies = [("access", "0005_access_requests_answered")]

    operations = [
        migrations.AddField(
            model_name="batchline",
            name="line_in_text",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="line"),
        ),
        migrations.AddField(
            model_name="batchline",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("viewer", "Viewer"),
                    ("collaborator", "Collaborator"),
                    ("speaker", "Speaker"),
                    ("moderator", "Moderator"),
                ],
                default="",
                max_length=16,
                verbose_name="role",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="batchline",
            name="number",
            field=models.PositiveIntegerField(verbose_name="place"),
        ),
        migrations.AlterField(
            model_name="batchline",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("bad", "Bad address"),
                    ("new", "New"),
                    ("made", "Invited"),
                    ("invited", "Already invited"),
                    ("has_access", "Has access already"),
                    ("yourself", "Yourself"),
                    ("repeated", "Repeated"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunPython(invited, migrations.RunPython.noop),
    ]
