"""The provider for a channel, as the settings name it."""

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.providers.base import Provider
from notifications.rules.channels import Channel

# By path: who sends nothing loads neither SDK, and tests may change the setting.
_PROVIDERS = {
    "console": "notifications.providers.console.ConsoleProvider",
    "smtp": "notifications.providers.smtp.SmtpProvider",
    "twilio": "notifications.providers.twilio.TwilioProvider",
    "web_push": "notifications.providers.web_push.WebPushProvider",
}


def provider(channel: str = Channel.SMS) -> Provider:
    """A new provider; it holds no state between calls. Pushes go out in the demo too: they cost nothing.

    So does mail where there is a server for it.
    """
    own = {Channel.PUSH: "web_push"}
    if settings.EMAIL_SERVER or settings.MESSAGE_PROVIDER != "console":
        own[Channel.EMAIL] = "smtp"
    name = own.get(Channel(channel), settings.MESSAGE_PROVIDER)
    chosen: Provider = import_string(_PROVIDERS[name])()
    return chosen


def account_problems() -> list[tuple[str, str, str]]:
    """What the phone provider's account lacks, asked there: a code, what it is, what to do about it."""
    if settings.MESSAGE_PROVIDER != "twilio":
        return [("no_provider", "There is no account to ask.", "Set TWILIO_ACCOUNT_SID.")]
    return list(import_string("notifications.providers.twilio.account_problems")())


def webhook_problems() -> list[tuple[str, str, str]]:
    """Whether what the provider would post to our public address comes in; the same three things."""
    if settings.MESSAGE_PROVIDER != "twilio":
        return []
    return list(import_string("notifications.providers.round_trip.webhook_problems")())


def may_push(endpoint: str) -> bool:
    """Whether pushes may be sent to this address."""
    return bool(import_string("notifications.providers.web_push.may_push")(endpoint))


def leads_inside(endpoint: str) -> bool:
    """Whether an address' host leads to a machine that is not on the internet."""
    return bool(import_string("notifications.providers.web_push.leads_inside")(endpoint))


def push_key() -> str:
    """What a browser needs to subscribe; empty where pushes are not set up."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    return str(import_string("notifications.providers.web_push.public_key")())
