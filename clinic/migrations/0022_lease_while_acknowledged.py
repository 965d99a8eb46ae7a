"""Nothing is taken for ever: constraints, now that every row keeps them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0021_lease_for_what_is_taken")]

    operations = [
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'acknowledged')), models.Q(models.Q(('state', 'acknowledged'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='escalation_lease_while_acknowledged'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snooze_reason', ''), ('snoozed_until__isnull', True)), models.Q(('lease_until__isnull', False), ('snoozed_until__isnull', False), ('snoozed_until', models.F('lease_until')), models.Q(('snooze_reason', ''), _negated=True)), _connector='OR'), name='escalation_snooze_ends_with_lease'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('unreached_at__isnull', True), ('unreached_by__isnull', True)), models.Q(('unreached_at__isnull', False), ('unreached_by__isnull', False)), _connector='OR'), name='escalation_unreached_at_with_by'),
        ),
    ]
