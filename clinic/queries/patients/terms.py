"""Whether somebody has agreed to the terms in force."""

from clinic.models import TermsAcceptance, User

# Grows when the text of the terms page changes in a way that people must agree to anew.
VERSION = "2026-11"


def are_owed(*, user: User) -> bool:
    """Whether this person has not agreed to the version in force. Nothing waits for it."""
    return not TermsAcceptance.objects.filter(user=user, version=VERSION).exists()
