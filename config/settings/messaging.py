"""Texts, calls and e-mail. The provider is `twilio`, or `console` (stores what would have been sent)."""

from urllib.parse import urlsplit

from config import env

TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", "")
# A second token is accepted on webhooks while the primary one is being changed.
TWILIO_AUTH_TOKEN_OLD = env.text("TWILIO_AUTH_TOKEN_OLD", "")
TWILIO_MESSAGING_SERVICES = {
    "codes": env.text("TWILIO_MESSAGING_SERVICE_CODES", ""),
    "reminders": env.text("TWILIO_MESSAGING_SERVICE_REMINDERS", ""),
    "paging": env.text("TWILIO_MESSAGING_SERVICE_PAGING", ""),
}
TWILIO_VOICE_FROM = env.text("TWILIO_VOICE_FROM", "")
# Test peers only; production settings refuse it.
TWILIO_API_BASE = env.text("TWILIO_API_BASE", "")
TWILIO_TIMEOUT_SECONDS = 10

MESSAGE_PROVIDER = env.text("MESSAGE_PROVIDER", "twilio" if TWILIO_ACCOUNT_SID else "console")
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

# At most so many texts to one number in 24 hours, and so many parts of texts and calls in a month (0: no
# limit). What is urgent, pages and sign-in codes, is counted in the month and never held back.
SMS_DAILY_CAP = env.number("SMS_DAILY_CAP", 12)
SMS_MONTHLY_BUDGET = env.number("SMS_MONTHLY_BUDGET", 0)

# A route of the provider is down after so many failures in a row, or when they last so long; pages and texts
# to staff then go by e-mail and push, until it takes something again. When nobody has tried it for so long,
# the next page is tried there.
PROVIDER_FAILURES = env.number("PROVIDER_FAILURES", 3)
PROVIDER_FAILING_SECONDS = env.number("PROVIDER_FAILING_SECONDS", 120)
PROVIDER_TRY_AFTER_SECONDS = env.number("PROVIDER_TRY_AFTER_SECONDS", 90)
# The way that is not Twilio: a mail server. Nothing but pages and texts to staff goes by it.
EMAIL_URL = env.text("EMAIL_URL", "")
EMAIL_SERVER = env.email_server(EMAIL_URL) if EMAIL_URL else None
EMAIL_FROM = env.text("EMAIL_FROM", "") or f"kinwatch@{urlsplit(PUBLIC_BASE_URL).hostname}"

# Notices on staff's devices. The key is one line of base64 (docs/messages.md says how to make one); the
# contact is a mailto: address for the browsers' makers. Pushes go to these hosts and nowhere else.
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "")
VAPID_CONTACT = env.text("VAPID_CONTACT", "")
PUSH_HOSTS = env.words(
    "PUSH_HOSTS",
    ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"],
)
# Test peers only; production settings refuse it.
PUSH_TEST_PEER = env.text("PUSH_TEST_PEER", "")
# Clinics' own systems that are told of events are on the internet, or one of these hosts of one's own network
# (docs/other-systems.md): engine.hospital.example, or engine.hospital.example:8443.
LISTENER_INSIDE_HOSTS = env.words("LISTENER_INSIDE_HOSTS", [])
LISTENER_TEST_PEER = env.text("LISTENER_TEST_PEER", "")
