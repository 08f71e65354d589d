from django.db import migrations
from django.utils import timezone

from access.one_form import rename_column


def rename(apps, schema_editor):
    rename_column(apps.get_model("access", "Block").objects.order_by("pk"), "email", merge=join)
    rename_column(apps.get_model("access", "BatchLine").objects.all(), "email")
    rename_column(apps.get_model("access", "OutgoingMail").objects.all(), "address")


def join(block, email):
    """Of two blocks of one mailbox the earlier stays, as wide as either was."""
    rows = type(block).objects
    other = rows.get(
        item=block.item_id,
        session=block.session_id,
        email=email,
        lifted_at=None,
        erased_at=None,
    )
    rows.filter(pk=other.pk).update(
        only_typed=other.only_typed and block.only_typed, level=max(other.level, block.level)
    )
    rows.filter(pk=block.pk).update(email=email, lifted_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
