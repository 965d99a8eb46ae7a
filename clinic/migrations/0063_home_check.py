import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0062_disagreement'),
    ]

    operations = [
        migrations.CreateModel(
            name='HomeCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=10)),
                ('given', models.JSONField(default=dict)),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('alertness', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('is_baseline', models.BooleanField(default=False)),
                ('done_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='home_checks', to='clinic.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['patient', '-done_at'], name='home_check_of_patient')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__isnull', True), ('score__lte', 10), _connector='OR'), name='home_check_score_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('alertness__isnull', True), ('score__isnull', False)), models.Q(('alertness__isnull', False), ('score__isnull', True)), _connector='OR'), name='home_check_scored_or_asleep'), models.CheckConstraint(condition=models.Q(('is_baseline', False), ('score__isnull', False), _connector='OR'), name='home_check_baseline_has_score')],
            },
        ),
    ]
