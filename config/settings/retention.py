"""How long each kind of data is kept. What each is, and which law or norm asks what: docs/data.md."""

from django.core.exceptions import ImproperlyConfigured

from config import env

# HIPAA, 45 CFR 164.316(b)(2)(i) and 164.530(j)(2). The triggers of the audit hold it as well.
_AUDIT_AT_LEAST = 6


def _time(name: str, default: int) -> int:
    """0 keeps it for ever."""
    value = env.number(name, default)
    if value < 0:
        raise ImproperlyConfigured(f"{name} must not be below 0.")
    return value


# A record after monitoring has ended; then it is emptied as on request, and its caregivers with it.
RETENTION_RECORD_YEARS = _time("RETENTION_RECORD_YEARS", 10)
RETENTION_AUDIT_YEARS = _time("RETENTION_AUDIT_YEARS", 6)
# What was texted, in both directions; then the row without words, number and moment.
RETENTION_TEXT_WORDS_DAYS = _time("RETENTION_TEXT_WORDS_DAYS", 365)
RETENTION_TEXTS_YEARS = _time("RETENTION_TEXTS_YEARS", 5)
# After the end of what a number had agreed to, or stopped.
RETENTION_CONSENTS_YEARS = _time("RETENTION_CONSENTS_YEARS", 5)
# Name and number of whoever was invited, after the link was used, taken back or ran out.
RETENTION_INVITATIONS_DAYS = _time("RETENTION_INVITATIONS_DAYS", 90)
# Tokens, codes and sessions after they ended.
RETENTION_SIGN_INS_DAYS = _time("RETENTION_SIGN_INS_DAYS", 90)
# Shifts, notices, test pages and alarms about the system.
RETENTION_DUTY_YEARS = _time("RETENTION_DUTY_YEARS", 6)

if 0 < RETENTION_AUDIT_YEARS < _AUDIT_AT_LEAST:
    raise ImproperlyConfigured(f"RETENTION_AUDIT_YEARS must be {_AUDIT_AT_LEAST} or more, or 0 to keep all.")
