"""Whoever leads another clinic gets nothing of this one: the roles that may do most, at the wrong place.

The outsiders of access.yaml are nurses, whom a role alone turns away where only leads may act. Here an
administrator and a physician of the other clinic ask for everything that is somebody's, also the staff's.
"""

import pytest

from clinic.models import Clinic
from tests import factories
from tests.architecture.conftest import client_of
from tests.architecture.test_access import OBJECTS, PAGES, TABLE, bodies, path_of
from tests.architecture.test_same_work import ask_first, asked, keeps_its_row, missing

pytestmark = pytest.mark.django_db

# What belongs to staff; what belongs to patients is in OBJECTS.
OF_STAFF = {
    *("access_id", "answer_id", "client_id", "clinic_id", "device_id", "draft_id", "drill_id", "import_id"),
    *("listener_id", "notice_id", "row_id"),
    *(
        "pattern_id",
        "request_id",
        "session_id",
        "shift_id",
        "staff_id",
        "staff_invitation_id",
        "swap_id",
        "token_id",
    ),
}
OF_SOMEBODY = [one for one in PAGES if (OBJECTS | OF_STAFF) & set(one.arguments)]
# Where an empty form is answered before anything is looked up.
FILLED = {
    "console_number": "phone=%2B12035550188",
    "console_number_code": "code=123456",
    "console_offer_language": "accepts_draft=on",
    "console_approve_language": "name=Nadia+Novak",
}

# 403 of a role that may not do this at home either; 401 where no session counts, only a phone's own token.
NOT_THERE = {401, 403, 404}


@pytest.fixture
def leads(world):
    elsewhere = Clinic.objects.get(slug="lake")
    roles = ("administrator", "physician")
    return {role: factories.StaffFactory(clinic=elsewhere, role=role).user for role in roles}


@pytest.mark.parametrize("address", OF_SOMEBODY, ids=lambda one: one.name)
def test_lead_of_another_clinic_learns_no_more_than_of_what_nobody_has(address, world, leads):
    body = FILLED.get(address.name) or bodies(world).get(address.name, "")
    for role, user in leads.items():
        client = client_of(user)
        ask_first(client)
        for method in TABLE[address.name]:
            foreign = asked(client, method, path_of(address, world), body)
            nothing = asked(client, method, path_of(address, missing(world, OBJECTS | OF_STAFF)), body)

            assert foreign[0] in NOT_THERE, (role, method, foreign[0])
            assert foreign == nothing, (role, method)
            assert keeps_its_row(foreign[1]), (role, method)
