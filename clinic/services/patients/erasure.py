"""Takes a person out of the record. What stays says what happened and when, and no longer to whom.

Called by whoever decided it (deletions.py, retention.py), in their transaction, which holds the lock of the
person's row. Both may be done again: what has come in late goes too.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import F, Model, Q, QuerySet

from clinic import hooks
from clinic.models import (
    ApiToken,
    Assessment,
    CalendarFeed,
    CallCode,
    CareTaskEntry,
    CareTeamMember,
    CheckinTally,
    ClinicTransfer,
    ColleagueRequest,
    Contact,
    Course,
    Deletion,
    DeskSession,
    EmergencyAccess,
    Escalation,
    EscalationEvent,
    FactCorrection,
    FamilyDevice,
    FormerNumber,
    HandoverItem,
    HelpRequest,
    HomeCheck,
    ImportRow,
    Invitation,
    KnownFinding,
    LabResult,
    LifeEvent,
    MergedNumber,
    Night,
    OutcomeRecord,
    OutcomeReview,
    Page,
    Patient,
    PhoneCall,
    Pin,
    RecordHold,
    Reminder,
    Report,
    ReportMistake,
    RiskFactSheet,
    RiskLowering,
    RiskRun,
    Staff,
    StrainAnswer,
    SystemAlarm,
    ToldReport,
    TrialText,
    User,
    WordBack,
    Worry,
    WritingSample,
)
from clinic.models.patient import Tier
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import products
from clinic.rules.patients.erasure import DASH, matters_without_words, without_words
from clinic.rules.patients.names import key_of
from clinic.rules.patients.products import ANOTHER_PRODUCT
from clinic.services.core import alarms, audit, live, web_sessions
from clinic.services.patients import care_team
from notifications.services import erasure as messages

_AT_ONCE = 200
# Their subject is a link to a patient, a small number; of other kinds it may be somebody else's number.
_ABOUT_CAREGIVER = (
    *(AlarmKind.OPTED_OUT, AlarmKind.STOP_ASKED, AlarmKind.TEXT_RECEIVED, AlarmKind.HELP_ASKED),
    *(AlarmKind.DEATH_TOLD, AlarmKind.NUMBER_BAD, AlarmKind.NUMBER_SILENT),
    *(AlarmKind.DEVICE_WAITS, AlarmKind.DEVICE_REFUSED),
)


def erase_patient(*, patient: Patient, by: User | None, now: datetime) -> None:
    """Empty the record of one patient, for whom nothing is asked or open any more.

    Everybody of the family keeps their own sign-in, and what belongs to others for whom they care.
    """
    family = User.objects.filter(care_links__patient=patient).distinct()
    family_ids = list(family.values_list("pk", flat=True))
    phones = [str(phone) for phone in family.values_list("phone", flat=True) if phone]
    phones += [str(one) for one in Invitation.objects.filter(patient=patient).values_list("phone", flat=True)]
    care_team.end_every_access(patient=patient, by=by, now=now)
    _empty_messages(patient, phones)
    # First, because the triggers of life events look whether their patient is erased.
    _blank_patient(patient, now)
    _empty_words_of_staff(patient)
    _empty_reports(patient)
    _delete_risk(patient)
    _empty_family(patient, by, now)
    _clear_alarms(patient, by, now)
    web_sessions.end(user_ids=family_ids, mentioning=[patient.pk])
    _empty_admin_log(Patient, [patient.pk])
    hooks.patient_erased.send(sender=None, patient_id=patient.pk, now=now)
    audit.record_about(patient, "patient.erased", by, now)
    live.publish_change(clinic_id=patient.clinic_id, kind="patient", ref=patient.pk, level=None, now=now)


def erase_caregiver(*, person: User, by: User | None, now: datetime) -> None:
    """Take out one caregiver, who has no role at a clinic. OnItsWay.

    What they reported stays in the patients' records, without their name and their own words.
    """
    phone = str(person.phone or "")
    links = list(CareTeamMember.objects.filter(user=person).select_related("patient"))
    for link in links:
        if link.ended_at is None:
            care_team.end_access_of(member_id=link.pk, by=by, now=now)
        _clear_alarms_about(link.patient.clinic_id, link.pk, _ABOUT_CAREGIVER, by, now)
    _empty_words_of_family(person)
    _empty_invitations(Invitation.objects.filter(Q(redeemed_by=person) | Q(person=person)), by, now)
    shared = _is_somebody_elses(phone, person, now)
    if phone and not shared:
        _empty_invitations(Invitation.objects.filter(phone=phone), by, now)
        messages.forget_number(phone=phone, now=now)
    _forget_former_numbers(person, now)
    _end_sign_ins(person)
    _blank_person(person, now)
    hooks.person_erased.send(sender=None, user_id=person.pk, phone="" if shared else phone, now=now)
    for clinic_id in {link.patient.clinic_id for link in links}:
        audit.record(
            action="person.erased",
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="user",
            subject_id=person.pk,
        )


def _blank_patient(patient: Patient, now: datetime) -> None:
    """Day 0, product, zone and status stay: levels and moments mean nothing without them."""
    known = products.find(patient.product) is not None
    patient.given_name = patient.family_name = patient.hospital_number = ""
    patient.birth_date = patient.masked_until = patient.minutes_to_centre = patient.paused_until = None
    patient.product = patient.product if known else ANOTHER_PRODUCT
    patient.disease = patient.nearest_emergency = ""
    patient.no_transport_until, patient.home_since, patient.findings = None, None, ""
    patient.tier, patient.baseline, patient.language = Tier.STANDARD, {}, "en"
    patient.immune_risk = patient.neutropenia = patient.platelets_low = False
    patient.pause_reason = patient.single_caregiver_reason = patient.start_override = ""
    patient.erased_at = patient.erased_at or now
    patient.save()
    Course.objects.filter(patient=patient).update(disease="")
    for course in Course.objects.filter(patient=patient):
        if products.find(course.product) is None:
            course.product = ANOTHER_PRODUCT
            course.save(update_fields=["product"])


def _empty_words_of_staff(patient: Patient) -> None:
    of_alert: dict[str, Any] = {"escalation__patient": patient}
    Escalation.objects.filter(patient=patient).update(resolution_note="")
    EscalationEvent.objects.filter(**of_alert).update(text="", why={})
    Contact.objects.filter(**of_alert).update(who="", note="")
    PhoneCall.objects.filter(patient=patient).update(who="", relation="", words="")
    ToldReport.objects.filter(report__patient=patient).update(who=DASH, relation="")
    ReportMistake.objects.filter(report__patient=patient).update(reason=DASH)
    ColleagueRequest.objects.filter(**of_alert).update(text="", answer="")
    KnownFinding.objects.filter(patient=patient).update(reason=DASH)
    HandoverItem.objects.filter(patient=patient).update(note="", waits_for=[])
    FactCorrection.objects.filter(patient=patient).update(reason=DASH, changes={})
    RecordHold.objects.filter(patient=patient).update(reason=DASH)
    moves = ClinicTransfer.objects.filter(Q(patient=patient) | Q(new_patient=patient))
    moves.update(reason=DASH, answer="", history=[])
    Deletion.objects.filter(patient=patient).update(note="")
    OutcomeRecord.objects.filter(patient=patient).update(answers={})
    OutcomeReview.objects.filter(patient=patient).update(note="")
    rows = ImportRow.objects.filter(patient=patient)
    rows.update(said={}, person="", troubles=[], reasons=[], made="", kept_because="")
    MergedNumber.objects.filter(patient=patient).delete()
    RiskLowering.objects.filter(patient=patient).update(reason=DASH, reason_code="", changes={})
    openings = EmergencyAccess.objects.filter(patient=patient)
    openings.update(reason=DASH, account="", review_note="")
    events = LifeEvent.objects.filter(patient=patient)
    events.exclude(reason="").update(reason=DASH, pause_reason_before="", taken_back_reason="")
    events.exclude(pause_reason_before="", taken_back_reason="").update(
        pause_reason_before="", taken_back_reason=""
    )


def _empty_reports(patient: Patient) -> None:
    """A report keeps its moments and its level. Its hash goes as well: few answers are possible."""
    Report.objects.filter(patient=patient).update(answers={}, body_hash="")
    for rows in _in_parts(Assessment.objects.filter(report__patient=patient)):
        for row in rows:
            row.inputs, row.reasons = {}, without_words(row.reasons)
        Assessment.objects.bulk_update(rows, ["inputs", "reasons"])
    HomeCheck.objects.filter(patient=patient).delete()
    CheckinTally.objects.filter(patient=patient).delete()
    WritingSample.objects.filter(patient=patient).delete()
    Worry.objects.filter(patient=patient).update(words="")


def _delete_risk(patient: Patient) -> None:
    """Values, facts and what was computed of them, and how the family bore it: they say nothing any more."""
    for model in (CareTaskEntry, LabResult, RiskFactSheet, RiskRun, StrainAnswer, HelpRequest):
        model._default_manager.filter(patient=patient).delete()


def _empty_family(patient: Patient, by: User | None, now: datetime) -> None:
    CareTeamMember.objects.filter(patient=patient).update(relation="")
    _empty_invitations(Invitation.objects.filter(patient=patient), by, now)


def _empty_invitations(rows: QuerySet[Invitation], by: User | None, now: datetime) -> None:
    """A link without a name and a number would make somebody whom nobody knows and no code reaches."""
    still_open = rows.filter(redeemed_at__isnull=True, revoked_at__isnull=True)
    still_open.update(revoked_at=now, revoked_by=by or F("invited_by"))
    rows.update(name="", phone="", relation="")


def _empty_messages(patient: Patient, phones: list[str]) -> None:
    """What went out about this patient, and what the family's numbers wrote, to whomever it was about."""
    ids: set[UUID] = set()
    sent: tuple[QuerySet[Any], ...] = (
        Reminder.objects.filter(checkin__patient=patient),
        TrialText.objects.filter(member__patient=patient),
        Page.objects.filter(escalation__patient=patient),
    )
    for rows in sent:
        ids |= set(rows.filter(message_id__isnull=False).values_list("message_id", flat=True))
    prefixes = [
        f"invite:{pk}" for pk in Invitation.objects.filter(patient=patient).values_list("pk", flat=True)
    ]
    nights = Night.objects.filter(patient=patient).values_list("pk", flat=True)
    prefixes += [f"night:{pk}:" for pk in nights]
    words = WordBack.objects.filter(escalation__patient=patient).values_list("pk", flat=True)
    prefixes += [f"word:{pk}:" for pk in words]
    messages.empty_bodies(message_ids=ids, key_prefixes=prefixes)
    messages.empty_inbound(phones=phones)


def _clear_alarms(patient: Patient, by: User | None, now: datetime) -> None:
    """Whatever still asks somebody to look at this record."""
    rows = SystemAlarm.objects.filter(clinic=patient.clinic_id, cleared_at__isnull=True)
    asking = set(rows.values_list("subject", flat=True))
    theirs = {str(patient.pk)}
    for of_patient in (patient.reports, patient.escalations):
        theirs |= {str(pk) for pk in of_patient.values_list("pk", flat=True)}
    for subject in sorted(asking & theirs):
        _clear_alarms_about(patient.clinic_id, subject, tuple(AlarmKind), by, now)
    for member_id in patient.care_team.values_list("pk", flat=True):
        _clear_alarms_about(patient.clinic_id, member_id, _ABOUT_CAREGIVER, by, now)


def _clear_alarms_about(
    clinic_id: UUID, subject: object, kinds: Iterable[AlarmKind], by: User | None, now: datetime
) -> None:
    for kind in kinds:
        alarms.clear(clinic_id=clinic_id, kind=kind, subject=subject, now=now, by=by)


def _empty_words_of_family(person: User) -> None:
    Contact.objects.filter(member__user=person).update(who="")
    PhoneCall.objects.filter(member__user=person).update(who="", relation="")
    ToldReport.objects.filter(member__user=person).update(who=DASH, relation="")
    Worry.objects.filter(author=person).update(words="")
    StrainAnswer.objects.filter(author=person).delete()
    HelpRequest.objects.filter(Q(asked_by=person) | Q(answered_by=person)).delete()
    EscalationEvent.objects.filter(by=person).update(text="")
    CareTeamMember.objects.filter(user=person).update(relation="")
    Deletion.objects.filter(user=person).update(note="")
    lines = HandoverItem.objects.filter(patient__care_team__user=person).exclude(waits_for=[]).distinct()
    for rows in _in_parts(lines):
        for row in rows:
            row.waits_for = matters_without_words(row.waits_for)
        HandoverItem.objects.bulk_update(rows, ["waits_for"])


def _is_somebody_elses(phone: str, person: User, now: datetime) -> bool:
    """Two people may share a number, and what was texted to it is the other's too: also of who is invited."""
    others = User.objects.filter(phone=phone).exclude(pk=person.pk)
    invited = Invitation.objects.filter(
        phone=phone, redeemed_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    return bool(phone) and (
        others.exists()
        or Staff.objects.filter(phone=phone).exists()
        or any(key_of(name) != key_of(person.name) for name in invited.values_list("name", flat=True))
    )


def _forget_former_numbers(person: User, now: datetime) -> None:
    former = FormerNumber.objects.filter(user=person)
    for number in {str(one) for one in former.values_list("phone", flat=True)}:
        if not _is_somebody_elses(number, person, now):
            messages.forget_number(phone=number, now=now)
    former.delete()


def _end_sign_ins(person: User) -> None:
    for model in (
        ApiToken,
        CalendarFeed,
        CallCode,
        DeskSession,
        FamilyDevice,
        Pin,
        EmailAddress,
        Authenticator,
        SocialAccount,
        UserSession,
    ):
        model._default_manager.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()
    web_sessions.end(user_ids=[person.pk])
    _empty_admin_log(User, [person.pk])


def _blank_person(person: User, now: datetime) -> None:
    person.name, person.phone, person.email = DASH, None, None
    person.language, person.time_zone, person.temperature_unit = "en", "UTC", "F"
    person.quiet_from = person.quiet_until = time(0)
    person.hears_back_by, person.last_login, person.is_active = "", None, False
    person.set_unusable_password()
    person.signed_out_at, person.erased_at = now, person.erased_at or now
    person.save()


def _empty_admin_log(model: type[Model], ids: list[UUID]) -> None:
    """Operators' acts stay; the name that stood beside each goes."""
    rows = LogEntry.objects.filter(
        content_type__app_label=model._meta.app_label,
        content_type__model=model._meta.model_name,
        object_id__in=[str(pk) for pk in ids],
    )
    rows.update(object_repr="", change_message="")


def _in_parts(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        yield list(rows.model.objects.filter(pk__in=ids[start : start + _AT_ONCE]))
