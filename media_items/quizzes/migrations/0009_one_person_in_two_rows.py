"""Whoever has proven an address in the middle of two attempts is one person in two rows."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

PROVEN = ("signed_in", "confirmed")


def know_who_waits(apps, schema_editor):
    """Who had come by a proof, and was not brought together with whoever had proven it before."""
    Taker = apps.get_model("quizzes", "Taker")
    keys = apps.get_model("quizzes", "TakerKey").objects.filter(taker=OuterRef("pk"))
    proven = Taker.objects.filter(certainty__in=PROVEN, merged_into=None)
    others = proven.filter(quiz=OuterRef("quiz"), person=OuterRef("person"))
    rows = Taker.objects.filter(
        Exists(keys.filter(is_proven=True)), Exists(others), merged_into=None, erased_at=None
    )
    waiting = rows.exclude(certainty__in=PROVEN).exclude(person="")
    Taker.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        certainty="confirmed", is_apart=True
    )


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0008_claims_are_answered")]

    operations = [
        migrations.AddField(
            model_name="taker",
            name="is_apart",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="waits for another attempt to end",
            ),
        ),
        migrations.RemoveConstraint(model_name="taker", name="taker_one_per_proven_person"),
        migrations.AddConstraint(
            model_name="taker",
            constraint=models.UniqueConstraint(
                condition=Q(
                    ("certainty__in", PROVEN),
                    Q(("person", ""), _negated=True),
                    ("is_apart", False),
                    ("merged_into", None),
                ),
                fields=("quiz", "person"),
                name="taker_one_per_proven_person",
            ),
        ),
        migrations.AddIndex(
            model_name="taker",
            index=models.Index(
                condition=Q(("is_apart", True)), fields=["quiz"], name="taker_apart"
            ),
        ),
        migrations.RunPython(know_who_waits, migrations.RunPython.noop, elidable=True),
    ]
