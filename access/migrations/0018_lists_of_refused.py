import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0017_field_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='made_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='access.batch', verbose_name='list of invitations'),
        ),
    ]
