"""Seals as a phone does, for tests without a browser."""

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from clinic.services.reports.sealing import current_key


def envelope(report: Any, label: str) -> dict[str, str]:
    """What the phone would send for this report under this id."""
    key = current_key()
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(key.public))
    mine = ec.generate_private_key(ec.SECP256R1())
    secret = mine.exchange(ec.ECDH(), theirs)
    derived = HKDF(SHA256(), 32, salt=None, info=b"kinwatch sealed report v1").derive(secret)
    nonce = os.urandom(12)
    sealed = AESGCM(derived).encrypt(nonce, json.dumps(report).encode(), label.encode())
    sender = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"kid": key.kid, "sender": _text(sender), "nonce": _text(nonce), "sealed": _text(sealed)}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
