"""Sessions, cookies, headers, content policy and sign-in rules (OWASP ASVS 5.0 level 2 and up)."""

from csp.constants import NONCE, NONE, SELF

from config import env
from config.settings.base import PRODUCT_NAME

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "caregiver.cms.permissions.RoleBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "clinic.services.accounts.passwords.EverydayWordsValidator"},
]

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/console/"

ACCOUNT_ADAPTER = "clinic.console.accounts.StaffAccountAdapter"
ACCOUNT_FORMS = {
    "login": "clinic.console.forms.accounts.sign_in.LoginForm",
    "reauthenticate": "clinic.console.forms.accounts.sign_in.ReauthenticateForm",
    "change_password": "clinic.console.forms.accounts.sign_in.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_FORMS = {
    "authenticate": "clinic.console.forms.accounts.sign_in.SecondFactorForm",
    "reauthenticate": "clinic.console.forms.accounts.sign_in.SecondFactorAgainForm",
    "activate_totp": "clinic.console.forms.accounts.sign_in.AppForm",
    "add_webauthn": "clinic.console.forms.accounts.sign_in.AddKeyForm",
    "edit_webauthn": "clinic.console.forms.accounts.sign_in.RenameKeyForm",
}
MFA_ADAPTER = "clinic.console.accounts.SealedSecretsAdapter"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_TOTP_TOLERANCE = 0
USERSESSIONS_ADAPTER = "clinic.console.signed_in_device.SessionsAdapter"
# Tracking would cost every request of every family and every polling console a write.
USERSESSIONS_TRACK_ACTIVITY = False

# Caregivers keep one device signed in for 30 days; staff are held to 12 hours at sign-in.
SESSION_COOKIE_AGE = 30 * 24 * 3600
STAFF_SESSION_AGE = 12 * 3600
# The operators' admin asks for a new sign-in after so long without a page of it.
ADMIN_IDLE_SECONDS = 15 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "caregiver.views.core.recovery.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
# `no-referrer` would make a same-origin form post send `Origin: null`, which Django refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Where browsers report what the content policy refused (config/browser_reports.py).
REPORTS_NAME, REPORTS_PATH = "own", "/browser-reports/"
# What pages may ask of a device: nothing of it, but the console's sound, its lit screen and security keys.
PERMISSIONS_POLICY = {
    **dict.fromkeys(("accelerometer", "camera", "display-capture", "geolocation", "gyroscope"), ""),
    **dict.fromkeys(("hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb"), ""),
    **dict.fromkeys(("autoplay", "screen-wake-lock"), "self"),
    **dict.fromkeys(("publickey-credentials-create", "publickey-credentials-get"), "self"),
}
# Whom to tell of a hole, as addresses with mailto: or https:// (config/security_txt.py).
SECURITY_CONTACT = env.words("SECURITY_CONTACT", [])

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        # The newer name, and the one that Safari and Firefox still go by.
        "report-to": REPORTS_NAME,
        "report-uri": REPORTS_PATH,
    }
}

# Networks of the proxies before the web processes, or "none". What others say about a client's address and
# scheme is ignored (config/client_address.py).
_PROXIES = env.words("TRUSTED_PROXIES", [])
PROXIES_ARE_KNOWN = bool(_PROXIES)
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", [word for word in _PROXIES if word != "none"])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# What one person may do, far above need: new reports by whatever door, calls of the API.
REPORTS_PER_HOUR = env.number("REPORTS_PER_HOUR", 120)
API_CALLS_PER_MINUTE = env.number("API_CALLS_PER_MINUTE", 1200)

# Who may read /metrics (config/metrics.py): the bearer of this token; without one, this machine only.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
