from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('live', '0005_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='livesettings',
            name='waiting_room',
            field=models.BooleanField(default=False, verbose_name='waiting room'),
        ),
    ]
