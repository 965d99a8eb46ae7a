"""Which keys of a set are used, and which sets are refused whole."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from clinic.rules.accounts import key_sets
from clinic.rules.accounts.key_sets import KeySetRefused
from tests.fakes import system as fakes

RSA, CURVE = fakes.rsa_pair().public, fakes.ec_pair().public
P256 = fakes.Pair(ec.generate_private_key(ec.SECP256R1()), "ES256", "p256").public


def without(key, *names):
    return {name: value for name, value in key.items() if name not in names}


def test_public_members_of_both_kinds_are_kept_and_nothing_else():
    read = key_sets.read({"keys": [{**RSA, "use": "sig", "alg": "RS384", "x5c": ["a"]}, CURVE], "more": 1})

    assert [sorted(one) for one in read] == [["e", "kid", "kty", "n"], ["crv", "kid", "kty", "x", "y"]]


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "oct", "kid": "shared"},
        {"kty": "OKP", "kid": "other", "crv": "Ed25519", "x": "AA"},
        without({**RSA, "kid": "x"}, "kid"),
        {**RSA, "kid": 7},
        {**RSA, "kid": ""},
        {**RSA, "kid": "x", "use": "enc"},
        {**RSA, "kid": "x", "alg": "RS256"},
        {**RSA, "kid": "x", "alg": "none"},
        {**RSA, "kid": "x", "n": "é"},
        {**RSA, "kid": "x", "n": "AQAB"},
        {**RSA, "kid": "x", "n": "_" * 4000},
        {**CURVE, "kid": "x", "x": "AQAB"},
        {**CURVE, "kid": "x", "y": CURVE["x"]},
        {**P256, "kid": "x"},
        fakes.rsa_pair("weak", bits=1024).public,
    ],
    ids=[
        *("shared", "another-kind", "no-name", "name-is-a-number", "name-is-empty"),
        *("to-encrypt", "another-way", "no-way", "no-base64", "short", "endless"),
        *("off-the-curve", "x-for-y", "another-curve", "weak"),
    ],
)
def test_key_that_is_of_no_use_is_passed_over_and_a_set_of_them_refused(other):
    assert [one["kid"] for one in key_sets.read({"keys": [other, RSA]})] == ["one"]
    with pytest.raises(KeySetRefused, match="unusable"):
        key_sets.read({"keys": [other]})


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "shape"),
        ([RSA], "shape"),
        (RSA, "shape"),
        ({"keys": {}}, "shape"),
        ({"keys": ["a"]}, "shape"),
        ({"keys": []}, "unusable"),
        ({"keys": [RSA, {**CURVE, "kid": "one"}]}, "unusable"),
        ({"keys": [RSA] * 21}, "many"),
        ({"keys": [RSA, {**CURVE, "d": "AA"}]}, "secret"),
        ({"keys": [RSA, {"kty": "oct", "k": "AA"}]}, "secret"),
    ],
    ids=lambda one: json.dumps(one)[:40],
)
def test_set_that_says_two_things_or_too_much_is_refused(document, why):
    with pytest.raises(KeySetRefused, match=why):
        key_sets.read(document)
