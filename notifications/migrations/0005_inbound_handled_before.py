from django.db import migrations


class Migration(migrations.Migration):
    """What came in before was handled in the request that brought it: nobody gets a late answer."""

    dependencies = [
        ("notifications", "0004_inbound_handled_at"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE notifications_inboundsms SET handled_at = created_at", migrations.RunSQL.noop
        ),
    ]
