"""Keys that the demo makes for itself, once."""

import os
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec


def vapid(path: Path) -> str:
    """The key that signs pushes; a new one would cut off every browser that has subscribed."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _keep(path, _made())


def _made() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _keep(path: Path, key: str) -> str:
    """Several processes start at once: the first one wins. A read-only folder costs nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        mine.write_text(key)
        mine.chmod(0o600)
        try:
            os.link(mine, path)
        except FileExistsError:
            return path.read_text().strip()
        finally:
            mine.unlink()
    except OSError:
        pass
    return key
