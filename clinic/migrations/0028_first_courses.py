"""Everybody on record is in a course: the one of their only infusion so far."""

from typing import Any

from django.db import migrations

AT_ONCE = 500


def begin(apps: Any, schema_editor: Any) -> None:
    patients, courses = apps.get_model("clinic", "Patient"), apps.get_model("clinic", "Course")
    without = patients.objects.filter(courses=None).order_by("pk")
    # Whoever is enrolled meanwhile gets the row later: services/patients/courses.py makes a missing one.
    while rows := list(without[:AT_ONCE]):
        courses.objects.bulk_create(
            [
                courses(
                    patient=row,
                    number=row.course_number,
                    infusion_date=row.infusion_date,
                    product=row.product,
                    target=row.target,
                    protocol_code=row.protocol_code,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    # In batches that each stand by themselves; begun again, it goes on where it stopped.
    atomic = False
    dependencies = [("clinic", "0027_courses")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
