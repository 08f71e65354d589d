from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invitations", "0008_field_names")]

    operations = [
        migrations.AlterField(
            model_name="invitationcode",
            name="digest",
            field=models.CharField(
                blank=True, max_length=64, verbose_name="fingerprint of the code"
            ),
        ),
    ]
