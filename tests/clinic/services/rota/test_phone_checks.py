import re
from datetime import timedelta

import pytest

from clinic.access import NotVisible
from clinic.models import AuditEvent, PhoneCode, SystemAlarm
from clinic.services.rota import coverage, phone_checks
from notifications.models import Consent, Message
from notifications.models.consent import ConsentEnd
from tests import factories
from tests.notifications.builders import agree

NEW = "+12015550142"


@pytest.fixture
def staff(nurse):
    return nurse.staff_roles.get()


def code_of(to):
    return re.search(r"\b(\d{6})\b", Message.objects.filter(to=to).latest("created_at").body).group(1)


def test_texted_code_proves_the_number_and_pages_go_there(staff, nurse, now):
    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    assert staff.phone != NEW

    phone_checks.confirm(staff_id=staff.pk, code=f" {code_of(NEW)} ", by=nurse, now=now)

    staff.refresh_from_db()
    assert (staff.phone, staff.phone_verified_at, staff.phone_tested_at) == (NEW, now, now)
    assert AuditEvent.objects.filter(action="staff.phone_verified", actor_id=nurse.pk).count() == 1
    message = Message.objects.get()
    assert (message.purpose, message.service) == ("code", "codes")
    assert code_of(NEW) not in PhoneCode.objects.get().code_hash


def test_proving_a_number_ends_the_alarm_about_it(clinic, staff, nurse, now):
    factories.ShiftPatternFactory(staff=staff)
    coverage.check(now=now)
    assert SystemAlarm.objects.get().kind == "unreachable"

    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    phone_checks.confirm(staff_id=staff.pk, code=code_of(NEW), by=nurse, now=now)

    assert SystemAlarm.objects.get().cleared_at == now


def test_wrong_old_used_and_overtried_codes_prove_nothing(staff, nurse, now):
    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    code = code_of(NEW)
    with pytest.raises(phone_checks.CodeWrong):
        phone_checks.confirm(staff_id=staff.pk, code=code, by=nurse, now=now + timedelta(minutes=10))
    for _try in range(5):
        with pytest.raises(phone_checks.CodeWrong):
            phone_checks.confirm(staff_id=staff.pk, code="no", by=nurse, now=now)
    with pytest.raises(phone_checks.CodeWrong):
        phone_checks.confirm(staff_id=staff.pk, code=code, by=nurse, now=now)

    staff.refresh_from_db()
    assert staff.phone_verified_at is None


def test_code_works_once(staff, nurse, now):
    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    phone_checks.confirm(staff_id=staff.pk, code=code_of(NEW), by=nurse, now=now)

    with pytest.raises(phone_checks.CodeWrong):
        phone_checks.confirm(staff_id=staff.pk, code=code_of(NEW), by=nurse, now=now)


def test_nobody_can_confirm_without_a_code_or_for_somebody_else(staff, nurse, other_nurse, now):
    with pytest.raises(phone_checks.CodeWrong):
        phone_checks.confirm(staff_id=staff.pk, code="123456", by=nurse, now=now)
    with pytest.raises(NotVisible):
        phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=other_nurse, now=now)


def test_five_codes_an_hour_and_no_more(staff, nurse, now):
    for _send in range(5):
        phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)

    with pytest.raises(phone_checks.TooManyCodes):
        phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now + timedelta(minutes=59))
    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now + timedelta(hours=1))


def consent_of(phone, now):
    agree(phone, now=now)
    return Consent.objects.get(phone=phone)


def test_consent_of_a_number_ends_when_its_owner_proves_another(staff, nurse, now):
    consent = consent_of(str(staff.phone), now)

    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    phone_checks.confirm(staff_id=staff.pk, code=code_of(NEW), by=nurse, now=now)

    consent.refresh_from_db()
    assert (consent.ended_at, consent.ended_because) == (now, ConsentEnd.NUMBER_CHANGED)


def test_proving_the_same_number_again_ends_no_consent(staff, nurse, now):
    same = str(staff.phone)
    consent = consent_of(same, now)

    phone_checks.send_code(staff_id=staff.pk, phone=same, by=nurse, now=now)
    phone_checks.confirm(staff_id=staff.pk, code=code_of(same), by=nurse, now=now)

    consent.refresh_from_db()
    assert consent.ended_at is None


def test_number_that_is_also_the_familys_keeps_what_it_agreed_to(staff, nurse, caregiver, now):
    staff.phone = caregiver.phone
    staff.save(update_fields=["phone"])
    consent = consent_of(str(caregiver.phone), now)

    phone_checks.send_code(staff_id=staff.pk, phone=NEW, by=nurse, now=now)
    phone_checks.confirm(staff_id=staff.pk, code=code_of(NEW), by=nurse, now=now)

    consent.refresh_from_db()
    assert consent.ended_at is None
