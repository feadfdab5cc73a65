from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0006_open_receivables_newest'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['station', 'settled_on'], name='settlements_of_day'),
        ),
    ]
