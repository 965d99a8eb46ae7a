"""Chains by role and channel, leases, requests to colleagues, calls and suppressions."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0010_education'),
    ]

    operations = [
        migrations.CreateModel(
            name='ColleagueRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('transfer', 'Transfer'), ('opinion', 'Opinion')], max_length=10)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='pending', max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('text', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('who', models.CharField(max_length=200)),
                ('reached', models.BooleanField()),
                ('note', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='PagingLadder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.JSONField(default=dict)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='PagingOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turns', models.JSONField(default=list)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='RequiredAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('nurse', 'Nurse'), ('physician', 'Physician'), ('educator', 'Educator'), ('administrator', 'Administrator')], max_length=20)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('throttled', 'Paged this phone less than a minute ago: goes out with the next bundle'), ('already_paging', 'Pages about this patient are going out already'), ('already_held', 'Somebody has taken this patient'), ('paused', "The patient's monitoring is paused"), ('unreachable', "This person's phone cannot be paged")], max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='page',
            name='page_one_due_per_escalation',
        ),
        migrations.AddField(
            model_name='escalation',
            name='ladder',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='escalation',
            name='lease_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='escalation',
            name='protocol_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.protocolversion'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='snooze_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='escalation',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='escalation',
            name='unreached_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='escalation',
            name='unreached_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='page',
            name='attempt',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='page',
            name='began_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='page',
            name='channel',
            field=models.CharField(blank=True, choices=[('push', 'push'), ('sms', 'sms'), ('voice', 'voice')], max_length=5),
        ),
        migrations.AddField(
            model_name='page',
            name='code',
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name='page',
            name='phone',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name='page',
            name='role',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='page',
            name='to_line',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='escalationevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('rose', 'Level rose'), ('report_attached', 'Another report came in'), ('cause_added', 'Another reason came in'), ('improved', 'A later report was at a lower level'), ('paged', 'Staff paged'), ('acknowledged', 'Acknowledged'), ('joined', 'The other role answered too'), ('taken_over', 'Taken over from a colleague'), ('lease_ended', 'No sign of work for too long: waits again'), ('snoozed', 'Set aside'), ('snooze_ended', 'Set-aside time is over: waits again'), ('transfer_offered', 'Offered to a colleague'), ('transfer_accepted', 'Colleague took it over'), ('transfer_declined', 'Colleague did not take it over'), ('transfer_withdrawn', 'Offer taken back'), ('opinion_asked', 'Second opinion asked for'), ('opinion_given', 'Second opinion'), ('lowered', 'Level lowered by a person'), ('called', 'Called the family: reached'), ('called_in_vain', 'Called the family: not reached'), ('could_not_reach', 'Could not reach the family: next person paged'), ('note', 'Call note'), ('resolved', 'Resolved')], max_length=20),
        ),
        migrations.AlterField(
            model_name='page',
            name='state',
            field=models.CharField(choices=[('due', 'Due'), ('held', 'Held'), ('sent', 'Sent'), ('cancelled', 'Cancelled')], default='due', max_length=10),
        ),
        migrations.AlterField(
            model_name='systemalarm',
            name='kind',
            field=models.CharField(choices=[('unscored', 'A report has not been scored'), ('no_on_call', 'Nobody is on call'), ('no_role_on_call', 'Nobody of a role that must answer is on call'), ('page_failed', 'A page could not be delivered'), ('opted_out', 'A family stopped our texts: call them'), ('text_received', 'A text message came in that nobody has read')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='escalation',
            index=models.Index(condition=models.Q(('lease_until__isnull', False)), fields=['lease_until'], name='escalation_lease'),
        ),
        migrations.AddIndex(
            model_name='page',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['due_at'], name='page_held'),
        ),
        migrations.AddIndex(
            model_name='page',
            index=models.Index(fields=['phone', '-sent_at'], name='page_to_phone'),
        ),
        migrations.AddIndex(
            model_name='page',
            index=models.Index(fields=['message_id'], name='page_message'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'due')), fields=('escalation', 'role'), name='page_one_due_per_chain'),
        ),
        migrations.AddField(
            model_name='colleaguerequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='colleaguerequest',
            name='asked_of',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.staff'),
        ),
        migrations.AddField(
            model_name='colleaguerequest',
            name='escalation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='clinic.escalation'),
        ),
        migrations.AddField(
            model_name='contact',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contact',
            name='escalation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='clinic.escalation'),
        ),
        migrations.AddField(
            model_name='contact',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.careteammember'),
        ),
        migrations.AddField(
            model_name='pagingladder',
            name='changed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pagingladder',
            name='clinic',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paging_ladder', to='clinic.clinic'),
        ),
        migrations.AddField(
            model_name='pagingorder',
            name='staff',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paging_order', to='clinic.staff'),
        ),
        migrations.AddField(
            model_name='requiredanswer',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requiredanswer',
            name='escalation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='required_answers', to='clinic.escalation'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='clinic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suppressions', to='clinic.clinic'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='escalation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suppressions', to='clinic.escalation'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='patient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.patient'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='would_page',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.staff'),
        ),
        migrations.AddConstraint(
            model_name='colleaguerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('escalation', 'kind'), name='colleague_request_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='colleaguerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='colleague_request_closed_at_once_answered'),
        ),
        migrations.AddConstraint(
            model_name='colleaguerequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['transfer', 'opinion']), ('state__in', ['pending', 'accepted', 'declined', 'withdrawn', 'lapsed'])), name='colleague_request_known'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['escalation', 'at'], name='contact_of_escalation'),
        ),
        migrations.AddConstraint(
            model_name='requiredanswer',
            constraint=models.UniqueConstraint(fields=('escalation', 'role'), name='required_answer_once_per_role'),
        ),
        migrations.AddConstraint(
            model_name='requiredanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='required_answer_answered_at_with_by'),
        ),
        migrations.AddIndex(
            model_name='suppression',
            index=models.Index(fields=['clinic', '-at'], name='suppression_of_clinic'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.CheckConstraint(condition=models.Q(('rule__in', ['throttled', 'already_paging', 'already_held', 'paused', 'unreachable'])), name='suppression_rule_known'),
        ),
    ]
