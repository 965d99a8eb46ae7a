"""A patient of whom there is everything, and a caregiver: with words that stand nowhere else."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import models

from caregiver.models import CardLink, CheckinDraft, DeviceDraft, Phone, SignInCode
from clinic.models import (
    ApiToken,
    CareTaskEntry,
    CareTeamMember,
    Clinic,
    ClinicTransfer,
    ColleagueRequest,
    Contact,
    Deletion,
    EmergencyAccess,
    Escalation,
    FamilyDevice,
    FormerNumber,
    Handover,
    HandoverItem,
    HomeCheck,
    Import,
    ImportRow,
    KeypadCall,
    KnownFinding,
    MergedNumber,
    OutcomeRecord,
    OutcomeReview,
    Patient,
    PhoneCall,
    RecordHold,
    Report,
    ReportMistake,
    RiskLowering,
    ToldReport,
    TrialText,
    User,
    Worry,
)
from clinic.services.checkins import plan
from clinic.services.escalations import lifecycle, worries
from clinic.services.outcomes import tallies
from clinic.services.patients import courses, fact_corrections, invitations, life_events
from clinic.services.risk import fact_sheets, labs
from notifications.models import InboundSms, Message, PushSubscription
from notifications.services import outbox
from tests import cases, factories

# Of the patient and of what was written about them; of the one caregiver; of the other, who stays.
PATIENT = "Zqwalter"
CARLA = "Zqcarla"
BEN = "Zqben"
BORN = date(1961, 3, 7)
NUMBER = "ZQH4711"
CARLAS_PHONE = "+16175550151"
CARLAS_FORMER_PHONE = "+16175550153"
BENS_PHONE = "+16175550152"

# Texts that are codes, ids of ours or the program's own words; every other one must go.
CODES = {
    *(
        "protocol_code",
        "language",
        "time_zone",
        "slug",
        "title",
        "version",
        "code",
        "label",
        "role",
        "layer",
        "item",
        "rules",
    ),
    *("token_hash", "code_hash", "phone", "ladder", "product", "dedupe_key", "provider_sid", "sid"),
    *("pages_done", "confirmed"),
    # Only while somebody has the alert (escalation_snooze_ends_with_lease), and nothing open is deleted.
    "snooze_reason",
}


class WholeRecord:
    """Walter, with Carla and Ben; monitoring has ended and everything is answered."""

    def __init__(self, clinic: Clinic, nurse: User, now: datetime) -> None:
        self.clinic, self.nurse, self.now = clinic, nurse, now
        self.patient: Patient = factories.PatientFactory(
            clinic=clinic,
            given_name=PATIENT,
            family_name=f"{PATIENT}son",
            birth_date=BORN,
            hospital_number=NUMBER,
            created_at=now - timedelta(days=9),
            product=f"{PATIENT} cells",
            disease=f"{PATIENT} disease",
            baseline={"sbp": 120},
            single_caregiver_reason=f"{PATIENT} lives alone",
        )
        self.carla = self._caregiver(CARLA, CARLAS_PHONE)
        self.ben = self._caregiver(BEN, BENS_PHONE)
        plan.plan_all(now=now - timedelta(hours=3))
        self._reports()
        self._staffs_words()
        self._family_things()
        self._assess_risk()
        self._import()
        self._end()
        tallies.count_due(now=now)

    def _caregiver(self, name: str, phone: str) -> User:
        link = factories.CareTeamMemberFactory(
            patient=self.patient, relation=f"{name} relation", user__name=name, user__phone=phone
        )
        return link.user

    def _reports(self) -> None:
        self.report = cases.report_by_family(self.patient, cases.NAUSEA, self.now - timedelta(hours=4))
        self.escalation: Escalation = cases.escalate(self.patient, cases.FEVER, self.now - timedelta(hours=2))
        HomeCheck.objects.create(patient=self.patient, author=self.carla, language="en", score=9)
        factories.WritingSampleFactory(
            patient=self.patient, author=self.carla, picture=f"a picture of {PATIENT}".encode()
        )
        worries.record(
            patient_id=self.patient.pk,
            worry_id=uuid4(),
            by=self.carla,
            words=f"{CARLA} says {PATIENT} is pale",
            told_at=self.now,
            now=self.now,
        )

    def _staffs_words(self) -> None:
        about: dict[str, Any] = {"escalation_id": self.escalation.pk, "by": self.nurse, "now": self.now}
        lifecycle.acknowledge(**about)
        lifecycle.add_note(**about, text=f"{PATIENT} is known here")
        colleague = factories.StaffFactory(clinic=self.clinic)
        ColleagueRequest.objects.create(
            escalation=self.escalation, kind="opinion", asked_by=self.nurse, asked_of=colleague, text=PATIENT
        )
        member = CareTeamMember.objects.get(user=self.carla)
        Contact.objects.create(
            escalation=self.escalation, by=self.nurse, member=member, who=CARLA, reached=True, note=PATIENT
        )
        PhoneCall.objects.create(
            patient=self.patient,
            at=self.now,
            noted_at=self.now,
            by=self.nurse,
            member=member,
            who=CARLA,
            relation=CARLA,
            direction="in",
            reached=True,
            words=PATIENT,
        )
        ClinicTransfer.objects.create(
            patient=self.patient,
            to_clinic=factories.ClinicFactory(),
            state="declined",
            reason=PATIENT,
            offered_at=self.now,
            offered_by=self.nurse,
            answered_at=self.now,
            answered_by=colleague.user,
            answer=PATIENT,
            history=[{"at": self.now.isoformat(), "answers": {"note": PATIENT}}],
        )
        told = Report.objects.earliest("received_at")
        ToldReport.objects.create(report=told, member=member, who=CARLA)
        ReportMistake.objects.create(
            report=told, at=self.now, by=self.nurse, reason=PATIENT, of_another_person=False
        )
        courses.settle(self.patient)
        FormerNumber.objects.create(user=self.carla, phone=CARLAS_FORMER_PHONE, until=self.now)
        sheet = Handover.objects.create(
            clinic=self.clinic, given_by=self.nurse, given_to=colleague, due_at=self.now
        )
        HandoverItem.objects.create(
            handover=sheet,
            given_by=self.nurse,
            position=1,
            kind="alert",
            patient=self.patient,
            escalation=self.escalation,
            since=self.now,
            note=PATIENT,
            waits_for=[{"what": "worry", "at": self.now.isoformat(), "text": f"{CARLA} of {PATIENT}"}],
        )
        self.escalation.requests.update(state="declined", closed_at=self.now, answer=PATIENT)
        self._decided_about(colleague.user)

    def _decided_about(self, colleague: User) -> None:
        """What staff decided about the patient, each with a reason in their words."""
        now, hour = self.now, timedelta(hours=1)
        KnownFinding.objects.create(
            patient=self.patient,
            escalation=self.escalation,
            item="temp_value",
            answer=2,
            expected_from=now,
            expected_until=now + hour,
            named_by=self.nurse,
            reason=PATIENT,
            ended_at=now,
        )
        OutcomeRecord.objects.create(
            patient=self.patient,
            course_number=1,
            part="follow_up",
            day=30,
            answers={"contact_on": "2026-11-20", "second_cancer_type": f"{PATIENT} cancer"},
            recorded_at=self.now,
            recorded_by=self.nurse,
        )
        RiskLowering.objects.create(
            patient=self.patient,
            course_number=1,
            changes={"tier": {"from": PATIENT, "to": "standard"}},
            reason=PATIENT,
            proposed_at=now,
            proposed_by=self.nurse,
            end="withdrawn",
            closed_at=now,
            closed_by=self.nurse,
        )
        EmergencyAccess.objects.create(
            patient=self.patient,
            user=colleague,
            reason=PATIENT,
            opened_at=now - hour,
            ends_at=now,
            ended_at=now,
            ended_by=colleague,
            account=PATIENT,
            told_at=now,
            finding="right",
            review_note=PATIENT,
            reviewed_at=now,
            reviewed_by=self.nurse,
        )
        RecordHold.objects.create(
            patient=self.patient,
            reason=PATIENT,
            placed_at=now,
            placed_by=self.nurse,
            ended_at=now,
            ended_by=self.nurse,
        )
        about: dict[str, Any]
        for word, about in ((PATIENT, {"patient": self.patient}), (CARLA, {"user": self.carla})):
            Deletion.objects.create(
                clinic=self.clinic,
                ground="asked",
                note=f"{word} asked",
                asked_at=now,
                asked_by=self.nurse,
                withdrawn_at=now,
                withdrawn_by=self.nurse,
                **about,
            )

    def _family_things(self) -> None:
        now = self.now
        guest = {"phone": "+16175550140", "name": f"{PATIENT} cousin", "relation": "cousin", "language": "en"}
        invitations.invite(patient=self.patient, by=self.nurse, now=now, **guest)
        for phone, words in ((CARLAS_PHONE, CARLA), (BENS_PHONE, "Is he well")):
            InboundSms.objects.create(
                sid=f"SM{phone[-4:]}",
                from_phone=phone,
                body=f"{words} {PATIENT}",
                kind="text",
                service="reminders",
            )
        member = CareTeamMember.objects.get(user=self.carla)
        message = outbox.queue(
            to=CARLAS_PHONE,
            body=f"{CARLA}: about {PATIENT}",
            purpose="reminder",
            dedupe_key="trial:1",
            service="reminders",
            expires_at=None,
            now=now,
        )
        Message.objects.update(due_at=None, state="delivered")
        TrialText.objects.create(member=member, message_id=message.pk, sent_at=now)
        PushSubscription.objects.create(
            owner_id=self.carla.pk, endpoint="https://push.example/zqcarla", label=CARLA
        )
        KeypadCall.objects.create(
            clinic=self.patient.clinic,
            sid="CA1",
            phone=self.carla.phone,
            user=self.carla,
            patient=self.patient,
            protocol_version=self.report.protocol_version,
            stage="questions",
            progress={"answers": {"note": PATIENT}},
        )
        CheckinDraft.objects.create(
            user=self.carla,
            patient=self.patient,
            protocol_version=self.report.protocol_version,
            answers={"note": PATIENT},
        )
        device = FamilyDevice.objects.create(
            user=self.carla,
            browser_hash="d",
            confirmed_at=now,
            confirmed_by=self.nurse,
            confirmed_reason=f"spoke with {CARLA}",
        )
        DeviceDraft.objects.create(
            device=device,
            user=self.carla,
            patient=self.patient,
            protocol_version=self.report.protocol_version,
            answers={"note": PATIENT},
        )
        for made_by in (self.carla, self.nurse):
            CardLink.objects.create(
                patient=self.patient, token_hash=str(made_by.pk), made_by=made_by, made_at=now, expires_at=now
            )
        Phone.objects.create(user=self.carla, device=device, token_hash="c", expires_at=now)
        UserSession.objects.create(
            user=self.carla, ip="192.0.2.7", session_key="zq", user_agent=f"The phone of {CARLA}"
        )
        ApiToken.objects.create(user=self.carla, token_hash="a", label=CARLA, expires_at=now)
        SignInCode.objects.create(
            phone=CARLAS_PHONE, user=self.carla, code_hash="x", source_hash="x", expires_at=now
        )
        session = SessionStore()
        session.update({"_auth_user_id": str(self.carla.pk), "held": {"patient": PATIENT, "who": CARLA}})
        session.save()
        LogEntry.objects.create(
            user=self.nurse,
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(self.carla.pk),
            object_repr=CARLA,
            action_flag=2,
            change_message=f"phone of {CARLA}",
        )

    def _assess_risk(self) -> None:
        value = labs.TypedLab("anc", "0.4", "10^9/L", self.patient.infusion_date)
        (row,) = labs.enter(
            patient_id=self.patient.pk, by=self.nurse, values=[value], source="typed", now=self.now
        )
        reason = f"of {PATIENT}'s brother"
        labs.strike(patient_id=self.patient.pk, result_id=row.pk, by=self.nurse, reason=reason, now=self.now)
        CareTaskEntry.objects.create(
            patient=self.patient,
            course_number=1,
            number=1,
            task="nurse_call",
            day=1,
            act="done",
            words=f"{PATIENT} sounds well",
            at=self.now,
            by=self.nurse,
        )
        told = {"ecog": 1}
        fact_sheets.save_step(
            patient_id=self.patient.pk, by=self.nurse, step="person", told=told, seen="", now=self.now
        )

    def _import(self) -> None:
        sent = Import.objects.create(
            clinic=self.clinic, source="adt", digest="d" * 64, created_at=self.now, created_by=self.nurse
        )
        ImportRow.objects.create(
            of_import=sent,
            clinic=self.clinic,
            number=1,
            kind="notice",
            person=f"{PATIENT} {NUMBER}",
            said={"family_name": PATIENT},
            verdict="waits",
            patient=self.patient,
        )
        MergedNumber.objects.create(
            clinic=self.clinic, patient=self.patient, hospital_number=f"{NUMBER}0", merged_at=self.now
        )

    def _end(self) -> None:
        fact_corrections.correct(
            patient_id=self.patient.pk,
            by=self.nurse,
            facts={"family_name": f"{PATIENT}berg", "birth_date": BORN - timedelta(days=1)},
            reason=f"{PATIENT} said so",
            now=self.now,
        )
        lifecycle.resolve(
            escalation_id=self.escalation.pk,
            by=self.nurse,
            outcome="advice_given",
            note=f"spoke to {CARLA} about {PATIENT}",
            now=self.now,
        )
        Worry.objects.update(called_back_at=self.now, called_back_by=self.nurse)
        life_events.end_monitoring(
            patient_id=self.patient.pk, by=self.nurse, at=self.now, reason=f"{PATIENT} moved", now=self.now
        )
        OutcomeReview.objects.create(
            patient=self.patient,
            event=self.patient.life_events.first(),
            verdict="seen",
            note=f"{PATIENT} was hot",
            reviewed_at=self.now,
            reviewed_by=self.nurse,
        )
        Report.objects.filter(state="received").update(state="scored", scored_at=self.now)
        self.patient.refresh_from_db()

    def fill_every_text(self) -> None:
        """The name in every text of the patient's rows that is no code, and so in columns of tomorrow too."""
        for model in apps.get_models():
            path = path_to_patient(model)
            if path is None or model._meta.label in {
                "clinic.Patient",
                "clinic.LifeEvent",
                "clinic.CardLink",
                "clinic.CareTaskEntry",
                "clinic.LabResult",
            }:
                continue
            rows = model._default_manager.filter(**{path: self.patient})
            for field in free_texts(model):
                word = PATIENT[: field.max_length or 200]
                rows.update(**{field.name: {"word": word} if isinstance(field, models.JSONField) else word})


def path_to_patient(model: type[models.Model]) -> str | None:
    """Along which column a row of this table belongs to a patient; None where it does not."""
    if model is Patient:
        return "pk"
    for name, path in (
        ("patient", "patient"),
        ("escalation", "escalation__patient"),
        ("report", "report__patient"),
        ("checkin", "checkin__patient"),
        ("member", "member__patient"),
    ):
        field = next((one for one in model._meta.concrete_fields if one.name == name), None)
        if field is not None and field.related_model is not None:
            return path
    return None


def free_texts(model: type[models.Model]) -> list[Any]:
    """Columns in which anybody's words may stand."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and not field.choices
        and field.name not in CODES
        and not field.primary_key
    ]
