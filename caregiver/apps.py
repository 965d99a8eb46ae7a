"""App configuration."""

from django.apps import AppConfig


class CaregiverConfig(AppConfig):
    name = "caregiver"

    def ready(self) -> None:
        from caregiver import receivers  # noqa: F401, PLC0415  registering needs loaded models
