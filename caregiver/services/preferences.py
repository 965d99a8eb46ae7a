"""What a person chose for themselves: language and temperature unit."""

from django.conf import settings

from clinic.models import User


def choose_language(*, by: User, language: str) -> None:
    """Speak this language from now on; one we do not have is ignored."""
    if language in dict(settings.LANGUAGES):
        by.language = language
        by.save(update_fields=["language"])


def choose_unit(*, by: User, unit: str) -> None:
    """Offer this temperature unit first; any other word is ignored."""
    if unit in {"C", "F"}:
        by.temperature_unit = unit
        by.save(update_fields=["temperature_unit"])
