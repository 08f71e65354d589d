from django.conf import settings
from django.db import migrations, models

import access.memberships.models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("access", "0005_access_requests_answered"),
    ]

    operations = [
        migrations.AlterField(
            model_name="gallerymembership",
            name="user",
            field=models.ForeignKey(
                on_delete=access.memberships.models.unless_last_manager,
                related_name="gallery_memberships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
    ]
