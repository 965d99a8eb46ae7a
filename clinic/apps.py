"""App configuration."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        # Registering needs loaded models.
        from clinic import receivers  # noqa: F401, PLC0415
        from clinic.console import sign_in_signals  # noqa: F401, PLC0415
        from clinic.services.accounts import system_tokens  # noqa: PLC0415
        from clinic.services.core import kept  # noqa: PLC0415
        from clinic.services.exchange import keeping  # noqa: PLC0415
        from clinic.services.patients import retention  # noqa: PLC0415
        from clinic.services.watch import listener_events  # noqa: PLC0415

        kept.register(*retention.KINDS, *keeping.KINDS, listener_events.RETENTION, system_tokens.RETENTION)
