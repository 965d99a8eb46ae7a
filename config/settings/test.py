"""Test settings: the embedded default, or PostgreSQL and Redis where their addresses are given."""

import os
import tempfile
from pathlib import Path

from config import env, starting

if os.environ.get("REDIS_URL") and os.environ.get("PYTEST_XDIST_WORKER"):
    # Tests empty their cache; those that run side by side must not empty each other's.
    _number = 15 - int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{_number}"

from config.settings.dev import *  # noqa: F403
from config.settings.dev import DATABASES

starting.mean_demo()
MESSAGE_PROVIDER = "console"
ENGINE_FALLBACK = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PUBLIC_BASE_URL = "http://testserver"
DATABASES["default"].setdefault("TEST", {})
if env.text("TEST_DATABASE_NAME", ""):
    DATABASES["default"]["TEST"]["NAME"] = env.text("TEST_DATABASE_NAME", "")
elif DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in the embedded default: SQLite's shared memory locks whole tables at once. Where the machine
    # has a place for files in memory, it is there.
    _memory = Path("/dev/shm")  # noqa: S108
    _folder = _memory if os.access(_memory, os.W_OK) else Path(tempfile.gettempdir())
    DATABASES["default"]["TEST"]["NAME"] = _folder / f"kinwatch-test-{os.getpid()}.sqlite3"
# Threads of one test share the pool with nothing else, and a pool outlives a dropped test database.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
