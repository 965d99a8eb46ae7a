from datetime import UTC, datetime

import pytest

from notifications.rules.listeners import headers_of, may_post_to, new_secret

# As the reference library of Standard Webhooks for Python (1.1.0) signs it.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_signature_is_that_of_the_reference_library() -> None:
    headers = headers_of(
        event_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        keys=(SECRET,),
        now=datetime.fromtimestamp(1614265330, tz=UTC),
    )

    assert headers["webhook-signature"] == SIGNED
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
    )


def test_two_secrets_sign_side_by_side() -> None:
    now = datetime.fromtimestamp(1614265330, tz=UTC)
    keys = (new_secret(), SECRET)
    headers = headers_of(
        event_id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=b'{"test": 2432232314}', keys=keys, now=now
    )

    first, second = headers["webhook-signature"].split(" ")
    assert (first == SIGNED, second == SIGNED) == (False, True)


def test_secrets_differ_and_are_long_enough() -> None:
    made = {new_secret() for _number in range(100)}

    assert len(made) == 100
    assert {len(one) for one in made} == {len("whsec_") + 44}


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://engine.river.example/in", True),
        ("https://engine.river.example:443/in", True),
        ("https://engine.river.example:8443/in", False),
        ("https://inside.river.example/in", True),
        ("https://inside.river.example:8443/in", True),
        ("https://inside.river.example:8444/in", False),
        ("http://engine.river.example/in", False),
        ("https://10.1.2.3/in", False),
        ("https://me@engine.river.example/in", False),
    ],
)
def test_where_events_may_be_sent(address: str, may: bool) -> None:
    assert may_post_to(address, inside=["inside.river.example:8443"]) is may
