from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0050_drills'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='patient',
            name='patient_status_known',
        ),
        migrations.AddField(
            model_name='patient',
            name='monitored_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='patient',
            name='single_caregiver_reason',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='patient',
            name='start_override',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='patient',
            name='status',
            field=models.CharField(choices=[('preparing', 'Preparing to go home'), ('active', 'Monitored'), ('paused', 'Paused'), ('ended', 'Ended')], default='active', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='patient',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['preparing', 'active', 'paused', 'ended'])), name='patient_status_known'),
        ),
    ]
