"""Secrets that have to be read again are sealed where they lie, under keys made from SECRET_KEY.

docs/data-at-rest.md says which they are, and what changing the key asks for.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(text: str, *, salt: str, purpose: str) -> str:
    """Under the newest key."""
    return _box(salt, purpose).encrypt(text.encode()).decode()


def open_sealed(sealed: str, *, salt: str, purpose: str) -> str:
    """Under the newest key or, while SECRET_KEY is being changed, an old one. InvalidToken."""
    return _box(salt, purpose).decrypt(sealed.encode()).decode()


def _box(salt: str, purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret, salt, purpose)) for secret in secrets])


def _key(secret: str | bytes, salt: str, purpose: str) -> bytes:
    digest = salted_hmac(salt, purpose, secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
