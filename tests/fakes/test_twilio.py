"""Holds the fake to Twilio's own description, and the SDK's requests with it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.fakes import twilio as fakes

VENDOR = json.loads((Path(__file__).parent / "twilio_message.json").read_text())


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Every property there, and none that the vendor does not name."""
    return {**schema, "additionalProperties": False, "required": sorted(schema["properties"])}


@pytest.fixture
def client(twilio: fakes.Twilio) -> Client:
    from notifications.providers.twilio import BoundedClient

    return Client(fakes.ACCOUNT, fakes.TOKEN, http_client=BoundedClient())


def test_accepted_text_has_exactly_the_vendors_shape(twilio: fakes.Twilio, client: Client) -> None:
    client.messages.create(to="+15555550142", body="Words", messaging_service_sid=fakes.SERVICES["paging"])

    kind, document = twilio.answers[0]
    assert kind == "message"
    jsonschema.validate(document, strict(VENDOR["message"]))


def test_list_has_exactly_the_vendors_shape(twilio: fakes.Twilio, client: Client) -> None:
    client.messages.create(to="+15555550142", body="Words", messaging_service_sid=fakes.SERVICES["paging"])
    client.messages.list(to="+15555550142")

    kind, document = twilio.answers[1]
    assert kind == "list"
    jsonschema.validate(document, strict(VENDOR["list"]))
    jsonschema.validate(document["messages"][0], strict(VENDOR["message"]))
    assert set(twilio.lists[0]) <= set(VENDOR["list_parameters"])


@pytest.mark.parametrize(("code", "status"), [(c, s) for c, (s, _) in fakes.REFUSALS.items()])
def test_refusal_reaches_the_sdk_as_its_own_exception(
    twilio: fakes.Twilio, client: Client, code: str, status: int
) -> None:
    twilio.faults = [code]

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(
            to="+15555550142", body="Words", messaging_service_sid=fakes.SERVICES["paging"]
        )

    assert (refused.value.status, refused.value.code) == (status, int(code))
    assert twilio.texts == []


def test_wrong_credentials_are_refused(twilio: fakes.Twilio) -> None:
    from notifications.providers.twilio import BoundedClient

    stranger = Client(fakes.ACCOUNT, "another token", http_client=BoundedClient())

    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(
            to="+15555550142", body="Words", messaging_service_sid=fakes.SERVICES["paging"]
        )

    assert refused.value.status == 401
