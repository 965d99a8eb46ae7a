"""Production. Start-up refuses what would be dangerous, with one clear line each."""

import sys

from django.core.exceptions import ImproperlyConfigured

from config import encryption, env
from config.settings.base import *  # noqa: F403
from config.settings.base import AUDIT_CHECKPOINT, databases
from config.settings.content import *  # noqa: F403
from config.settings.directory import *  # noqa: F403
from config.settings.directory import OIDC_ISSUER
from config.settings.jobs import *  # noqa: F403
from config.settings.jobs import CELERY_BROKER_URL, REDIS_URL
from config.settings.logs import *  # noqa: F403
from config.settings.messaging import *  # noqa: F403
from config.settings.messaging import (
    EMAIL_SERVER,
    LISTENER_TEST_PEER,
    PUSH_TEST_PEER,
    TWILIO_API_BASE,
)
from config.settings.retention import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.security import METRICS_TOKEN

DEMO = False
DEBUG = False
if env.text("DEBUG", "").lower() in {"1", "true", "yes", "on"}:
    raise ImproperlyConfigured("DEBUG is on. Unset it: error pages would show people's data.")

SECRET_KEY = env.text(
    "SECRET_KEY", hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
)
if SECRET_KEY.startswith("demo-") or len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is a default or too short. Use at least 32 random characters.")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that this clinic is reached by.")

PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", hint="It is the https address that families open.").rstrip("/")
if not PUBLIC_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("PUBLIC_BASE_URL must start with https://.")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

# The program's role owns nothing; the owner's is for what changes tables and roles (docs/security.md).
_MAINTENANCE = {"migrate", "database_roles", "apply_retention", "backup", "restore_drill"}
_variable = "DATABASE_URL"
_url = env.text(_variable, hint="Give a PostgreSQL address; SQLite is for the demo.")
if _MAINTENANCE.intersection(sys.argv[1:2]) and env.text("MAINTENANCE_DATABASE_URL", ""):
    _variable = "MAINTENANCE_DATABASE_URL"
    _url = env.text(_variable)
DATABASES = databases(_url)
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured(f"{_variable} must be a PostgreSQL address.")
encryption.require_for_database(DATABASES["default"], name=_variable)
if not REDIS_URL:
    raise ImproperlyConfigured("REDIS_URL is not set. Workers and consoles meet there.")
encryption.require_for_broker(REDIS_URL, name="REDIS_URL")
encryption.require_for_broker(CELERY_BROKER_URL, name="CELERY_BROKER_URL")
if TWILIO_API_BASE:
    raise ImproperlyConfigured("TWILIO_API_BASE is for tests only. Unset it.")
if PUSH_TEST_PEER:
    raise ImproperlyConfigured("PUSH_TEST_PEER is for tests only. Unset it.")
if LISTENER_TEST_PEER:
    raise ImproperlyConfigured("LISTENER_TEST_PEER is for tests only. Unset it.")
if EMAIL_SERVER and EMAIL_SERVER["password"] and not (EMAIL_SERVER["use_tls"] or EMAIL_SERVER["use_ssl"]):
    raise ImproperlyConfigured(
        "EMAIL_URL would send a password in the clear. Use smtp+tls:// or smtp+ssl://."
    )
if AUDIT_CHECKPOINT.startswith("http://"):
    raise ImproperlyConfigured("AUDIT_CHECKPOINT must be a file or start with https://.")
for _name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
    env.text(_name, hint="Texts and calls go out through this Twilio account.")
if OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must start with https://: who signs in is read from its answers.")
MESSAGE_PROVIDER = "twilio"
if len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("METRICS_TOKEN is not set or too short. Use at least 16 random characters.")

SESSION_COOKIE_NAME = "__Host-sid"
CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
# Balancers and monitors ask the web process itself.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Putting the domain on the browsers' preload list is its owner's step, and hard to take back.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.CompressedFiles"},
}
