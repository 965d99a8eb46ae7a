"""Holds the fake to Twilio's own description, and the SDK's requests with it."""

from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.fakes import twilio as fakes
from tests.fakes.vendor import problems_of_answer, problems_of_form, problems_of_query


@pytest.fixture
def client(twilio: fakes.Twilio) -> Client:
    from notifications.providers.twilio import BoundedClient

    return Client(fakes.ACCOUNT, fakes.TOKEN, http_client=BoundedClient())


def test_texts_and_calls_and_their_lists_are_as_the_vendor_describes_them(
    twilio: fakes.Twilio, client: Client
) -> None:
    client.messages.create(to="+15555550142", body="Words", messaging_service_sid=fakes.SERVICES["paging"])
    client.messages.list(to="+15555550142", date_sent_after=datetime(2026, 11, 1, tzinfo=UTC))
    client.calls.create(to="+15555550142", from_="+15555550100", url="https://kin.example.org/", timeout=25)
    client.calls.list(to="+15555550142", limit=5)

    assert [kind for kind, _ in twilio.answers] == ["message", "list", "call", "call_list"]
    assert twilio.problems == []


def test_description_notices_what_is_not_in_it() -> None:
    assert problems_of_form("create", {"To": ["+15555550142"], "Words": ["x"]}) != []
    assert problems_of_form("create_call", {"To": ["+1"], "From": ["+1"], "Timeout": ["25"]}) == []
    assert problems_of_query("list_parameters", {"SentAfter": "x"}) != []
    assert problems_of_answer("call", {"sid": "CA1"}) != []


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
