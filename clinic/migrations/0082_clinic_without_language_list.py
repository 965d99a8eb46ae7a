from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinic", "0081_languages_as_rows")]

    operations = [migrations.RemoveField(model_name="clinic", name="languages")]
