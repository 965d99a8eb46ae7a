import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic.models.staff import Role
from clinic.rules.accounts.directory import GroupRole
from config.settings import directory


def test_groups_are_read_in_their_order():
    assert directory.read_groups(" river/administrator=Kinwatch Leads;river/nurse=CN=Nurses,OU=Care; ") == (
        GroupRole("river", "administrator", "Kinwatch Leads"),
        GroupRole("river", "nurse", "CN=Nurses,OU=Care"),
    )


@pytest.mark.parametrize(
    "text", ["river", "river/nurse", "river/nurse=", "/nurse=x", "river/chief=x", "nurse=x"]
)
def test_what_cannot_be_read_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="OIDC_GROUPS"):
        directory.read_groups(text)


def test_every_role_can_be_given():
    for role in Role.values:
        assert directory.read_groups(f"river/{role}=x")[0].role == role


def test_without_an_issuer_there_is_no_provider():
    assert directory.providers("", "", "") == {}
