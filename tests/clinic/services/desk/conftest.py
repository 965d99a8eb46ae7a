import pytest

from tests import factories


@pytest.fixture
def ben(clinic):
    return factories.StaffFactory(clinic=clinic, user__name="Ben Second")
