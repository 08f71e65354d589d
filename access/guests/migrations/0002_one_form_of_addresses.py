from django.db import migrations

from access.email_addresses import normal_domain
from access.one_form import rename_column


def rename(apps, schema_editor):
    rename_column(apps.get_model("guests", "Guest").objects.order_by("pk"), "email", merge=join)
    rename_column(apps.get_model("guests", "AccessRequest").objects.all(), "email")
    links = apps.get_model("guests", "GuestLink").objects.all()
    rename_column(links, "email_domains", rename=rename_domains)


def rename_domains(stored):
    return "\n".join(dict.fromkeys(map(normal_domain, stored.split())))


def join(guest, email):
    """One mailbox on one link is one guest, removed if either was; the place stays counted."""
    other = type(guest).objects.get(link=guest.link_id, email=email, erased_at=None)
    guest.admissions.update(guest=other)
    if guest.removed_at and not other.removed_at:
        other.removed_at, other.removed_by_id = guest.removed_at, guest.removed_by_id
        other.save(update_fields=["removed_at", "removed_by"])
    guest.delete()


class Migration(migrations.Migration):
    dependencies = [("guests", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
