"""The embedded default and the demo: one process, no services; `manage.py` uses it unless told else.

With DATABASE_URL and REDIS_URL set the same settings run on PostgreSQL and Redis in separate processes.
"""

from config import demo_keys, env
from config.settings.base import *  # noqa: F403
from config.settings.base import VAR_DIR, databases
from config.settings.content import *  # noqa: F403
from config.settings.directory import *  # noqa: F403
from config.settings.jobs import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.messaging import *  # noqa: F403
from config.settings.retention import *  # noqa: F403
from config.settings.security import *  # noqa: F403

DEMO = True
DEBUG = False
# In a demo nobody replies, and every page would fill with alarms about it.
STAFF_CHECKS = env.text("STAFF_CHECKS", "off") == "on"
# Security keys work on http://localhost only; production has https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
SECRET_KEY = env.text("SECRET_KEY", "demo-key-for-a-demo-clinic-with-made-up-people-only")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["*"])
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}").rstrip("/")
DATABASES = databases(env.text("DATABASE_URL", ""))
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "") or demo_keys.vapid(VAR_DIR / "vapid.key")
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Hashed as in production; compressed only what phones load, because the rest takes half a minute.
    "staticfiles": {"BACKEND": "config.storage.OwnFilesCompressed"},
}
STATIC_ROOT = VAR_DIR / "static"
