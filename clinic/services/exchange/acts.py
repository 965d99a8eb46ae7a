"""One row becomes an act, by the services that a person's hand would use; or it is refused in words.

Nothing is guessed: what could be two things waits for a person. What is older than the record is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic.access import NotAllowed, NotVisible
from clinic.models import Clinic, FactCorrection, ImportRow, MergedNumber, Patient, User
from clinic.models.patient import PatientStatus, Tier
from clinic.queries.core import courses
from clinic.queries.exchange import people
from clinic.queries.outcomes import forms_due
from clinic.rules.exchange.rows import CORRECTED, RowKind
from clinic.rules.exchange.verdicts import Reason, Verdict
from clinic.rules.outcomes.forms import Part, with_days
from clinic.rules.patients.facts import WrongFacts
from clinic.rules.patients.life_events import Kind, Refusal
from clinic.rules.patients.names import Name, are_alike, key_of, normal_number
from clinic.services.escalations import life_events
from clinic.services.exchange import lab_values
from clinic.services.outcomes import recording
from clinic.services.patients import diseases, enrolment, fact_corrections, identity, windows
from clinic.services.patients.enrolment import LONGEST_TRAVEL_MINUTES, Enrolment
from clinic.services.protocols.versions import NoProtocol

# The reason of what a machine sent, where a person would write one.
BY_IMPORT = "Import"
_CLOCKS_AHEAD = timedelta(minutes=5)
_ENROLS = frozenset(Enrolment.__dataclass_fields__)
# What a form about somebody on record leaves alone: another day 0 may be a slip, or a second infusion.
_OF_INFUSION = ("infusion_date", "product")
_SETTLED = {Refusal.TWICE, Refusal.IN_HOSPITAL_ALREADY, Refusal.NOT_IN_HOSPITAL}


@dataclass(frozen=True)
class Done:
    """What became of a row; `made` names what was put on record."""

    verdict: Verdict
    reasons: tuple[tuple[str, str], ...] = ()
    patient: Patient | None = None
    made: str = ""


@dataclass
class Performer:
    """Who takes rows for which clinic. `refused` are people of this import whose own row was refused."""

    clinic: Clinic
    by: User
    now: datetime
    refused: set[str] = field(default_factory=set)


def perform(row: ImportRow, performer: Performer) -> Done:
    """In a transaction of the caller's, who goes back to before it where nothing is to be made."""
    if row.troubles:
        done = Done(Verdict.REFUSED, tuple((str(fact), str(code)) for fact, code in row.troubles))
    elif row.person in performer.refused:
        done = _refused(Reason.PERSON_REFUSED)
    else:
        done = _taken(row, performer)
    if row.kind == RowKind.PATIENT and done.verdict in {Verdict.REFUSED, Verdict.WAITS}:
        performer.refused.add(row.person)
    return done


def _taken(row: ImportRow, performer: Performer) -> Done:
    patient = people.of_row(row)
    if patient is None and row.kind != RowKind.PATIENT:
        return Done(Verdict.WAITS, (("hospital_number", Reason.UNKNOWN_PATIENT),))
    try:
        return _ACTS[RowKind(row.kind)](row, patient, performer)
    except WrongFacts as wrong:
        return Done(Verdict.REFUSED, tuple(wrong.problems.items()), patient)
    except enrolment.TooYoung:
        return _refused(Reason.TOO_YOUNG, "birth_date", patient)
    except windows.TooShort:
        return _refused(Reason.DAYS_TOO_SHORT, "near_centre_days", patient)
    except identity.NumberTaken:
        return _refused(Reason.NUMBER_TAKEN, "hospital_number", patient)
    except identity.MayBeSame as same:
        found = Patient.objects.filter(pk=same.people[0].id).first()
        return _refused(Reason.MAY_BE_SAME, "", found)
    except NoProtocol:
        return _refused(Reason.NO_PROTOCOL)
    except life_events.Refused as refused:
        return _not_recorded(refused.reason, patient)
    except (NotAllowed, NotVisible):
        return _refused(Reason.NOT_ALLOWED, "", patient)


def _patient(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    if patient is not None:
        return _update(row, patient, performer)
    if not row.said.get("infusion_date"):
        # An update about somebody who is not looked after here, or nobody knows the day that all hangs on.
        if row.of_import.source == "adt":
            return Done(Verdict.WAITS, (("hospital_number", Reason.UNKNOWN_PATIENT),))
        return Done(Verdict.REFUSED, (("infusion_date", "needed"),))
    if row.said.get("is_deceased"):
        return _refused(Reason.DECEASED)
    return _enrol(row, performer)


def _enrol(row: ImportRow, performer: Performer) -> Done:
    facts = {name: value for name, value in row.said.items() if name in _ENROLS}
    problems = _wrong_codes(facts)
    if problems:
        return Done(Verdict.REFUSED, problems)
    # What a correction would refuse of a fact is refused of a new one too: a form does it, and here is none.
    today = performer.now.astimezone(ZoneInfo(facts.get("time_zone") or performer.clinic.time_zone)).date()
    facts |= fact_corrections.as_kept(_typed(facts), today)
    others = frozenset(people.same_as(row)) if row.is_another else frozenset()
    patient = enrolment.enrol(
        clinic=performer.clinic,
        by=performer.by,
        enrolment=Enrolment(**{"product": "", **facts}),
        now=performer.now,
        known_others=others,
    )
    return Done(Verdict.MADE, patient=patient)


def _update(row: ImportRow, patient: Patient, performer: Performer) -> Done:
    said = row.said
    if not _is_same_person(said, patient):
        return Done(Verdict.WAITS, (("", Reason.ANOTHER_PERSON),), patient)
    if said.get("is_deceased") and patient.status != PatientStatus.DIED:
        return Done(Verdict.WAITS, (("", Reason.DECEASED),), patient)
    if _has_other_infusion(said, patient):
        return Done(Verdict.WAITS, (("infusion_date", Reason.OTHER_INFUSION),), patient)
    facts = _typed({name: said[name] for name in CORRECTED if said.get(name)})
    if "hospital_number" in facts and people.is_merged_into(patient, str(facts["hospital_number"])):
        del facts["hospital_number"]
    changed = {name for name, value in facts.items() if _differs(patient, name, value)}
    if changed & _newer_on_file(patient, row.at):
        return _refused(Reason.NEWER_ON_FILE, sorted(changed)[0], patient)
    if not changed:
        return Done(Verdict.SAME, patient=patient)
    correction = _correct(patient, {name: facts[name] for name in sorted(changed)}, performer)
    if correction is None:
        return Done(Verdict.SAME, patient=patient)
    told = tuple((name, "") for name in sorted(correction.changes))
    return Done(Verdict.CHANGED, told, patient, correction.pk.hex)


def _stay(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    assert patient is not None and row.at is not None  # noqa: S101 - asked by whoever calls
    if not _is_same_person(row.said, patient):
        return Done(Verdict.WAITS, (("", Reason.ANOTHER_PERSON),), patient)
    if people.has_newer_stay(row, patient):
        return _same(Reason.NEWER_MESSAGE, patient)
    kind = Kind.ADMITTED if row.kind == RowKind.ADMITTED else Kind.DISCHARGED
    at: datetime = performer.now if _is_by_fast_clock(row.at, performer.now) else row.at
    reasons: tuple[tuple[str, str], ...] = ()
    if (
        kind is Kind.ADMITTED
        and at < patient.created_at <= performer.now
        and patient.status != PatientStatus.ADMITTED
    ):
        if people.is_enrolled_by(row, patient):
            # In hospital since before there was a record here: on record from its beginning.
            at, reasons = patient.created_at, (("at", Reason.SINCE_EARLIER.value),)
        elif row.of_import.source != "adt":
            return _same(Reason.STAY_OVER, patient)
    event = life_events.record(
        patient_id=patient.pk, kind=kind, by=performer.by, at=at, reason=BY_IMPORT, now=performer.now
    )
    return Done(Verdict.MADE, reasons, patient, event.pk.hex)


def _is_by_fast_clock(at: datetime, now: datetime) -> bool:
    """What is told as it happens is not still to come: the sender's clock is a little ahead of ours."""
    return now < at <= now + _CLOCKS_AHEAD


def _merge(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    """A40: the old number goes on as a name of the one that is kept. Two records are no machine's to join."""
    said = row.said
    kept, old = (
        identity.number_as_kept(said["hospital_number"]),
        identity.number_as_kept(said["other_number"]),
    )
    if kept == old:
        return Done(Verdict.SAME, patient=patient)
    holder, other = people.with_number(performer.clinic, kept), people.with_number(performer.clinic, old)
    if holder is not None and other is not None:
        if holder == other:
            return Done(Verdict.SAME, patient=holder)
        return Done(Verdict.WAITS, (("other_number", Reason.TWO_RECORDS),), holder)
    whose = holder or other
    assert whose is not None  # noqa: S101 - people.of_row has found one of them
    made = ""
    if holder is None:
        correction = _correct(whose, {"hospital_number": kept}, performer)
        made = correction.pk.hex if correction else ""
    MergedNumber.objects.create(
        clinic=performer.clinic, patient=whose, hospital_number=old, merged_at=performer.now
    )
    return Done(Verdict.CHANGED, (("hospital_number", ""),), whose, made)


def _outcome(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    assert patient is not None  # noqa: S101 - asked by whoever calls
    said, part = row.said, Part(row.said["form"])
    course = next((one for one in courses.of_patient(patient) if one.number == said["course"]), None)
    if course is None:
        return _refused(Reason.NOT_ASKED, "course", patient)
    stands, _known = forms_due.answers_of(patient, course, part, said["day"])
    if stands is not None and row.at is not None and stands.recorded_at > row.at:
        return _refused(Reason.NEWER_ON_FILE, "", patient)
    try:
        record = recording.record(
            patient_id=patient.pk,
            course=said["course"],
            part=part,
            day=said["day"],
            given=with_days(said["answers"], part, said["day"]),
            replaces=stands.pk if stands else None,
            by=performer.by,
            now=performer.now,
        )
    except recording.NotAsked:
        return _refused(Reason.NOT_ASKED, "day", patient)
    except recording.WrongAnswers as wrong:
        return Done(Verdict.REFUSED, tuple(wrong.problems.items()), patient)
    except recording.ChangedMeanwhile:
        return _refused(Reason.CHANGED_MEANWHILE, "", patient)
    if stands is not None and record.pk == stands.pk:
        return Done(Verdict.SAME, patient=patient)
    verdict = Verdict.CHANGED if stands else Verdict.MADE
    return Done(verdict, (), patient, record.pk.hex)


def _lab(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    assert patient is not None  # noqa: S101 - asked by whoever calls
    if not _is_same_person(row.said, patient):
        return Done(Verdict.WAITS, (("", Reason.ANOTHER_PERSON),), patient)
    taken = lab_values.take(
        row=row, patient=patient, by=performer.by, now=performer.now, taken_back=BY_IMPORT
    )
    return Done(taken.verdict, taken.reasons, patient, taken.made)


def _notice(row: ImportRow, patient: Patient | None, performer: Performer) -> Done:
    """What only a person may put on record: a death, a way to another house, an admission that never was."""
    if row.said["notice"] == "died":
        if patient is not None and patient.status == PatientStatus.DIED:
            return Done(Verdict.SAME, patient=patient)
        return Done(Verdict.WAITS, (("", Reason.DECEASED),), patient)
    return Done(Verdict.WAITS, (("", Reason(row.said["notice"])),), patient)


_ACTS: dict[RowKind, Callable[[ImportRow, Patient | None, Performer], Done]] = {
    RowKind.PATIENT: _patient,
    RowKind.ADMITTED: _stay,
    RowKind.DISCHARGED: _stay,
    RowKind.MERGED: _merge,
    RowKind.OUTCOME: _outcome,
    RowKind.LAB: _lab,
    RowKind.NOTICE: _notice,
}


def _not_recorded(reason: Refusal, patient: Patient | None) -> Done:
    """A message that says what is known already leaves all alone; one that cannot be right is refused."""
    verdict = Verdict.SAME if reason in _SETTLED else Verdict.REFUSED
    return Done(verdict, (("at", reason.value),), patient)


def _is_same_person(said: Mapping[str, Any], patient: Patient) -> bool:
    """Not where both name and day of birth are others: the number was mistyped, or given again."""
    if not said.get("family_name"):
        return True
    name = Name.of(str(said.get("given_name", "")), str(said["family_name"]))
    is_alike = are_alike(name, Name.of(patient.given_name, patient.family_name))
    born = patient.birth_date.isoformat() if patient.birth_date else None
    return is_alike or (born is not None and said.get("birth_date") == born)


def _has_other_infusion(said: Mapping[str, Any], patient: Patient) -> bool:
    day, product = said.get("infusion_date"), said.get("product")
    if day and day != patient.infusion_date.isoformat():
        return True
    return bool(product) and people.product_code(str(product)) != people.product_code(patient.product)


def _newer_on_file(patient: Patient, sent_at: datetime | None) -> set[str]:
    """Facts that were put right after the sender last changed its own; none where it does not say when."""
    if sent_at is None:
        return set()
    rows = FactCorrection.objects.filter(patient=patient, at__gt=sent_at)
    return {name for changes in rows.values_list("changes", flat=True) for name in changes}


def _correct(patient: Patient, facts: Mapping[str, Any], performer: Performer) -> FactCorrection | None:
    """The correction as it stands on record; None where nothing was another."""
    before = set(FactCorrection.objects.filter(patient=patient).values_list("pk", flat=True))
    fact_corrections.correct(
        patient_id=patient.pk,
        by=performer.by,
        facts=facts,
        reason=BY_IMPORT,
        now=performer.now,
        known_others=None,
    )
    return FactCorrection.objects.filter(patient=patient).exclude(pk__in=before).first()


def _differs(patient: Patient, name: str, value: Any) -> bool:
    if name == "hospital_number":
        return normal_number(str(value)) != patient.hospital_number
    if name == "disease":
        return diseases.as_kept(str(value)) != patient.disease
    if name in ("given_name", "family_name"):
        # A system in capitals does not spell a name anew.
        return key_of(str(value)) != key_of(str(getattr(patient, name)))
    return bool(getattr(patient, name) != value)


def _typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """With days as days."""
    days = {"birth_date", "infusion_date"}
    return {
        name: date.fromisoformat(value) if name in days and isinstance(value, str) else value
        for name, value in facts.items()
    }


def _wrong_codes(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if facts.get("tier") and facts["tier"] not in Tier.values:
        found.append(("tier", "not_taken"))
    if facts.get("minutes_to_centre", 0) > LONGEST_TRAVEL_MINUTES:
        found.append(("minutes_to_centre", "too_long"))
    return tuple(found)


def _refused(reason: Reason, fact: str = "", patient: Patient | None = None) -> Done:
    return Done(Verdict.REFUSED, ((fact, reason.value),), patient)


def _same(reason: Reason, patient: Patient) -> Done:
    return Done(Verdict.SAME, (("at", reason.value),), patient)
