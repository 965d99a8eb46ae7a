"""A made-up report every five minutes, which would have become a page and leaves nothing behind."""

from typing import Any

import pytest
from django.db import connection

from clinic.models import AuditEvent, Escalation, Page, Patient, Report, SystemAlarm
from clinic.queries.watch import engine_audit
from clinic.services.core import ticks
from clinic.services.watch import self_test
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STAFF_CHECKS = True


@pytest.fixture
def answered(nurse: Any, patient: Any) -> Any:
    """A clinic that looks after somebody, with a nurse on call."""
    return factories.OnCallFactory(staff=nurse.staff_roles.get())


def kept() -> dict[str, int]:
    models = (Report, Escalation, Page, Message, Patient, SystemAlarm, AuditEvent)
    return {model.__name__: model.objects.count() for model in models}


def refuse_inserts(table: str, where: str = "1 = 1") -> None:
    """The database itself refuses these rows: as with a broken migration or a lost right."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK (NOT ({where})) NOT VALID")
        else:
            new = where.replace("clinic_id", "NEW.clinic_id")
            cursor.execute(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} WHEN {new} "
                "BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )


def test_report_becomes_a_page_and_nothing_of_it_stays(
    answered: Any, now: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = kept()

    with django_capture_on_commit_callbacks() as told:
        assert self_test.run_due(now=now) == 1

    assert kept() == before
    assert told == []


@pytest.mark.parametrize(
    "table",
    ["clinic_report", "clinic_assessment", "clinic_escalation", "clinic_page", "notifications_message"],
)
def test_whatever_cannot_be_written_fails_the_round(
    answered: Any, as_owner: Any, now: Any, table: str
) -> None:
    refuse_inserts(table)

    with pytest.raises(self_test.SelfTestFailed):
        self_test.run_due(now=now)


def test_alert_for_which_no_page_is_planned_is_found(
    answered: Any, as_owner: Any, now: Any, caplog: Any
) -> None:
    """Nothing breaks, and the row is not there."""
    gone = "DELETE FROM clinic_page WHERE id = NEW.id;"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {gone} RETURN NULL; END'"
            )
            cursor.execute(
                "CREATE TRIGGER lost AFTER INSERT ON clinic_page FOR EACH ROW EXECUTE FUNCTION lose()"
            )
        else:
            cursor.execute(f"CREATE TRIGGER lost AFTER INSERT ON clinic_page BEGIN {gone} END")

    with pytest.raises(self_test.SelfTestFailed):
        self_test.run_due(now=now)

    assert "the self-test found no page" in caplog.text


def test_round_that_fails_fails_the_audit_at_once(db: Any, now: Any) -> None:
    ticks.begin(name=engine_audit.SELF_TEST, now=now)
    ticks.end(name=engine_audit.SELF_TEST, begun_at=now, failing=(), now=now)
    assert "self_test_fails" not in engine_audit.problems(now=now)

    ticks.end(name=engine_audit.SELF_TEST, begun_at=now, failing=("self_test.run_due",), now=now)

    assert "self_test_fails" in engine_audit.problems(now=now)


def test_clinic_that_fails_is_named_and_the_others_are_tried(
    answered: Any, clinic: Any, other_clinic: Any, as_owner: Any, now: Any, caplog: Any
) -> None:
    factories.PatientFactory(clinic=other_clinic)
    broken = clinic.pk.hex if connection.vendor == "sqlite" else str(clinic.pk)
    refuse_inserts("clinic_escalation", f"clinic_id = '{broken}'")

    with pytest.raises(self_test.SelfTestFailed, match=f"^{clinic.pk}$"):
        self_test.run_due(now=now)

    [said] = [one for one in caplog.records if one.name == self_test.__name__]
    assert said.clinic_id == str(clinic.pk)


def test_clinic_without_patients_or_protocol_is_nobodys_failure(other_clinic: Any, now: Any) -> None:
    assert self_test.run_due(now=now) == 0


def test_of_many_clinics_each_gets_its_turn(monkeypatch: Any, now: Any, patient: Any) -> None:
    monkeypatch.setattr(self_test, "CLINICS_A_ROUND", 2)
    for _number in range(4):
        factories.PatientFactory(clinic=factories.ClinicFactory())
    seen: set[Any] = set()
    for turn in range(3):
        tried = self_test._whose_turn_it_is(now + turn * self_test.EVERY)
        assert len(tried) == 2
        seen |= {clinic.pk for clinic in tried}

    assert len(seen) == 5


def test_is_left_out_where_staff_are_asked_nothing(settings: Any, answered: Any, now: Any) -> None:
    settings.STAFF_CHECKS = False

    assert self_test.run_due(now=now) == 0
