"""Who is calling: a bearer token, or the session of a signed-in browser."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from clinic import row_scope
from clinic.models import User
from clinic.models.audit_event import current_source
from clinic.services.core import rate_limits, tokens


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. A bad token is refused even where a session would do."""

    keyword = "bearer"

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword:
            return None
        user = tokens.authenticate(token=token.strip(), now=timezone.now())
        if user is None:
            raise self._refusal()
        row_scope.enter_person(user.pk)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _refusal(self) -> Throttled | AuthenticationFailed:
        wait = rate_limits.count_failure(kind="token", source=current_source() or "")
        if wait:
            return Throttled(wait=wait)
        return AuthenticationFailed(_("This token is not known, has expired or was revoked."))


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Names the scheme in the OpenAPI document."""

    target_class = "clinic.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
