import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0052_silence_and_rechecks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Night',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('night_date', models.DateField()),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('asked', 'Asked'), ('told', 'Told'), ('settled', 'Settled')], default='planned', max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='NightDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('night_date', models.DateField()),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name='night',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nights', to='clinic.patient'),
        ),
        migrations.AddField(
            model_name='nightduty',
            name='caregiver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='nightduty',
            name='chosen_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='nightduty',
            name='patient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='night_duties', to='clinic.patient'),
        ),
        migrations.AddIndex(
            model_name='night',
            index=models.Index(condition=models.Q(('state', 'settled'), _negated=True), fields=['due_at'], name='night_due'),
        ),
        migrations.AddConstraint(
            model_name='night',
            constraint=models.UniqueConstraint(fields=('patient', 'night_date'), name='night_once'),
        ),
        migrations.AddConstraint(
            model_name='night',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'asked', 'told', 'settled'])), name='night_state_known'),
        ),
        migrations.AddIndex(
            model_name='nightduty',
            index=models.Index(fields=['patient', 'night_date', '-starts_at'], name='night_duty_of_patient'),
        ),
    ]
