from django.db import migrations
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest


def free_places(apps, schema_editor):
    """Guests who had been removed kept their places until now."""
    links = apps.get_model("guests", "GuestLink").objects.using(schema_editor.connection.alias)
    removed = Count("guests", filter=Q(guests__removed_at__isnull=False))
    for link in links.annotate(removed=removed).filter(removed__gt=0).iterator():
        links.filter(pk=link.pk).update(places_taken=Greatest(0, F("places_taken") - link.removed))


class Migration(migrations.Migration):
    dependencies = [
        ("guests", "0006_words"),
    ]

    operations = [
        migrations.RunPython(free_places, migrations.RunPython.noop),
    ]
