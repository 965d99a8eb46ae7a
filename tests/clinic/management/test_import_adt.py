"""A folder of messages, as an interface engine leaves it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories

MESSAGE = (
    "MSH|^~\\&|ADT|HOSP|KIN|x|20261122020000+0000||ADT^A01|{key}|P|2.5.1\r"
    "EVN|A01|20261122020000+0000\rPID|1||{number}^^^HOSP^MR\rPV1|1|I\r"
)


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def run(folder, admin, clinic="river"):
    out = StringIO()
    call_command("import_adt", str(folder), clinic=clinic, email=admin.email, stdout=out)
    return out.getvalue().splitlines()


def test_files_are_taken_in_their_order_and_once(tmp_path, admin, clinic):
    patient = factories.PatientFactory(clinic=clinic, hospital_number="MRN-1", created_at=factories.NOW)
    (tmp_path / "2.hl7").write_text(MESSAGE.format(key="2", number="MRN-404"), newline="")
    (tmp_path / "1.hl7").write_text(MESSAGE.format(key="1", number="MRN-1"), newline="")

    assert run(tmp_path, admin) == ["1.hl7: AA made", "2.hl7: AA waits"]
    assert run(tmp_path, admin) == ["1.hl7: AA made, as before", "2.hl7: AA waits, as before"]
    patient.refresh_from_db()
    assert patient.status == "admitted"


def test_what_is_no_message_is_named_and_the_rest_taken(tmp_path, admin):
    (tmp_path / "1.hl7").write_text("hello")
    (tmp_path / "2.hl7").write_text(MESSAGE.format(key="2", number="MRN-404"), newline="")

    with pytest.raises(CommandError, match="1 not taken"):
        run(tmp_path, admin)


def test_nurse_brings_nothing_in(tmp_path, nurse):
    (tmp_path / "1.hl7").write_text(MESSAGE.format(key="1", number="MRN-1"), newline="")

    with pytest.raises(CommandError, match="may not"):
        run(tmp_path, nurse)
