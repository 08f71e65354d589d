from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0010_left_in_a_browser"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                fields=["item", "revoked_at", "accepted_at", "declined_at", "expires_at"],
                name="invitation_item_answers",
            ),
        ),
    ]
