"""App configuration."""

from django.apps import AppConfig


class CaregiverConfig(AppConfig):
    name = "caregiver"

    def ready(self) -> None:
        # Registering needs loaded models.
        from caregiver import receivers  # noqa: F401, PLC0415
        from caregiver.services.account import retention  # noqa: PLC0415
        from clinic.services.core import kept  # noqa: PLC0415

        kept.register(*retention.KINDS)
