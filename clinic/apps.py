"""App configuration."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        from clinic import receivers  # noqa: F401, PLC0415  registering needs loaded models
