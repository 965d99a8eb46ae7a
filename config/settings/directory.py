"""Sign-in of staff by the hospital's own directory (OpenID Connect). Without OIDC_ISSUER there is none."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from clinic.rules.accounts.directory import GroupRole, Proofs
from config import env

_ROLES = frozenset({"nurse", "physician", "social_worker", "educator", "administrator"})


def read_groups(text: str) -> tuple[GroupRole, ...]:
    """`river/administrator=Kinwatch Leads; river/nurse=Kinwatch Nurses`: of several the first counts."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        place, _, group = part.partition("=")
        clinic, _, role = place.strip().partition("/")
        if not (clinic and group.strip() and role in _ROLES):
            raise ImproperlyConfigured(
                f"OIDC_GROUPS: {part} cannot be read. It looks like river/nurse=Kinwatch Nurses; …"
            )
        found.append(GroupRole(clinic, role, group.strip()))
    return tuple(found)


# The address under which /.well-known/openid-configuration is found.
OIDC_ISSUER = env.text("OIDC_ISSUER", "").rstrip("/")
# What the button on the sign-in page says: "Sign in with …".
OIDC_NAME = env.text("OIDC_NAME", "") or "your hospital account"
OIDC_GROUPS = read_groups(env.text("OIDC_GROUPS", ""))
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "") or "groups"
OIDC_PROOFS = Proofs(
    amr=frozenset(env.words("OIDC_FACTOR_AMR", ["mfa"])), acr=frozenset(env.words("OIDC_FACTOR_ACR", []))
)
# Where the directory gives out every address itself and does not say `email_verified`.
OIDC_EMAIL_IS_VERIFIED = env.text("OIDC_EMAIL_IS_VERIFIED", "off") == "on"

SOCIALACCOUNT_ADAPTER = "clinic.console.directory.DirectoryAdapter"
# Our own page begins it (views/accounts/directory.py), and nothing of a person stays at rest.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
DIRECTORY = "directory"


def providers(issuer: str, client_id: str, secret: str) -> dict[str, object]:
    """As allauth reads them: one provider, with PKCE."""
    if not issuer:
        return {}
    asked = {"acr_values": " ".join(sorted(OIDC_PROOFS.acr))} if OIDC_PROOFS.acr else {}
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "AUTH_PARAMS": asked,
            "SCOPE": env.words("OIDC_SCOPES", ["openid", "profile", "email"]),
            "APPS": [
                {
                    "provider_id": DIRECTORY,
                    "name": OIDC_NAME,
                    "client_id": client_id,
                    "secret": secret,
                    "settings": {"server_url": issuer},
                }
            ],
        }
    }


def _read() -> dict[str, object]:
    if OIDC_ISSUER and (urlsplit(OIDC_ISSUER).scheme not in {"http", "https"}):
        raise ImproperlyConfigured("OIDC_ISSUER must be an https address.")
    hint = "The hospital's directory gives it when Kinwatch is registered there."
    if not OIDC_ISSUER:
        return {}
    return providers(
        OIDC_ISSUER, env.text("OIDC_CLIENT_ID", hint=hint), env.text("OIDC_CLIENT_SECRET", hint=hint)
    )


SOCIALACCOUNT_PROVIDERS = _read()
