from tests.notifications.conftest import twilio, webhook_settings

__all__ = ["twilio", "webhook_settings"]
