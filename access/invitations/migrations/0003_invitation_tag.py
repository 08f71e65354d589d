from django.db import migrations, models

import access.links


def tag_each(apps, schema_editor):
    links = apps.get_model("invitations", "Invitation").objects
    for pk in links.values_list("pk", flat=True).iterator():
        links.filter(pk=pk).update(tag=access.links.new_tag())


class Migration(migrations.Migration):
    dependencies = [("invitations", "0002_one_form_of_addresses")]
    operations = [
        migrations.AddField(
            "invitation", "tag", models.CharField(default="", editable=False, max_length=8)
        ),
        migrations.RunPython(tag_each, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "invitation",
            "tag",
            models.CharField(default=access.links.new_tag, editable=False, max_length=8),
        ),
    ]
