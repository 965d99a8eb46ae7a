"""One patient's rows as FHIR R4 resources; what each is made of: clinic/rules/fhir.

A function a kind, so that a page of one kind costs no other. Practice alarms are about nobody and left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from functools import cached_property
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import translation

from clinic.models import (
    CareTeamMember,
    Contact,
    Escalation,
    EscalationEvent,
    HomeCheck,
    LabResult,
    LifeEvent,
    OutcomeRecord,
    Patient,
    PhoneCall,
    Report,
    User,
    Worry,
)
from clinic.models.life_event import LifeEventKind
from clinic.queries.core import courses, diseases, products
from clinic.queries.outcomes import forms_due
from clinic.queries.protocols.versions import rules_of
from clinic.queries.reports import authors
from clinic.queries.risk.document import rules as risk_rules
from clinic.rules.core.courses import Course
from clinic.rules.core.enums import Level
from clinic.rules.core.wall_clock import moment_meant
from clinic.rules.fhir import care, elements, labs, outcomes, people
from clinic.rules.fhir import reports as rules
from clinic.rules.fhir.elements import Resource
from clinic.rules.fhir.outcomes import OutcomeFacts
from clinic.rules.fhir.people import Person
from clinic.rules.fhir.reports import ReportFacts
from clinic.rules.outcomes.forms import Part

_ENDS = (LifeEventKind.DISCHARGED, LifeEventKind.DIED, LifeEventKind.ENDED, LifeEventKind.TRANSFERRED)


class FhirRecord:
    """The resources of one patient as of a moment. Codes come with English words."""

    def __init__(self, patient: Patient, now: datetime) -> None:
        self.patient, self.now = patient, now
        self._staff: dict[UUID, str] = {}

    def bundle(self, *, base: str) -> Resource:
        """All of it, as one collection; `base` is the address of the FHIR API."""
        with translation.override("en"):
            found = [
                self.patient_resource(),
                self.organization(),
                *self.related_persons(),
                *self.conditions(),
                *self.infusions(),
                *self.hospital_stays(),
                *self.reports(),
                *self.home_checks(),
                *self.lab_results(),
                *self.alerts(),
                *self.communications(),
                *self.outcome_forms(),
            ]
            # Last, because only now it is known who is named.
            found += self.practitioners()
        return elements.collection(found, base=base, at=self.now)

    def patient_resource(self) -> Resource:
        died = next(
            (one for one in self._life_events if one.kind == LifeEventKind.DIED and _stands(one)), None
        )
        return _patient(self.patient, died.at if died else None)

    def organization(self) -> Resource:
        clinic = self.patient.clinic
        phones = [str(clinic.clinic_phone), str(clinic.line_phone)]
        return people.organization(key=clinic.pk, name=clinic.name, phones=list(dict.fromkeys(phones)))

    def related_persons(self) -> list[Resource]:
        return [
            people.related_person(
                key=link.pk,
                patient_key=self.patient.pk,
                name=link.user.name,
                phone=str(link.user.phone or ""),
                relation=link.relation,
                language=link.user.language,
                since=link.started_at,
                until=link.ended_at,
            )
            for link in self._links
        ]

    def practitioners(self) -> list[Resource]:
        """Whoever the resources that were made so far name."""
        return [people.practitioner(key=key, name=name) for key, name in self._staff.items()]

    def conditions(self) -> list[Resource]:
        return [found for one in self._courses if (found := care.condition(one)) is not None]

    def infusions(self) -> list[Resource]:
        today = self.now.astimezone(ZoneInfo(self.patient.time_zone)).date()
        return [care.infusion(one, today=today) for one in self._courses]

    def hospital_stays(self) -> list[Resource]:
        """Each admission until the discharge that followed, or whatever else ended it."""
        events = sorted(self._life_events, key=lambda one: (one.at, one.recorded_at))
        return [
            care.hospital_stay(
                key=event.pk,
                patient_key=self.patient.pk,
                admitted_at=event.at,
                discharged_at=end.at if end and end.kind == LifeEventKind.DISCHARGED else None,
                is_over=end is not None,
                reason=event.reason,
                was_mistake=not _stands(event),
            )
            for place, event in enumerate(events)
            if event.kind == LifeEventKind.ADMITTED
            for end in [
                next((one for one in events[place + 1 :] if _stands(one) and one.kind in _ENDS), None)
            ]
        ]

    def outcome_forms(self) -> list[Resource]:
        """What became of somebody, each form as it stands."""
        rows = forms_due.standing(OutcomeRecord.objects.filter(patient=self.patient))
        return [
            outcomes.outcome(
                OutcomeFacts(
                    key=row.pk,
                    patient_key=self.patient.pk,
                    course=row.course_number,
                    part=Part(row.part),
                    day=row.day,
                    answers=row.answers,
                    recorded_at=row.recorded_at,
                )
            )
            for row in rows.order_by("course_number", "part", "day")
        ]

    def reports(self) -> Iterator[Resource]:
        """Each report with what was measured in it, and which took another's place."""
        for report in self.report_rows():
            yield from self.answers_of(report)
            yield from self.readings_of(report)
            yield from self.corrections_of(report)

    def report_rows(self) -> QuerySet[Report]:
        """The reports that the three functions below take, in the order of what was observed."""
        rows = Report.objects.filter(patient=self.patient, is_drill=False).select_related(
            *("author", "told__member", "protocol_version__protocol", "mistake", "correction"),
            *("corrects__mistake",),
        )
        return rows.defer("protocol_version__document").order_by("observed_at", "received_at", "pk")

    def answers_of(self, report: Report) -> list[Resource]:
        return [rules.questionnaire_response(self._report_facts(report))]

    def readings_of(self, report: Report) -> list[Resource]:
        return rules.observations(self._report_facts(report))

    def corrections_of(self, report: Report) -> list[Resource]:
        """That it took another one's place, if it did."""
        if report.corrects is None:
            return []
        mistake = getattr(report.corrects, "mistake", None)
        return [
            rules.correction(
                key=report.pk,
                replaces_key=report.corrects_id,
                at=report.received_at,
                author=self._person(report.author),
                reason=mistake.reason if mistake else "",
            )
        ]

    def home_checks(self) -> list[Resource]:
        return [one for row in self.home_check_rows() for one in self.score_of(row)]

    def home_check_rows(self) -> QuerySet[HomeCheck]:
        """Those with a score, in the order in which they were done."""
        rows = HomeCheck.objects.filter(patient=self.patient, score__isnull=False).select_related("author")
        return rows.order_by("done_at", "pk")

    def score_of(self, row: HomeCheck) -> list[Resource]:
        return [
            rules.home_check(
                key=row.pk,
                patient_key=self.patient.pk,
                author=self._person(row.author),
                done_at=row.done_at,
                score=row.score or 0,
                is_baseline=row.is_baseline,
            )
        ]

    def lab_results(self) -> list[Resource]:
        return [one for row in self.lab_rows() for one in self.value_of(row)]

    def lab_rows(self) -> QuerySet[LabResult]:
        """In the order of the samples; what was struck out stays, as entered in error."""
        rows = LabResult.objects.filter(patient=self.patient).select_related("entered_by")
        return rows.order_by("taken_on", "taken_at", "pk")

    def value_of(self, row: LabResult) -> list[Resource]:
        at: datetime | date = row.taken_on
        if row.taken_at:
            clock = datetime.combine(row.taken_on, time.fromisoformat(row.taken_at))
            at = moment_meant(clock, ZoneInfo(self.patient.time_zone), row.entered_at)
        return [
            labs.lab_result(
                labs.LabFacts(
                    key=row.pk,
                    patient_key=self.patient.pk,
                    lab=row.lab,
                    value=row.value,
                    unit=risk_rules().document.labs[row.lab].unit,
                    typed=f"{row.typed_value} {row.typed_unit}",
                    taken_at=at,
                    entered_at=row.entered_at,
                    author=self._person(row.entered_by),
                    was_wrong=row.struck_at is not None,
                )
            )
        ]

    def alerts(self) -> list[Resource]:
        rows = Escalation.objects.filter(patient=self.patient, is_drill=False)
        rows = rows.select_related("acknowledged_by", "resolved_by").defer("ladder")
        events = EscalationEvent.objects.filter(escalation__in=rows, report__isnull=False)
        pairs = events.order_by("escalation", "at", "pk").values_list("escalation_id", "report_id")
        about = {key: tuple(pk for _, pk in group) for key, group in groupby(pairs, key=lambda one: one[0])}
        return [self._alert(row, about) for row in rows.order_by("opened_at", "pk")]

    def communications(self) -> Iterator[Resource]:
        """Who asked to be called, and every call that staff wrote down."""
        of_patient = {"patient": self.patient}
        for worry in Worry.objects.filter(**of_patient).select_related("author").order_by("told_at", "pk"):
            yield care.communication(
                care.CallFacts(
                    key=worry.pk,
                    patient_key=self.patient.pk,
                    what="Is worried and asks to be called",
                    at=worry.told_at,
                    sender=self._person(worry.author),
                    recipient=None,
                    words=worry.words,
                    by_telephone=False,
                    alert_key=worry.escalation_id,
                )
            )
        calls = PhoneCall.objects.filter(**of_patient).select_related("by", "contact")
        for call in calls.order_by("at", "pk"):
            yield self._call(
                call.pk,
                call,
                call.words,
                call.direction == "in",
                call.contact.escalation_id if call.contact else None,
            )
        contacts = Contact.objects.filter(escalation__patient=self.patient, escalation__is_drill=False)
        for contact in contacts.filter(phone_call=None).select_related("by").order_by("at", "pk"):
            yield self._call(f"call-{contact.pk}", contact, contact.note, False, contact.escalation_id)

    @cached_property
    def _links(self) -> list[CareTeamMember]:
        links = CareTeamMember.objects.filter(patient=self.patient).select_related("user")
        return list(links.order_by("started_at", "pk"))

    @cached_property
    def _life_events(self) -> list[LifeEvent]:
        return list(LifeEvent.objects.filter(patient=self.patient).order_by("at", "recorded_at", "pk"))

    @cached_property
    def _courses(self) -> list[care.CourseFacts]:
        relapses = [
            one.at for one in self._life_events if one.kind == LifeEventKind.RELAPSED and _stands(one)
        ]
        relapsed = {courses.at(self.patient, moment).number for moment in relapses}
        return [self._course(one, relapsed) for one in courses.of_patient(self.patient)]

    def _course(self, course: Course, relapsed: Iterable[int]) -> care.CourseFacts:
        known = products.find(course.product)
        return care.CourseFacts(
            patient_key=self.patient.pk,
            number=course.number,
            infusion_date=course.infusion_date,
            product=f"{known.generic} ({known.brand})" if known else course.product,
            disease=diseases.in_words(course.disease),
            relapsed=course.number in relapsed,
        )

    def _report_facts(self, report: Report) -> ReportFacts:
        told, author = authors.told_of(report), self._person(report.author)
        source = author
        if told is not None:
            name = f"{told.who} ({told.relation})" if told.relation else told.who
            source = self._member(told.member, name)
        return ReportFacts(
            key=report.pk,
            patient_key=self.patient.pk,
            protocol=rules_of(report.protocol_version),
            version=report.protocol_version.number,
            answers=report.answers,
            observed_at=report.observed_at,
            author=author,
            source=source,
            counts=not hasattr(report, "mistake") and not hasattr(report, "correction"),
            is_correction=report.corrects_id is not None,
            is_about_another=report.is_about_another,
        )

    def _alert(self, row: Escalation, about: Mapping[UUID, tuple[UUID | None, ...]]) -> Resource:
        owner = row.resolved_by or row.acknowledged_by
        return care.alert(
            care.AlertFacts(
                key=row.pk,
                patient_key=self.patient.pk,
                level=Level(row.level),
                state=row.state,
                opened_at=row.opened_at,
                resolved_at=row.resolved_at,
                owner=self._person(owner) if owner else None,
                outcome=str(row.get_outcome_display()) if row.outcome else "",
                note=row.resolution_note,
                about=about.get(row.pk, ()),
            )
        )

    def _call(
        self, key: object, row: PhoneCall | Contact, words: str, from_family: bool, alert_key: UUID | None
    ) -> Resource:
        family, staff = self._member(row.member, row.who), self._person(row.by)
        return care.communication(
            care.CallFacts(
                key=key,
                patient_key=self.patient.pk,
                what="Call",
                at=row.at,
                sender=family if from_family else staff,
                recipient=staff if from_family else family,
                words=words,
                by_telephone=True,
                reached=row.reached,
                alert_key=alert_key,
            )
        )

    def _member(self, member: CareTeamMember | None, name: str) -> Person:
        """A caregiver of this record; of anybody else the name."""
        known = member is not None and any(link.pk == member.pk for link in self._links)
        return Person("RelatedPerson", member.pk if known and member else None, name)

    def _person(self, user: User) -> Person:
        """As a caregiver of this patient, where they are one; else as staff."""
        link = next((one for one in reversed(self._links) if one.user_id == user.pk), None)
        if link is not None:
            return Person("RelatedPerson", link.pk, user.name)
        self._staff[user.pk] = user.name
        return Person("Practitioner", user.pk, user.name)


def patients(rows: Iterable[Patient]) -> list[Resource]:
    """Several people at once, with one query for all of them."""
    found = list(rows)
    deaths = LifeEvent.objects.filter(patient__in=found, kind=LifeEventKind.DIED, taken_back_at=None)
    died_at = dict(deaths.values_list("patient_id", "at"))
    return [_patient(one, died_at.get(one.pk)) for one in found]


def _patient(patient: Patient, died_at: datetime | None) -> Resource:
    return people.patient(
        people.PatientFacts(
            key=patient.pk,
            clinic_key=patient.clinic_id,
            given_name=patient.given_name,
            family_name=patient.family_name,
            birth_date=patient.birth_date,
            hospital_number=patient.hospital_number,
            language=patient.language,
            died_at=died_at,
        )
    )


def _stands(event: LifeEvent) -> bool:
    return event.taken_back_at is None
