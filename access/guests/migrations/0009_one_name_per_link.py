from django.db import migrations, models

from access.typed_text import same_words

MOST = 100


def name_keys(apps, schema_editor):
    """Links that had the name of an older one of their item are called “Webinar (2)” from now on."""
    links = apps.get_model("guests", "GuestLink").objects.using(schema_editor.connection.alias)
    taken = set()
    in_lists = links.filter(deleted_at=None).order_by("item_id", "created_at", "pk")
    of_item = None
    for link in in_lists.only("item_id", "name").iterator():
        if link.item_id != of_item:
            of_item, taken = link.item_id, set()
        name = free_name(link.name, taken)
        taken.add(same_words(name))
        links.filter(pk=link.pk).update(name=name, name_key=same_words(name))
    for link in links.exclude(deleted_at=None).only("name").iterator():
        links.filter(pk=link.pk).update(name_key=same_words(link.name))


def free_name(name, taken):
    number, tried = 1, name
    while same_words(tried) in taken:
        number += 1
        ending = f" ({number})"
        tried = name[: MOST - len(ending)].rstrip() + ending
    return tried


class Migration(migrations.Migration):
    dependencies = [("guests", "0008_last_seen")]
    operations = [
        migrations.AddField(
            "guestlink",
            "name_key",
            models.CharField(default="", editable=False, max_length=300),
            preserve_default=False,
        ),
        migrations.RunPython(name_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            "guestlink",
            models.UniqueConstraint(
                condition=models.Q(deleted_at=None),
                fields=("item", "name_key"),
                name="guest_link_one_of_a_name",
                violation_error_message=(
                    "There is already a link with this name here. Choose another name to tell "
                    "them apart."
                ),
            ),
        ),
    ]
