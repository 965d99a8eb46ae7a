"""The provider that the settings name."""

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.providers.base import Provider

# By path: a demo without Twilio does not load the SDK to send, and tests may change the setting.
_PROVIDERS = {
    "console": "notifications.providers.console.ConsoleProvider",
    "twilio": "notifications.providers.twilio.TwilioProvider",
}


def provider() -> Provider:
    """A new provider; it holds no state between calls."""
    chosen: Provider = import_string(_PROVIDERS[settings.MESSAGE_PROVIDER])()
    return chosen
