"""Forgeries of every kind against the check itself. Signed twice: by the SDK and by our own arithmetic."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from notifications.providers.twilio import is_genuine, is_ours, service_of
from tests.fakes import twilio as fakes

pytestmark = pytest.mark.usefixtures("webhook_settings")

ADDRESS = "https://kin.example.org/hooks/twilio/inbound/"
PARAMS = {"AccountSid": fakes.ACCOUNT, "Body": "ñ STOP & go", "From": "+15555550177", "MessageSid": "SM1"}


def by_hand(address: str, params: dict[str, str], token: str = fakes.TOKEN) -> str:
    """The vendor's documented algorithm, written again."""
    text = address + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def test_both_signers_agree_and_are_believed() -> None:
    signature = by_hand(ADDRESS, PARAMS)

    assert signature == fakes.sign(ADDRESS, PARAMS).signature
    assert is_genuine(address=ADDRESS, params=PARAMS, signature=signature)


@pytest.mark.parametrize(
    "change",
    [
        {"params": {**PARAMS, "Body": "START"}},
        {"params": {**PARAMS, "Extra": "1"}},
        {"params": {name: PARAMS[name] for name in ("AccountSid", "Body", "From")}},
        {"params": {}},
        {"address": ADDRESS.replace("https", "http")},
        {"address": ADDRESS.replace("kin.", "evil.")},
        {"address": ADDRESS.replace("inbound", "voice")},
        {"address": ADDRESS + "?a=1"},
        {"signature": ""},
        {"signature": "x"},
        {"signature": "ÿ" * 28},
        {"signature": by_hand(ADDRESS, PARAMS)[:-2] + "A="},
        {"signature": by_hand(ADDRESS, PARAMS, "another token")},
        {"signature": by_hand(ADDRESS, PARAMS, "")},
    ],
)
def test_changed_request_is_not_believed(change: dict[str, Any]) -> None:
    genuine = {"address": ADDRESS, "params": PARAMS, "signature": by_hand(ADDRESS, PARAMS)}

    assert is_genuine(**{**genuine, **change}) is False


def test_port_of_the_scheme_does_not_matter() -> None:
    signature = by_hand(ADDRESS.replace(".org/", ".org:443/"), PARAMS)

    assert is_genuine(address=ADDRESS, params=PARAMS, signature=signature)


def test_old_token_is_believed_while_it_is_configured(webhook_settings: Any) -> None:
    signature = by_hand(ADDRESS, PARAMS, "token of last year")

    assert not is_genuine(address=ADDRESS, params=PARAMS, signature=signature)
    webhook_settings.TWILIO_AUTH_TOKEN_OLD = "token of last year"
    assert is_genuine(address=ADDRESS, params=PARAMS, signature=signature)
    assert is_genuine(address=ADDRESS, params=PARAMS, signature=by_hand(ADDRESS, PARAMS))


def test_without_a_token_nothing_is_believed(webhook_settings: Any) -> None:
    webhook_settings.TWILIO_AUTH_TOKEN = ""

    assert not is_genuine(address=ADDRESS, params=PARAMS, signature=by_hand(ADDRESS, PARAMS, ""))


def test_json_body_counts_only_with_its_hash() -> None:
    body = '{"status": "delivered"}'
    hashed = f"{ADDRESS}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"

    assert is_genuine(address=hashed, params=body, signature=by_hand(hashed, {}))
    assert not is_genuine(
        address=hashed, params=body.replace("delivered", "failed"), signature=by_hand(hashed, {})
    )
    assert not is_genuine(address=ADDRESS, params=body, signature=by_hand(ADDRESS, {}))


def test_validator_that_trips_is_no_signature() -> None:
    broken = "https://kin.example.org:port/?bodySHA256=1"

    assert not is_genuine(address=broken, params="{}", signature="x")


@pytest.mark.parametrize(
    ("sid", "ours"), [(fakes.ACCOUNT, True), ("AC" + "b" * 32, False), ("", False), ("ÿ", False)]
)
def test_only_our_account_is_ours(sid: str, ours: bool) -> None:
    assert is_ours(sid) is ours


def test_messaging_services_have_our_names(webhook_settings: Any) -> None:
    assert [service_of(sid) for sid in fakes.SERVICES.values()] == ["codes", "reminders", "paging"]
    assert service_of("MG" + "9" * 32) is None
    webhook_settings.TWILIO_MESSAGING_SERVICES = {"codes": ""}
    assert service_of("") is None
