import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0051_preparing_patients'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkin',
            name='kind',
            field=models.CharField(choices=[('scheduled', 'Scheduled'), ('recheck', 'Recheck')], db_default='scheduled', default='scheduled', max_length=10),
        ),
        migrations.AddField(
            model_name='checkin',
            name='recheck_of',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recheck', to='clinic.report'),
        ),
        migrations.AddField(
            model_name='checkin',
            name='silence_level',
            field=models.CharField(blank=True, choices=[('none', 'none'), ('watch', 'watch'), ('same_day', 'same_day'), ('urgent', 'urgent'), ('emergency', 'emergency')], db_default='', max_length=10),
        ),
        migrations.AddField(
            model_name='reminder',
            name='to_backup',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'scheduled'), ('recheck_of__isnull', True)), models.Q(('kind', 'recheck'), ('recheck_of__isnull', False)), _connector='OR'), name='checkin_recheck_names_its_report'),
        ),
    ]
