from django.db import migrations


def to_rows(apps, schema_editor):
    Clinic = apps.get_model("clinic", "Clinic")
    ClinicLanguage = apps.get_model("clinic", "ClinicLanguage")
    ClinicLanguage.objects.bulk_create(
        ClinicLanguage(clinic=clinic, language=language)
        for clinic in Clinic.objects.all()
        for language in clinic.languages
        if language != "en"
    )


def to_list(apps, schema_editor):
    Clinic = apps.get_model("clinic", "Clinic")
    for clinic in Clinic.objects.all():
        rows = clinic.offered_languages.filter(disabled_at__isnull=True)
        clinic.languages = ["en", *rows.values_list("language", flat=True)]
        clinic.save(update_fields=["languages"])


class Migration(migrations.Migration):
    dependencies = [("clinic", "0080_clinic_language")]

    operations = [migrations.RunPython(to_rows, to_list)]
