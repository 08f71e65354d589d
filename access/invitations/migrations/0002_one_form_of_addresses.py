from django.db import migrations
from django.utils import timezone

from access.one_form import rename_column


def rename(apps, schema_editor):
    rows = apps.get_model("invitations", "Invitation").objects.order_by("pk")
    rename_column(rows, "email", merge=take_back_one)


def take_back_one(invitation, email):
    """Of two invitations of one mailbox the accepted one stays, else the later one."""
    rows = type(invitation).objects
    other = rows.get(item=invitation.item_id, email=email, revoked_at=None)
    stays, goes = (
        (other, invitation)
        if (other.accepted_at is not None, other.pk)
        > (invitation.accepted_at is not None, invitation.pk)
        else (invitation, other)
    )
    rows.filter(pk=goes.pk).update(revoked_at=timezone.now())
    rows.filter(pk__in=[stays.pk, goes.pk]).update(email=email)


class Migration(migrations.Migration):
    dependencies = [("invitations", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
