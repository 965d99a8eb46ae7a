"""Opens reports that a phone has sealed: ECDH on P-256, HKDF-SHA-256, AES-256-GCM.

A phone that is offline stores what was answered. It seals it to our public key, so that nobody who later
holds the phone can read it there, not even the phone itself. The private key follows from SECRET_KEY;
after a change of that, SECRET_KEY_FALLBACKS keep opening what phones sealed before.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# The same words stand in static/caregiver/offline/seal.js.
_INFO = b"kinwatch sealed report v1"
_KEY_INFO = b"kinwatch sealing key v1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class CannotOpen(Exception):
    """Sealed to a key that we do not have, or damaged."""


@dataclass(frozen=True)
class SealingKey:
    """What a phone seals to: the point, uncompressed, in base64, and a name for it."""

    kid: str
    public: str


def current_key() -> SealingKey:
    """The key that phones should use now."""
    public = _public(_private_key(settings.SECRET_KEY))
    return SealingKey(kid=_kid(public), public=base64.b64encode(public).decode())


def open_sealed(*, kid: str, sender: str, nonce: str, sealed: str, label: str) -> bytes:
    """What was sealed under this label; CannotOpen. `label` ties the text to one report id."""
    key = _key_named(kid)
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(sender))
        secret = key.exchange(ec.ECDH(), point)
        return AESGCM(_derived(secret, _INFO, 32)).decrypt(_bytes(nonce), _bytes(sealed), label.encode())
    except (ValueError, InvalidTag) as error:
        raise CannotOpen from error


def _key_named(kid: str) -> ec.EllipticCurvePrivateKey:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = _private_key(secret)
        if _kid(_public(key)) == kid:
            return key
    raise CannotOpen(kid[:20])


@lru_cache(maxsize=8)
def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    # 48 bytes for a number of 32: what the remainder adds to chance is nothing anybody can use.
    drawn = int.from_bytes(_derived(secret.encode(), _KEY_INFO, 48))
    return ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())


def _derived(secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _kid(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotOpen from error
