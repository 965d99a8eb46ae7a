"""Apps, addresses, templates, languages, files and the database: what every environment shares."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR: Path = env.BASE_DIR
# Everything that the embedded default writes: database, beat schedule, static cache.
VAR_DIR = Path(env.text("KINWATCH_VAR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "config.apps.ProjectConfig",
    "caregiver.apps.CaregiverConfig",
    "clinic.apps.ClinicConfig",
    "notifications.apps.NotificationsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "phonenumber_field",
    "rest_framework",
    # The educators' editor; what it has beyond guidance stays shut (caregiver/cms/gate.py).
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "modelsearch",
    "taggit",
]

MIDDLEWARE = [
    "config.client_address.middleware",
    "config.middleware.browser_rules",
    "config.middleware.length_is_a_number",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.compressed_pages",
    "csp.middleware.CSPMiddleware",
    "config.middleware.fetch_metadata",
    "config.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.family_device",
    "config.middleware.rows_of_person",
    "config.middleware.own_language",
    "config.middleware.no_nul",
    "config.middleware.known_device",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.staff_second_factor",
    "config.middleware.idle_admin",
    "config.middleware.locked_desk",
    "config.middleware.NewFamilyDevice",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

# How many requests one web process answers at a time (config/requests.py); the next waits for one of them.
WEB_THREADS = env.number("WEB_THREADS", 32)

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.product",
            ],
        },
    },
]
FORM_RENDERER = "config.forms.Renderer"

PRODUCT_NAME = env.text("PRODUCT_NAME", "Kinwatch")
DEMO = False
# Notices of shifts, weekly test pages and the weekly test report; each waits for an answer from staff.
STAFF_CHECKS = env.text("STAFF_CHECKS", "on") != "off"
# Asked every two minutes while the audit passes; whoever watches it alarms when the asking stops.
HEARTBEAT_URL = env.text("HEARTBEAT_URL", "")
# Where each night's signed checkpoint of the audit goes: a file, best on another machine's disk, or an https
# address that keeps what is posted to it.
AUDIT_CHECKPOINT = env.text("AUDIT_CHECKPOINT", "")
# Where `manage.py backup` puts its dumps, and `restore_drill` finds the newest.
BACKUP_FOLDER = env.text("BACKUP_FOLDER", "")
# Signs the checkpoints; without one a key is made from SECRET_KEY.
AUDIT_KEY = env.text("AUDIT_KEY", "")
# OFFLINE=off makes every phone throw its service worker and cached shell away at its next visit.
OFFLINE = env.text("OFFLINE", "on") != "off"

# A written sentence shows how somebody is; it is deleted so many days after it was written.
WRITING_DAYS = env.number("WRITING_DAYS", 30)

AUTH_USER_MODEL = "clinic.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
# Families read all of them, staff pages are in the first two (config/catalogues.py).
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("zh-hans", _("Simplified Chinese")),
    ("ar", _("Arabic")),
    ("vi", _("Vietnamese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"
# Countries to which texts may be sent; anything else is refused before it costs money (toll fraud).
SMS_COUNTRIES = env.words("SMS_COUNTRIES", ["US", "CA"])

# What programs call: they are answered in JSON and know no pages.
API_PATHS = ("/api/", "/fhir/")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clinic.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "clinic.api.errors.respond",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PRODUCT_NAME} API",
    "DESCRIPTION": "Reports, checklists and escalations of a clinic.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "PREPROCESSING_HOOKS": ["clinic.api.views.documentation.calls_of_the_api"],
    "ENUM_NAME_OVERRIDES": {
        "ReportStateEnum": "clinic.models.report.ReportState",
        "EscalationStateEnum": "clinic.models.escalation.EscalationState",
        "LevelEnum": "clinic.api.outputs.LEVELS",
        "AnsweringRoleEnum": "clinic.api.outputs.ANSWERING_ROLES",
        "OutcomeEnum": "clinic.models.escalation.Outcome",
        "LifeEventKindEnum": "clinic.models.life_event.LifeEventKind",
    },
}


def databases(url: str | None) -> dict[str, Any]:
    """PostgreSQL where an address is given, else the embedded SQLite with settings that hold up.

    SQLite: IMMEDIATE takes the write lock at BEGIN, because a read lock that is raised later fails
    at once under load; FULL keeps the last commit through a power cut.
    """
    if url:
        connection = env.database(url)
        if connection["ENGINE"].endswith("postgresql"):
            options = connection.setdefault("OPTIONS", {})
            options["pool"] = {"min_size": 1, "max_size": env.number("DATABASE_POOL", 8), "timeout": 10}
            # Only what asks for it is prepared (clinic/prepared.py).
            options["prepare_threshold"] = 5
            connection["CONN_MAX_AGE"] = 0
        return {"default": connection}
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "kinwatch.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # The last one: a migration makes a table anew, and SQLite refuses that while a trigger of
                # another table names it.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA legacy_alter_table=ON;"
                ),
            },
        }
    }
