import pytest

from clinic.rules.accounts.directory import ClaimsDiffer, GroupRole, Proofs, identity_of, roles_of

TOKEN = {
    "sub": "pia",
    "amr": ["mfa"],
    "email": "Pia@Hospital.example ",
    "email_verified": True,
    "name": "Pia",
}


def identity(token=None, userinfo=None, *, verified=False, **proofs):
    return identity_of(
        {"id_token": TOKEN if token is None else token, "userinfo": userinfo},
        groups_claim="groups",
        proofs=Proofs(**proofs) if proofs else Proofs(amr=frozenset({"mfa"})),
        email_is_verified=verified,
    )


def test_both_answers_are_read_the_token_first():
    found = identity(userinfo={"sub": "pia", "name": "Other", "groups": ["a", "b", 3]})

    assert (found.subject, found.email, found.name) == ("pia", "pia@hospital.example", "Pia")
    assert found.groups == {"a", "b"}


@pytest.mark.parametrize(
    ("token", "userinfo"),
    [({}, None), ({"sub": ""}, None), (TOKEN, {"sub": "other"}), (TOKEN, {"name": "x"})],
)
def test_what_is_told_of_another_person_or_of_none_is_not_used(token, userinfo):
    with pytest.raises(ClaimsDiffer):
        identity(token, userinfo)


@pytest.mark.parametrize(
    ("claims", "is_proof"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": "mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": {"mfa": 1}}, False),
        ({"acr": "strong"}, False),
        ({}, False),
    ],
)
def test_only_a_way_that_is_named_is_a_proof(claims, is_proof):
    assert identity({"sub": "pia"} | claims).proves_factor is is_proof


def test_acr_is_a_proof_where_it_is_named_and_never_from_beside_the_token():
    named = {"acr": frozenset({"strong"})}

    assert identity({"sub": "pia", "acr": "strong"}, **named).proves_factor
    assert not identity({"sub": "pia"}, **named).proves_factor
    assert not identity(
        {"sub": "pia"}, {"sub": "pia", "acr": "strong", "amr": ["mfa"]}, **named
    ).proves_factor


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_address_counts_only_where_the_directory_answers_for_it(verified):
    token = TOKEN | {"email_verified": verified}

    assert identity(token).email == ""
    assert identity(token, verified=True).email == "pia@hospital.example"


def test_first_of_the_mapping_counts_at_each_clinic():
    mapping = [
        GroupRole("river", "administrator", "leads"),
        GroupRole("river", "nurse", "nurses"),
        GroupRole("lake", "nurse", "nurses"),
    ]

    assert roles_of({"nurses", "leads"}, mapping) == {"river": "administrator", "lake": "nurse"}
    assert roles_of({"nurses"}, mapping) == {"river": "nurse", "lake": "nurse"}
    assert roles_of({"Nurses"}, mapping) == {}
