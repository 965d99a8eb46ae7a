"""The one-step tables of the editor are those of the Wagtail that is installed."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_one_step_tables_equal_the_models_of_the_installed_wagtail():
    call_command("makemigrations", "wagtailcore", "wagtailadmin", "wagtailusers", check=True, dry_run=True)
