import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('caregiver', '0004_guidance_append_only'),
        ('clinic', '0060_report_corrects'),
    ]

    operations = [
        migrations.AddField(
            model_name='checkindraft',
            name='corrects',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='clinic.report'),
        ),
    ]
