from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0007_settlements_of_day'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='receivable', name='receivables_of_party'),
        migrations.AddIndex(
            model_name='receivable',
            index=models.Index(fields=['station', '-id'], name='receivables_of_station'),
        ),
    ]
