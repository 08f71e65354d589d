from django.db import migrations, models

from access.blocks.digests import address_digest


def digest_each(apps, schema_editor):
    blocks = apps.get_model("access", "Block").objects
    for pk, email in blocks.exclude(email="").values_list("pk", "email").iterator():
        blocks.filter(pk=pk).update(digest=address_digest(email))


class Migration(migrations.Migration):
    dependencies = [("access", "0002_one_form_of_addresses")]
    operations = [
        migrations.AddField(
            "block", "digest", models.CharField(blank=True, default="", editable=False, max_length=64), preserve_default=False
        ),
        migrations.RunPython(digest_each, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "block",
            models.Index(
                condition=models.Q(lifted_at=None), fields=["item", "digest"], name="block_digest"
            ),
        ),
    ]
