from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0042_alarms_of_rota_and_watch'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalation_one_open_per_patient',
        ),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalation_resolved_with_outcome',
        ),
        migrations.AddField(
            model_name='escalation',
            name='is_drill',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='report',
            name='is_drill',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'resolved'), _negated=True), ('is_drill', False)), fields=('patient',), name='escalation_one_open_per_patient'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'resolved'), _negated=True), ('is_drill', True)), fields=('patient',), name='escalation_one_open_drill_per_patient'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'resolved'), _negated=True), ('severity__lt', 3), ('is_drill', True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='escalation_resolved_with_outcome'),
        ),
    ]
