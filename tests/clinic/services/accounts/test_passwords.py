import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests import factories


@pytest.mark.parametrize(
    "password",
    [
        "kinwatch2026!",
        "K1nw4tch-2026",
        "Hospital-Nurse-1",
        "RiverCancerCenter1",
        "WelcomeNovember26",
        "p@$$word-password",
    ],
)
def test_everyday_words_are_refused(db, password):
    factories.ClinicFactory(name="River Cancer Center")

    with pytest.raises(ValidationError) as refused:
        validate_password(password)

    assert "password_of_everyday_words" in {one.code for one in refused.value.error_list}


@pytest.mark.parametrize("password", ["green-otter-lamp-nine", "a-long-test-passphrase", "xkQ9vT2mWz7bR4hL"])
def test_others_are_taken(db, password):
    validate_password(password)
