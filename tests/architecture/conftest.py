"""A clinic with one of everything, and everybody who might ask for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from caregiver.services.card import codes
from clinic.models import ApiToken, Escalation, FamilyDevice, StrainAnswer, ToldReport, User
from clinic.models.system_alarm import AlarmKind, SystemAlarm
from clinic.rules.exchange.verdicts import Source
from clinic.rules.patients.life_events import Kind
from clinic.services.core import alarms, tokens
from clinic.services.desk import handovers, lock
from clinic.services.escalations import clinic_transfers, life_events, scoring, worries
from clinic.services.exchange import imports
from clinic.services.protocols import drafts
from clinic.services.reports import home_checks
from clinic.services.risk import labs
from tests import factories
from tests.factories import NOW


@pytest.fixture(scope="module")
def _made(for_the_whole_file: Callable[[], AbstractContextManager[None]]) -> SimpleNamespace:
    """A second's work, done once a file."""
    with for_the_whole_file():
        people = make_people()
        world = make_world(people)
        for name, user in people.items():
            if user is not None:
                user.session = session_of(user, world.devices.get(name))
        locked = people["locked_desk"]
        lock.lock(session_key=locked.session, user=locked, now=timezone.now())
        return SimpleNamespace(people=people, world=world)


@pytest.fixture
def people(_made: SimpleNamespace, db: None) -> dict[str, Any]:
    """In the order of the columns of access.yaml. All belong to the first clinic unless named other."""
    people: dict[str, Any] = deepcopy(_made.people)
    return people


@pytest.fixture
def world(_made: SimpleNamespace, db: None) -> SimpleNamespace:
    """One object behind every kind of address, all of the first clinic's patient."""
    return deepcopy(_made.world)


def session_of(user: User, device: FamilyDevice | None = None) -> str:
    """Signing in takes longer than most of what is then asked."""
    client = Client()
    client.force_login(user)
    if device is not None:
        session = client.session
        session["family_device"] = str(device.pk)
        session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def client_of(user: Any, **options: Any) -> Client:
    """A browser of its own on which this person is signed in; for `people` without signing in anew."""
    client = Client(**options)
    if user is not None:
        session = getattr(user, "session", None) or session_of(user)
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def make_devices(people: dict[str, Any]) -> dict[str, FamilyDevice]:
    """The family of the patient is known on one phone and new on another."""
    linked = people["linked"]
    known = factories.FamilyDeviceFactory(user=linked, confirmed_at=NOW, confirmed_by=linked)
    return {"linked": known, "new_device": factories.FamilyDeviceFactory(user=linked)}


def make_people() -> dict[str, Any]:
    clinic = factories.ClinicFactory(slug="river", name="River Cancer Center")
    other_clinic = factories.ClinicFactory(slug="lake", name="Lake Hospital")
    linked = factories.CareTeamMemberFactory(patient__clinic=clinic, user__name="Carla Caregiver")
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    has_ended = {"ended_at": timezone.now(), "ended_by": administrator}
    both_clinics = factories.StaffFactory(clinic=clinic, role="nurse").user
    factories.StaffFactory(user=both_clinics, clinic=other_clinic, role="nurse")
    nurse_elsewhere = factories.StaffFactory(clinic=clinic, role="educator").user
    factories.StaffFactory(user=nurse_elsewhere, clinic=other_clinic, role="nurse")
    return {
        "anonymous": None,
        "linked": linked.user,
        "unlinked": factories.CareTeamMemberFactory(
            patient__clinic=other_clinic, user__name="Sam Stranger"
        ).user,
        "nurse": factories.StaffFactory(clinic=clinic, role="nurse", user__name="Nora Nurse").user,
        "other_nurse": factories.StaffFactory(
            clinic=other_clinic, role="nurse", user__name="Olga Other"
        ).user,
        "educator": factories.StaffFactory(clinic=clinic, role="educator").user,
        "administrator": administrator,
        "physician": factories.StaffFactory(clinic=clinic, role="physician").user,
        # Looked after the same patient.
        "ended_caregiver": factories.CareTeamMemberFactory(patient=linked.patient, **has_ended).user,
        "ended_staff": factories.StaffFactory(clinic=clinic, role="nurse", **has_ended).user,
        # A nurse whose session is locked.
        "locked_desk": factories.StaffFactory(clinic=clinic, role="nurse").user,
        "both_clinics": both_clinics,
        # A role at one clinic opens nothing at the other.
        "nurse_elsewhere": nurse_elsewhere,
        # The same person as "linked", on a phone that nobody has said is theirs.
        "new_device": User.objects.get(pk=linked.user.pk),
    }


def make_world(people: dict[str, Any]) -> SimpleNamespace:
    devices = make_devices(people)
    caregiver, nurse = people["linked"], people["nurse"]
    link = caregiver.care_links.get()
    patient = link.patient
    clinic = patient.clinic
    report = factories.ReportFactory(
        patient=patient, author=caregiver, answers={"temp_value": 38.6, "temp_unit": "C", "confusion": 2}
    )
    now = timezone.now()
    scoring.score(report_id=report.pk, now=now)
    told = factories.ReportFactory(patient=patient, author=nurse, answers={"chills": 0})
    ToldReport.objects.create(report=told, member=link, who="Carla Caregiver")
    scoring.score(report_id=told.pk, now=now)
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.NO_ON_CALL, subject="", now=now)
    invitation = factories.InvitationFactory(
        patient=patient, invited_by=nurse, expires_at=now + timedelta(hours=72)
    )
    staff = nurse.staff_roles.get()
    colleague = factories.StaffFactory(clinic=clinic)
    tokens.issue(user=colleague.user, label="Theirs", days=1, now=now)
    shift = factories.ShiftFactory(staff=colleague)
    swap = factories.ShiftSwapFactory(from_staff=colleague, to_staff=staff)
    usual = {"by": nurse, "score": 9, "language": "en"}
    home_checks.set_baseline(patient_id=patient.pk, now=now, **usual)
    check = home_checks.record_asleep(
        patient_id=patient.pk, by=caregiver, language="en", alertness=1, now=now
    )
    sample = factories.WritingSampleFactory(patient=patient, author=caregiver)
    worry = worries.record(worry_id=uuid4(), patient_id=patient.pk, by=caregiver, told_at=now, now=now)
    draft = drafts.start(clinic_id=clinic.pk, by=nurse, now=now)
    escalation = Escalation.objects.get(patient=patient)
    handover = handovers.hand_over(
        clinic_id=clinic.pk,
        by=colleague.user,
        to_staff_id=staff.pk,
        notes={},
        seen={str(escalation.pk)},
        now=now,
    )
    educator = people["educator"]
    opened = factories.EmergencyAccessFactory(patient=patient, user=educator, opened_at=now, told_at=now)
    imported = imports.stage(
        clinic=clinic,
        source=Source.CSV_PATIENTS,
        body=b"given_name,family_name,birth_date\nAnn,Lee,1961-04-30\n",
        by=people["administrator"],
        now=now,
    )
    return SimpleNamespace(
        clinic=clinic,
        patient=patient,
        report=report,
        escalation=escalation,
        devices=devices,
        arguments={
            "patient_id": patient.pk,
            "report_id": report.pk,
            "told_id": told.pk,
            "escalation_id": escalation.pk,
            "handover_id": handover.pk,
            "item_id": handover.items.get().pk,
            "alarm_id": SystemAlarm.objects.filter(clinic=clinic).latest("pk").pk,
            "access_id": opened.pk,
            "answer_id": StrainAnswer.objects.create(
                patient=patient,
                author=caregiver,
                sleep=2,
                coping=2,
                answered_at=now,
                is_shared=True,
                due_at=now,
            ).pk,
            "client_id": factories.SystemClientFactory(clinic=clinic, created_by=people["administrator"]).pk,
            "listener_id": factories.ListenerFactory(clinic=clinic, created_by=people["administrator"]).pk,
            "lowering_id": factories.RiskLoweringFactory(patient=patient, proposed_by=colleague.user).pk,
            "request_id": factories.AccessRequestFactory(clinic=clinic).pk,
            "result_id": labs.enter(
                patient_id=patient.pk,
                by=nurse,
                values=[labs.TypedLab("anc", "0.4", "10^9/L", patient.infusion_date)],
                source="typed",
                now=now,
            )[0].pk,
            "entry_id": factories.CareTaskEntryFactory(patient=patient, by=nurse).pk,
            "import_id": imported.pk,
            "row_id": imported.rows.get().pk,
            "step": "person",
            "invitation_id": invitation.pk,
            "staff_invitation_id": factories.StaffInvitationFactory(clinic=clinic, invited_by=nurse).pk,
            "member_id": link.pk,
            "code_id": codes.create(patient_id=patient.pk, by=caregiver, now=now).link.pk,
            "message_id": report.pk,
            "call_id": report.pk,
            "number": 0,
            "worry_id": worry.pk,
            "check_id": check.pk,
            "sample_id": sample.pk,
            "transfer_id": clinic_transfers.offer(
                patient_id=patient.pk,
                to_clinic_id=factories.ClinicFactory().pk,
                reason="Moves house",
                by=nurse,
                now=now,
            ).pk,
            "event_id": life_events.record(
                patient_id=patient.pk, kind=Kind.RELAPSED, by=nurse, at=now, reason="", now=now
            ).pk,
            "course": 1,
            "day": 30,
            "device_id": report.pk,
            "family_device_id": devices["new_device"].pk,
            "session_id": 999_999,
            "token_id": ApiToken.objects.get(user=colleague.user).pk,
            "page_key": "temperature",
            "slug": factories.GuidanceEditionFactory(slug="a-page").slug,
            "digest": "no-such-picture",
            "token": "no-such-token",
            "clinic_id": clinic.pk,
            "language": "es",
            "draft_id": draft.pk,
            "version_id": draft.base_version_id,
            "item_key": "question.chills",
            "pk": 999_999,
            "staff_id": staff.pk,
            "shift_id": shift.pk,
            "pattern_id": factories.ShiftPatternFactory(staff=colleague).pk,
            "notice_id": factories.ShiftNoticeFactory(staff=staff).pk,
            "drill_id": factories.PagerDrillFactory(staff=staff).pk,
            "swap_id": swap.pk,
            "layer": "primary",
            "provider_id": "directory",
            "kind": "Observation",
            "table": "reports",
        },
    )
