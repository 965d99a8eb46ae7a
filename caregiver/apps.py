"""App configuration."""

from django.apps import AppConfig


class CaregiverConfig(AppConfig):
    name = "caregiver"
