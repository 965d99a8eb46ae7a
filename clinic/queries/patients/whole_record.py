"""Everything that is on record about one patient, as it is stored, for handing it out."""

from collections.abc import Iterator
from typing import Any

from django.db.models import BinaryField, Model, QuerySet

from clinic.models import (
    Assessment,
    CareTaskEntry,
    CareTeamMember,
    Checkin,
    ClinicTransfer,
    ColleagueRequest,
    Contact,
    Course,
    Disagreement,
    EmergencyAccess,
    Escalation,
    EscalationEvent,
    FactCorrection,
    GuidanceReading,
    HandoverItem,
    HomeCheck,
    KnownFinding,
    LabResult,
    LifeEvent,
    Night,
    NightDuty,
    OutcomeRecord,
    OutcomeReview,
    Page,
    Patient,
    PhoneCall,
    Reminder,
    Report,
    ReportMistake,
    RequiredAnswer,
    RiskFactSheet,
    RiskLowering,
    RiskRun,
    ToldReport,
    TrialText,
    User,
    WindowPlan,
    WordBack,
    Worry,
    WritingSample,
)
from clinic.models.escalation import EscalationEventKind
from clinic.queries.patients import family_texts
from notifications import queries as messages
from notifications.rules.keywords import Kind

# Ours and nobody's: what tells rows apart, what is searched by, secrets, and the rules' own documents.
_NOT_HANDED_OUT = {
    *("body_hash", "given_key", "family_key", "search_text", "is_synthetic", "erased_at", "version"),
    *("message_id", "ladder", "phone", "code", "severity", "turn"),
}
AT_ONCE = 500
Section = tuple[str, Iterator[dict[str, Any]]]


def sections(patient: Patient) -> Iterator[Section]:
    """Each kind of row by its name; one query a kind, however many rows there are."""
    yield "patient", _rows(Patient.objects.filter(pk=patient.pk))
    yield "people", _people(patient)
    of_patient: tuple[tuple[str, type[Model]], ...] = (
        ("care_team", CareTeamMember),
        ("courses", Course),
        ("life_events", LifeEvent),
        ("phone_calls", PhoneCall),
        ("fact_corrections", FactCorrection),
        ("lab_results", LabResult),
        ("risk_facts", RiskFactSheet),
        ("risk_assessments", RiskRun),
        ("risk_lowerings", RiskLowering),
        ("care_tasks", CareTaskEntry),
        ("opened_in_emergency", EmergencyAccess),
        ("windows", WindowPlan),
        ("check_ins", Checkin),
        ("home_checks", HomeCheck),
        ("writing_samples", WritingSample),
        ("worries", Worry),
        ("nights", Night),
        ("night_duties", NightDuty),
        ("guidance_read", GuidanceReading),
        ("transfers_to_other_clinics", ClinicTransfer),
        ("alerts", Escalation),
        ("known_findings", KnownFinding),
        ("outcomes", OutcomeRecord),
        ("events_reviewed", OutcomeReview),
        ("handover_lines", HandoverItem),
    )
    for name, model in of_patient:
        yield name, _rows(model._default_manager.filter(patient=patient))
    yield from _reports(patient)
    yield "test_texts", _rows(TrialText.objects.filter(member__patient=patient))
    yield "reminders", _rows(Reminder.objects.filter(checkin__patient=patient))
    of_alerts: tuple[tuple[str, type[Model]], ...] = (
        ("calls", Contact),
        ("colleagues_asked", ColleagueRequest),
        ("answers_owed", RequiredAnswer),
        ("disagreements", Disagreement),
        ("pages_to_staff", Page),
        ("words_back", WordBack),
    )
    yield "alert_history", _alert_history(patient)
    for name, model in of_alerts:
        yield name, _rows(model._default_manager.filter(escalation__patient=patient))
    yield "texts_of_the_family", _texts(patient)


def _reports(patient: Patient) -> Iterator[Section]:
    """What was about somebody else leaves its row, for the record to be whole, and nothing that it says."""
    mistakes = ReportMistake.objects.filter(report__patient=patient)
    others = set(mistakes.filter(of_another_person=True).values_list("report_id", flat=True))
    yield (
        "reports",
        (
            {**row, "answers": {}, "level_on_phone": ""} if row["id"] in others else row
            for row in _rows(Report.objects.filter(patient=patient))
        ),
    )
    yield (
        "report_mistakes",
        ({**row, "reason": ""} if row["report_id"] in others else row for row in _rows(mistakes)),
    )
    for name, model in (("told_reports", ToldReport), ("assessments", Assessment)):
        yield name, _rows(model._default_manager.filter(report__patient=patient).exclude(report__in=others))


def _alert_history(patient: Patient) -> Iterator[dict[str, Any]]:
    for row in _rows(EscalationEvent.objects.filter(escalation__patient=patient)):
        yield {**row, "text": ""} if row["kind"] == EscalationEventKind.ENTERED_IN_ERROR else row


def pictures(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """Written sentences by the moment at which they were written; JPEG."""
    rows = WritingSample.objects.filter(patient=patient).order_by("written_at", "pk")
    for number, (at, picture) in enumerate(rows.values_list("written_at", "picture").iterator(), start=1):
        yield f"{at:%Y%m%d-%H%M}-{number}.jpg", bytes(picture)


def _rows(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    names = [
        field.attname
        for field in rows.model._meta.concrete_fields
        if not isinstance(field, BinaryField)
        and field.name not in _NOT_HANDED_OUT
        and not field.name.endswith("_hash")
    ]
    yield from rows.order_by("pk").values(*names).iterator(chunk_size=AT_ONCE)


def _people(patient: Patient) -> Iterator[dict[str, Any]]:
    """The family with their numbers; of staff the names alone, where they acted."""
    family = User.objects.filter(care_links__patient=patient).distinct().order_by("pk")
    known = set()
    for pk, name, phone in family.values_list("pk", "name", "phone"):
        known.add(pk)
        yield {"id": pk, "name": name, "phone": str(phone or ""), "is_family": True}
    acted = EscalationEvent.objects.filter(escalation__patient=patient, by__isnull=False)
    recorded = LifeEvent.objects.filter(patient=patient)
    corrected = FactCorrection.objects.filter(patient=patient)
    called = PhoneCall.objects.filter(patient=patient)
    entered = LabResult.objects.filter(patient=patient)
    sheets = RiskFactSheet.objects.filter(patient=patient)
    tasks = CareTaskEntry.objects.filter(patient=patient)
    told = ToldReport.objects.filter(report__patient=patient)
    staff = (
        User.objects.filter(pk__in=acted.values("by"))
        | User.objects.filter(pk__in=recorded.values("recorded_by"))
        | User.objects.filter(pk__in=corrected.values("by"))
        | User.objects.filter(pk__in=called.values("by"))
        | User.objects.filter(pk__in=told.values("report__author"))
        | User.objects.filter(pk__in=entered.values("entered_by"))
        | User.objects.filter(pk__in=entered.filter(struck_by__isnull=False).values("struck_by"))
        | User.objects.filter(pk__in=sheets.values("saved_by"))
        | User.objects.filter(pk__in=tasks.values("by"))
    )
    for pk, name in staff.distinct().order_by("pk").values_list("pk", "name"):
        if pk not in known:
            yield {"id": pk, "name": name, "is_family": False}


def _texts(patient: Patient) -> Iterator[dict[str, Any]]:
    names, spans = family_texts.numbers(patient)
    for one in messages.written(spans=spans, kinds=tuple(Kind), since=patient.created_at, size=None):
        yield {"at": one.at, "who": names.get(one.phone, ""), "text": one.body}
