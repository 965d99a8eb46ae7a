"""The educators' editor (Wagtail) under /cms/: only what texts need, and nothing that leaves the house."""

from config import env
from config.settings.base import LANGUAGES, PRODUCT_NAME

WAGTAIL_SITE_NAME = PRODUCT_NAME
WAGTAILADMIN_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000")
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
# Those of staff: the other languages are for families.
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("es", "Español")]
# Wagtail's own conveniences that would ask another server, send e-mail or manage people.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_NOTIFICATION_USE_HTML = False
# Nobody publishes but through the review by a second person, so nothing may cut a review short.
WAGTAIL_WORKFLOW_CANCEL_ON_PUBLISH = False
# Drafts are kept a moment after the last keystroke; each carries the number of the draft it grew from.
WAGTAIL_AUTOSAVE_INTERVAL = 1500
WAGTAILADMIN_RICH_TEXT_EDITORS: dict[str, object] = {}
# Pages go by a server of their own (EMAIL_URL), never by this; Wagtail's notices to authors and reviewers
# stand on its own start page.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
WAGTAIL_FINISH_WORKFLOW_ACTION = "caregiver.cms.finishing.publish_reviewed"
