from django.db import migrations

from access.one_form import rename_column


def rename(apps, schema_editor):
    rename_column(apps.get_model("accounts", "User").objects.all(), "email", merge=refuse)


def refuse(user, email):
    raise ValueError(
        f"The addresses of account {user.pk} and of another one are one mailbox ({email}). "
        "Give one of them another address in the administration, then migrate again."
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]
