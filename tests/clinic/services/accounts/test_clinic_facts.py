import pytest
from django.core.exceptions import ValidationError

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.services.accounts import clinic_facts
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def change(clinic, lead, now):
    def call(by=lead, **facts):
        clinic.refresh_from_db()
        whole = {name: getattr(clinic, name) for name in clinic_facts.FACTS} | facts
        clinic_facts.change(clinic_id=clinic.pk, facts=whole, by=by, now=now)
        clinic.refresh_from_db()

    return call


def test_what_is_another_is_written_and_told_from_and_to(change, clinic):
    before = clinic.live_version
    change(line_phone="+13035550199", staffed_hours={"sat": [["09:00", "12:00"]]})

    assert str(clinic.line_phone) == "+13035550199"
    assert clinic.staffed_hours == {"sat": [["09:00", "12:00"]]}
    detail = AuditEvent.objects.get(action="clinic.changed").detail
    assert detail["fields"] == ["line_phone", "staffed_hours"]
    assert detail["line_phone"] == {"from": "+12015550101", "to": "+13035550199"}
    assert clinic.live_version > before


def test_saving_the_same_again_is_no_change(change):
    change()

    assert not AuditEvent.objects.filter(action="clinic.changed").exists()


@pytest.mark.parametrize("facts", [{"time_zone": "Mars/Base"}, {"line_phone": "12"}, {"name": ""}])
def test_what_would_break_every_page_is_refused(change, clinic, facts):
    with pytest.raises(ValidationError):
        change(**facts)
    clinic.refresh_from_db()
    assert clinic.name == "River Cancer Center"


def test_only_who_runs_this_clinic_changes_it(change, nurse, other_clinic):
    with pytest.raises(NotAllowed):
        change(by=nurse)
    with pytest.raises(NotVisible):
        change(by=factories.StaffFactory(clinic=other_clinic, role="administrator").user)


def test_another_clock_is_taken_and_the_rota_is_looked_at_again(change, clinic):
    factories.PatientFactory(clinic=clinic)
    change(time_zone="America/Denver")

    assert clinic.time_zone == "America/Denver"
    assert SystemAlarm.objects.filter(clinic=clinic, kind=AlarmKind.NO_ON_CALL, cleared_at=None).exists()
