"""A claim holds until somebody separates what was claimed: what a host has merged since opens
nothing. An attempt that is open and claimed has one writer."""

from django.db import migrations
from django.db.models import Q


def follow_the_trail(apps, schema_editor):
    changes = apps.get_model("quizzes", "QuizChange").objects.order_by("-at", "-pk")
    Taker = apps.get_model("quizzes", "Taker")
    keys = apps.get_model("quizzes", "TakerKey").objects.order_by("pk")
    attempts = apps.get_model("quizzes", "Attempt").objects
    for taker in Taker.objects.filter(claim="theirs", merged_into__isnull=False):
        about = changes.filter(quiz=taker.quiz_id).filter(
            Q(what="claimed") | Q(what__in=["merged", "unmerged"], taker=taker)
        )
        last = next(
            (
                one.what
                for one in about
                if one.what != "claimed" or (one.now or {}).get("from") == taker.pk
            ),
            "",
        )
        if last == "merged":
            Taker.objects.filter(pk=taker.pk).update(claim="")
            continue
        key = keys.filter(taker=taker.merged_into_id, is_proven=True).first()
        if key is not None:
            attempts.filter(
                moved_from=taker, taker=taker.merged_into_id, state="open", by__is_proven=False
            ).update(by=key)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0010_old_processes_may_insert")]

    operations = [
        migrations.RunPython(follow_the_trail, migrations.RunPython.noop, elidable=True),
    ]
