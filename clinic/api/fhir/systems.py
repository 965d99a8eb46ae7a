"""Other systems at the FHIR address: how they are given a token, and what it lets them do.

SMART App Launch 2, "Backend Services"; errors as RFC 6749, section 5.2, says.
"""

from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from rest_framework.parsers import FormParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import row_scope
from clinic.access import NotAllowed
from clinic.api.authentication import TokenAuthentication
from clinic.api.endpoint import Endpoint, WhateverIsAccepted, caller_of
from clinic.models import SystemCaller
from clinic.models.audit_event import current_source
from clinic.rules.fhir import scopes
from clinic.services.accounts import system_tokens
from clinic.services.core import rate_limits

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ONCE = ("grant_type", "scope", "client_assertion_type", "client_assertion")


def token_address() -> str:
    """What a signed request must be meant for."""
    return f"{settings.PUBLIC_BASE_URL}/fhir/auth/token"


class WithinScope(BasePermission):
    """A system does what its scopes allow; what an address does not name is for people alone. NotAllowed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = caller_of(request)
        if isinstance(caller, SystemCaller):
            needed = view.needed_scopes()
            if not needed or not scopes.is_within(needed, caller.allowed):
                raise NotAllowed("scope")
        return True


class SystemAuthentication(TokenAuthentication):
    """`Authorization: Bearer` with a token of another system; one of a person is for the next to look at."""

    def authenticate(self, request: Request) -> Any:
        scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != self.keyword or not token.startswith(system_tokens.PREFIX):
            return None
        caller = system_tokens.authenticate(token=token, now=timezone.now())
        if caller is None:
            raise self._refusal()
        row_scope.enter_clinic(caller.clinic_id)
        return caller, None


class SmartConfiguration(Endpoint):
    """For anybody: where a token is had, and how."""

    authentication_classes = []
    permission_classes = []
    renderer_classes = [JSONRenderer]
    content_negotiation_class = WhateverIsAccepted
    schema = None

    def get(self, request: Request) -> Response:
        return Response(
            {
                "token_endpoint": token_address(),
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
                "grant_types_supported": ["client_credentials"],
                "scopes_supported": scopes.supported(),
                "capabilities": ["client-confidential-asymmetric", "permission-v2"],
            }
        )


class Token(Endpoint):
    """Whoever signs with a key that a clinic's lead has agreed to is given a token for five minutes."""

    authentication_classes = []
    permission_classes = []
    parser_classes = [FormParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = WhateverIsAccepted
    schema = None

    def post(self, request: Request) -> Response:
        asked = _asked(request.data)
        if asked is None or not asked["client_assertion"]:
            return _refused("invalid_request")
        if asked["grant_type"] != "client_credentials":
            return _refused("unsupported_grant_type")
        if asked["client_assertion_type"] != ASSERTION_TYPE:
            return _refused("invalid_client")
        try:
            issued = system_tokens.issue(
                assertion=asked["client_assertion"],
                scope=asked["scope"],
                audience=token_address(),
                now=timezone.now(),
            )
        except system_tokens.TooOften as often:
            return _wait(often.wait)
        except system_tokens.TokenRefused as refused:
            return _refused(refused.code)
        return Response(
            {
                "access_token": issued.token,
                "token_type": "bearer",
                "expires_in": issued.seconds,
                "scope": issued.scope,
            },
            headers={"Pragma": "no-cache"},
        )


def _asked(form: Any) -> dict[str, str] | None:
    """What is not named is ignored; None where something that counts is there twice (RFC 6749, 3.2)."""
    if not isinstance(form, QueryDict) or any(len(form.getlist(name)) > 1 for name in _ONCE):
        return None
    return {name: form.get(name, "") for name in _ONCE}


def _refused(code: str) -> Response:
    """Counted by address, as wrong tokens are: whoever has the right key waits for nobody who has not."""
    wait = rate_limits.count_failure(kind="system", source=current_source() or "")
    return _wait(wait) if wait else Response({"error": code}, status=400)


def _wait(seconds: int) -> Response:
    return Response({"error": "temporarily_unavailable"}, status=429, headers={"Retry-After": str(seconds)})
