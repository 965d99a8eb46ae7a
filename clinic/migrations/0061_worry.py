import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0060_report_corrects'),
    ]

    operations = [
        migrations.CreateModel(
            name='Worry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('is_strong', models.BooleanField(default=False)),
                ('words', models.TextField(blank=True)),
                ('told_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('called_back_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='worries', to=settings.AUTH_USER_MODEL)),
                ('called_back_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='worries', to='clinic.escalation')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='worries', to='clinic.patient')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('called_back_at__isnull', True), ('called_back_by__isnull', True)), models.Q(('called_back_at__isnull', False), ('called_back_by__isnull', False)), _connector='OR'), name='worry_called_back_at_with_by')],
            },
        ),
    ]
