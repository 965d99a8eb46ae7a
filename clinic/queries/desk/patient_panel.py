"""One patient's page: who it is, what happened, the measured values, the family."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.access import NotVisible, Permission, can, get_patient
from clinic.models import Patient, User
from clinic.models.clinic_transfer import ClinicTransferState
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.checkins import holds, nights
from clinic.queries.desk import alarms, patient_status, timeline
from clinic.queries.patients import (
    care_team,
    clinic_transfers,
    education,
    family_texts,
    go_home_check,
    life_events,
    pauses,
    risk_lowerings,
)
from clinic.queries.patients.facts import BaselineItem, PatientFacts, baseline_items, facts, on_file
from clinic.queries.patients.go_home_check import GoHomeCheck
from clinic.queries.protocols.versions import published_codes
from clinic.queries.reports import home_checks, household, trends
from clinic.rules.patients.life_events import OVER, Kind, Refusal

CHANGEABLE = (
    *("tier", "immune_risk", "neutropenia", "platelets_low"),
    *("masked_until", "minutes_to_centre", "nearest_emergency"),
)


@dataclass(frozen=True)
class PatientPanel:
    """Everything on a patient's page."""

    patient: PatientFacts
    now: patient_status.PatientStatusLine
    timeline: timeline.Timeline
    trends: trends.Trends
    caregivers: tuple[care_team.Caregiver, ...]
    invitations: tuple[care_team.OpenInvitation, ...]
    home_checks: home_checks.HomeCheckSummary
    readings: tuple[education.CaregiverReading, ...]
    may_manage: bool
    # As they are stored, for the form that changes them.
    stored: dict[str, object]
    # What can be put right; see queries.patients.facts.on_file.
    on_file: dict[str, Any]
    # While preparing, and as long as a start without everything proven stands.
    go_home_check: GoHomeCheck | None
    baseline_items: tuple[BaselineItem, ...]
    tonight: nights.Tonight | None
    reports_less: bool
    texts: tuple[family_texts.FamilyText, ...]
    life_events: tuple[life_events.LifeEventLine, ...]
    # Codes and labels of what may be put on record now; a death is for those who answer alerts.
    recordable: tuple[tuple[str, str], ...]
    may_record_death: bool
    # Note a call, enter a report for the family.
    may_take_calls: bool
    # The protocols by which a new course can be asked.
    protocols: tuple[str, ...]
    # The last offer to another clinic, and to whom the patient can be offered.
    offer: clinic_transfers.SentOffer
    # Where the record goes on, for somebody who may see it there.
    goes_on_id: UUID | None
    pause: pauses.Pause | None
    # Nothing automatic is sent until somebody has dealt with what the family wrote.
    texts_held: bool
    # A lower risk that waits for a second clinician.
    lowering: risk_lowerings.WaitingLowering | None
    may_lower: bool
    # The patient has died, and nobody has said that the family was called.
    family_waits_for_call: bool
    # Why nothing is asked for on this record any more; None while it may go on.
    closed_by: Refusal | None

    @property
    def is_over(self) -> bool:
        return self.patient.status in OVER

    @property
    def may_change_care(self) -> bool:
        """Set what rules and check-ins go by; who has died, or is with another clinic, needs none of it."""
        return self.may_manage and self.closed_by is None

    @property
    def is_preparing(self) -> bool:
        return self.patient.status == PatientStatus.PREPARING


def panel(
    *, user: User, patient_id: UUID, older_than: str, days: int | None, now: datetime, kind: str = ""
) -> PatientPanel:
    """One patient's page; NotVisible where the person may not see the patient as staff."""
    patient = get_patient(user, patient_id)
    if not can(user, Permission.VIEW_PATIENTS, patient.clinic_id):
        # Visible as family only: that view is not this one.
        raise NotVisible("patient")
    return panel_of(user=user, patient=patient, older_than=older_than, days=days, now=now, kind=kind)


def panel_of(
    *, user: User, patient: Patient, older_than: str, days: int | None, now: datetime, kind: str = ""
) -> PatientPanel:
    """The same for a patient, with its clinic, whom the caller has found that this person may see."""
    may_record_death = can(user, Permission.ACT_ON_ESCALATIONS, patient.clinic_id)
    offer = clinic_transfers.sent_for(patient)
    is_here = offer.state != ClinicTransferState.ACCEPTED
    return PatientPanel(
        patient=facts(patient, now),
        now=patient_status.of_patient(patient=patient, now=now),
        timeline=timeline.of_patient(
            patient=patient, language=user.language, older_than=older_than, kind=kind
        ),
        trends=trends.of_patient(patient=patient, language=user.language, days=days, now=now),
        caregivers=care_team.caregivers(patient=patient, now=now),
        invitations=care_team.open_invitations(patient=patient, now=now),
        home_checks=home_checks.of_patient(patient=patient),
        readings=education.of_patient(patient=patient),
        may_manage=is_here and can(user, Permission.MANAGE_PATIENTS, patient.clinic_id),
        stored={name: getattr(patient, name) for name in CHANGEABLE},
        on_file=on_file(patient),
        go_home_check=_go_home_check(patient, now),
        baseline_items=baseline_items(patient=patient, language=user.language),
        tonight=nights.tonight(patient=patient, now=now),
        reports_less=bool(household.patients_reporting_less([patient.pk], now=now)),
        texts=family_texts.newest(patient=patient, now=now),
        life_events=life_events.lines(patient),
        recordable=tuple(
            one for one in life_events.fitting(patient) if may_record_death or one[0] != Kind.DIED
        ),
        may_record_death=may_record_death,
        may_take_calls=may_record_death,
        protocols=published_codes(patient.clinic),
        offer=offer,
        goes_on_id=offer.new_patient_id
        if offer.to_clinic_id and can(user, Permission.VIEW_PATIENTS, offer.to_clinic_id)
        else None,
        pause=pauses.of_patient(patient),
        texts_held=holds.is_held(patient.pk),
        lowering=risk_lowerings.waiting(patient=patient, user=user),
        # Whoever answers alerts: no question more.
        may_lower=may_record_death,
        family_waits_for_call=patient.status == PatientStatus.DIED
        and alarms.stands(clinic_id=patient.clinic_id, kind=AlarmKind.CALL_FAMILY, subject=patient.pk),
        closed_by=life_events.closed_by(patient),
    )


def _go_home_check(patient: Patient, now: datetime) -> GoHomeCheck | None:
    """What is still to be proven; of a record that is over there is nothing left to prove."""
    if patient.status in OVER or (patient.status != PatientStatus.PREPARING and not patient.start_override):
        return None
    return go_home_check.of_patient(patient=patient, now=now)
