"""Those who were followed before: courses of up to two years, of which the figures are made.

Their families reported as the others' did; here stand a few quiet days of each, and the reports that a
serious event followed, or should have. What became of them is on their forms; some of those nobody filled in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from clinic.models import Escalation, LifeEvent, Patient
from clinic.models.escalation import EscalationState, Outcome
from clinic.models.outcome import ReviewVerdict
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.rules.outcomes.forms import Part
from clinic.rules.patients.life_events import Kind
from clinic.services.core import alarms
from clinic.services.demo import replay
from clinic.services.demo.people import DemoCaregiver, DemoPatient
from clinic.services.demo.replay import StoryEvent
from clinic.services.demo.story import well_except
from clinic.services.escalations import contacts, life_events, lifecycle
from clinic.services.outcomes import recording, reviews
from clinic.services.risk import fact_sheets, labs
from clinic.services.risk.labs import TypedLab

# What a family reported, by the word that stands for it below.
_SIGNS: Mapping[str, Mapping[str, Any]] = {
    "fever": {"temp_value": 101.1, "chills": 1},
    "hands": {"temp_value": 98.4, "handwriting": 1, "speech": 1},
    "breath": {"temp_value": 98.8, "breathing": 2, "cough": 2},
    "gut": {"temp_value": 98.6, "diarrhea": 2, "vomiting": 2, "dizzy_fall": 1},
    "cough": {"temp_value": 98.9, "cough": 1, "intake": 1},
}
_COMORBIDITIES: Mapping[int, tuple[str, ...]] = {0: (), 1: ("diabetes",), 3: ("valve",)}
_WELL_LABS = {"platelets": "198", "anc": "2.9", "hb": "11.4", "crp": "0.7", "ferritin": "280"}
_UNITS = {"platelets": "K/uL", "anc": "K/uL", "hb": "g/dL", "crp": "mg/dL", "ferritin": "ng/mL"}
# Quiet days on which a family reported, and how long before something was felt, or the way to hospital.
_WELL_DAYS = (2, 7, 14, 28, 60, 95)
_WELL_BEFORE = (timedelta(hours=20), timedelta(hours=44), timedelta(hours=68))
# How many days at home are followed, where nothing ends it sooner.
_FOLLOWED = 110
_STAY = timedelta(days=4)
_TIME_POINTS = ((30, 31), (100, 101), (180, 184), (365, 371))


@dataclass(frozen=True)
class Stay:
    """A stay that nobody had planned, so many days after the infusion; `sign` was reported before it.

    Without a sign nothing had been reported; "cough" alone pages nobody. `verdict` is how it was read again.
    """

    day: int
    sign: str = ""
    hours: int = 18
    verdict: str = ReviewVerdict.SEEN


@dataclass(frozen=True)
class Former:
    """`sex` and `hct_ci` are None where nobody recorded them; `forms`: the last time point on record."""

    card: DemoPatient
    sex: str | None
    hct_ci: int | None
    stays: tuple[Stay, ...]
    relapsed: int | None
    died: tuple[int, str] | None
    forms: int


def _former(
    name: str,
    day: int,
    product: str,
    born: int,
    about: str = "",
    *stays: Stay,
    relapsed: int | None = None,
    died: tuple[int, str] | None = None,
    forms: int = 0,
    clinic: str = "harbor",
) -> Former:
    """`about`: sex, language, minutes and HCT-CI where they are known, as "f es 80 3"."""
    words = about.split()
    numbers = [int(word) for word in words if word.isdigit()]
    given, family = name.split(" ", 1)
    target, disease = ("BCMA", "MM") if product in {"cilta-cel", "ide-cel"} else ("CD19", "LBCL")
    return Former(
        card=DemoPatient(
            key=f"former {name}",
            clinic=clinic,
            given_name=given,
            family_name=family,
            day=day,
            product=product,
            target=target,
            disease="MCL" if product == "brexu-cel" else disease,
            tier="high" if "high" in words else "standard",
            language="es" if "es" in words else "en",
            born=date(born, 6, 1),
            minutes_to_centre=numbers[0] if numbers else None,
        ),
        sex={"f": "female", "m": "male"}.get(words[0]) if words else None,
        hct_ci=numbers[1] if len(numbers) > 1 else None,
        stays=stays,
        relapsed=relapsed,
        died=died,
        forms=forms,
    )


_HEART = "cardiovascular_respiratory"
_MISSED = ReviewVerdict.NOT_REPORTED
FORMER = (
    _former("Arthur Nolan", 690, "axi-cel", 1957, "m en 40 1 high", Stay(4, "fever", 20), forms=365),
    _former("Beatrice Cole", 655, "axi-cel", 1968, "f en 25 0", Stay(6, "hands", 11), forms=365),
    _former("Cesar Molina", 640, "axi-cel", 1962, "m es 85 1", Stay(5, verdict=_MISSED), forms=365),
    _former("Delia Fuentes", 610, "cilta-cel", 1955, "f es 95 1 high", Stay(9, verdict=_MISSED), forms=365),
    _former("Edward Pace", 600, "liso-cel", 1949, "m en 30 3 high", Stay(12, "fever", 30), forms=365),
    _former("Gerald Stone", 570, "axi-cel", 1960, "m en 55 0", Stay(3, "fever", 14), forms=365),
    _former("Hilda Braun", 560, "tisa-cel", 1953, "f en 45 1 high", Stay(40, "breath", 26), forms=365),
    _former("Ignacio Vega", 545, "axi-cel", 1958, "m es 110 1", Stay(7, "cough", 20), forms=365),
    _former("Joyce Hale", 530, "cilta-cel", 1965, "f en 35 0", Stay(10, "fever", 9), forms=365),
    _former("Claudio Mora", 515, "axi-cel", 1951, "m es 70 3 high", Stay(4, "fever", 41), forms=365),
    _former("Marco Reyes", 490, "brexu-cel", 1963, "m es 90 1 high", Stay(8, verdict=_MISSED), forms=365),
    _former("Natalia Prado", 470, "axi-cel", 1959, "f es 65 1 high", Stay(5, "hands", 8), forms=365),
    _former("Oscar Lindgren", 455, "cilta-cel", 1952, "m en 50 0 high", Stay(22, "gut", 19), forms=365),
    _former("Paula Dietz", 440, "axi-cel", 1966, "f en 28 0", forms=180),
    _former("Juana Marin", 425, "tisa-cel", 1970, "f es 75 0", Stay(6, "fever", 16), forms=100),
    _former("Rosa Iglesias", 330, "axi-cel", 1961, "f es 80 1", Stay(4, "cough", 30), forms=180),
    _former("Stanley Burke", 300, "liso-cel", 1948, "m en 33 3 high", Stay(15, "fever", 22), forms=180),
    _former("Teresa Vidal", 280, "cilta-cel", 1964, "f es 100 0", Stay(11, verdict=_MISSED), forms=180),
    _former("Ulrich Baum", 260, "axi-cel", 1956, "m en 42 1 high", Stay(3, "fever", 12), forms=180),
    _former("Vera Holt", 240, "ide-cel", 1967, "f en 18 1", Stay(2, "fever", 13), forms=180),
    _former("Wallace Greer", 150, "axi-cel", 1969, "m en 60 0", Stay(5, "hands", 17), forms=100),
    _former("Yolanda Cruz", 140, "liso-cel", 1954, "f es 120 1", Stay(19, verdict=_MISSED), forms=100),
    # The disease came back.
    _former("Albert Finch", 620, "axi-cel", 1958, "m en 30 1", relapsed=88, died=(260, "disease"), forms=180),
    _former("Brenda Yates", 590, "axi-cel", 1963, "f en 44 0", relapsed=61, died=(150, "disease"), forms=100),
    _former("Carlos Rueda", 575, "axi-cel", 1955, "m es 75 1", relapsed=95, died=(210, "disease"), forms=180),
    _former("Doris Vance", 540, "liso-cel", 1947, "f en 25 3 high", relapsed=120, died=(300, "disease")),
    _former(
        *("Emil Novotny", 520, "axi-cel", 1961, "m en 52 0", Stay(4, "fever", 28)),
        relapsed=54,
        died=(140, "disease"),
        forms=100,
    ),
    _former("Fay Dunmore", 480, "tisa-cel", 1950, "f en 90 1", relapsed=70, died=(190, "disease"), forms=180),
    _former("Gordon Ames", 460, "axi-cel", 1966, "m en 38 0", relapsed=105, died=(290, "disease"), forms=180),
    _former("Harriet Lowe", 430, "brexu-cel", 1957, "f en 22 1", relapsed=170, died=(330, "disease")),
    _former("Ivan Petrov", 400, "axi-cel", 1972, "m en 48 0", relapsed=45, died=(112, "disease"), forms=100),
    _former(
        "Julia Serrano", 380, "axi-cel", 1960, "f es 95 1", relapsed=82, died=(230, "disease"), forms=180
    ),
    _former("Karl Weber", 350, "liso-cel", 1953, "m en 33 1", relapsed=130, died=(240, "disease"), forms=180),
    # It had not: infection, and the heart.
    _former(
        "Norma Blythe", 505, "axi-cel", 1946, "f en 36 3 high", Stay(33, "fever", 21), died=(37, "infection")
    ),
    _former(
        *("Octavio Rios", 410, "axi-cel", 1951, "m es 82 3 high", Stay(52, "breath", 35)),
        died=(56, "infection"),
    ),
    _former("Ralph Jensen", 310, "tisa-cel", 1950, "m en 47 1", Stay(93, "breath", 16), died=(96, _HEART)),
    # The smaller clinic, of whose people little was recorded.
    _former("Wayne Tsosie", 390, "axi-cel", 1957, "", Stay(5, "fever", 18), forms=30, clinic="mesa"),
    _former("Irma Salazar", 270, "cilta-cel", 1960, "", forms=30, clinic="mesa"),
    _former("Leroy Nez", 200, "axi-cel", 1965, "", Stay(14, verdict=_MISSED), clinic="mesa"),
)
_PHONES = {"harbor": "+178155501{:02}", "mesa": "+150555501{:02}"}


def caregivers() -> tuple[DemoCaregiver, ...]:
    """One for each: somebody was at home with them."""
    numbers = {clinic: count() for clinic in _PHONES}
    return tuple(
        DemoCaregiver(
            _PHONES[one.card.clinic].format(next(numbers[one.card.clinic])),
            f"Robin {one.card.family_name}",
            "family",
            (one.card.key,),
            language=one.card.language,
        )
        for one in FORMER
    )


def happenings(*, on_file: Mapping[str, Patient], now: datetime) -> list[StoryEvent]:
    """Everything that happened to them, each with its moment, in no order."""
    families = {card.patients[0]: card for card in caregivers()}
    found: list[StoryEvent] = []
    for number, one in enumerate(FORMER):
        key = one.card.key
        if key in on_file:
            day_zero = now - timedelta(days=one.card.day)
            # Not all of it at one hour of the day.
            day_zero -= timedelta(minutes=37 * (number % 11))
            found += _happened(one, on_file[key], families[key], day_zero)
    return found


def _happened(
    one: Former, patient: Patient, family: DemoCaregiver, day_zero: datetime
) -> Iterator[StoryEvent]:
    joined = day_zero - replay.ENROLLED_BEFORE_INFUSION + replay.JOINED_AFTER
    yield joined, partial(replay.join, family, patient)
    for at in _well_at(one, day_zero):
        yield at, partial(_report_well, patient, family.phone)
    yield day_zero - timedelta(days=6), _quietly(partial(_note_facts, one, patient))
    for stay in one.stays:
        admitted = day_zero + timedelta(days=stay.day)
        if stay.sign:
            yield admitted - timedelta(hours=stay.hours), partial(_report, stay, patient, family.phone)
        yield admitted, _quietly(partial(_stay, stay, patient, is_read=one.card.day > 200))
        if one.died is None or one.died[0] > stay.day + _STAY.days:
            yield admitted + _STAY, _quietly(partial(_bring_home, patient))
    if one.relapsed is not None:
        yield day_zero + timedelta(days=one.relapsed), _quietly(partial(_record, patient, Kind.RELAPSED, ""))
    if one.died is not None:
        yield day_zero + timedelta(days=one.died[0]), _quietly(partial(_die, one.died[1], patient))
    if one.died is None or one.died[0] > _FOLLOWED:
        ended = "Goes on with the oncologist at home."
        yield day_zero + timedelta(days=_FOLLOWED), _quietly(partial(_record, patient, Kind.ENDED, ended))
    for day, contact in _TIME_POINTS:
        if day <= one.forms:
            at = day_zero + timedelta(days=contact)
            yield at, _quietly(partial(_fill_in, one, patient, day))


def _well_at(one: Former, day_zero: datetime) -> list[datetime]:
    """When nothing was wrong: some days at home, and those before each stay until something was felt."""
    ends_on = min(_FOLLOWED, one.died[0] if one.died else _FOLLOWED)
    away = [(stay.day - 4, stay.day + _STAY.days + 1) for stay in one.stays]
    at_home = [
        day_zero + timedelta(days=day)
        for day in _WELL_DAYS
        if day < ends_on and not any(begins <= day <= ends for begins, ends in away)
    ]
    felt = [day_zero + timedelta(days=stay.day, hours=-stay.hours if stay.sign else 0) for stay in one.stays]
    return at_home + [at - before for at in felt for before in _WELL_BEFORE if at - before > day_zero]


def _quietly(happen: Callable[[datetime], object]) -> Callable[[datetime], object]:
    """Nobody is paged or texted for it."""

    def happens(at: datetime) -> str:
        happen(at)
        return replay.NOTHING_LEAVES

    return happens


def _note_facts(one: Former, patient: Patient, at: datetime) -> None:
    """What the scores need, as far as somebody has asked for it."""
    if one.sex is None or one.hct_ci is None or not one.stays:
        return
    nurse = replay.nurse_of(patient)
    # Of every other one somebody has entered what a lower tier needs.
    if one.card.tier == "standard" and one.card.day % 20 == 0:
        taken_on = patient.infusion_date - timedelta(days=6)
        values = [TypedLab(lab, value, _UNITS[lab], taken_on) for lab, value in _WELL_LABS.items()]
        labs.enter(patient_id=patient.pk, by=nurse, values=values, source="typed", now=at)
    steps: Mapping[str, Mapping[str, Any]] = {
        "person": {"sex": one.sex, "ecog": 1},
        "illnesses": {"comorbidities": list(_COMORBIDITIES[one.hct_ci])},
    }
    seen = ""
    for step, told in steps.items():
        sheet = fact_sheets.save_step(
            patient_id=patient.pk, by=nurse, step=step, told=told, seen=seen, now=at
        )
        seen = str(sheet.pk) if sheet else seen


def _report_well(patient: Patient, phone: str, at: datetime) -> None:
    answers = well_except(temp_value=98.2, temp_unit="F")
    replay.send_report(by=phone, answers=answers, patient=patient, at=at)


def _report(stay: Stay, patient: Patient, phone: str, at: datetime) -> None:
    """Sent, and called about where it opened an alert; what followed came later."""
    answers = well_except(**{"temp_unit": "F", **_SIGNS[stay.sign]})
    replay.send_report(by=phone, answers=answers, patient=patient, at=at)
    nurse, minute = replay.nurse_of(patient), timedelta(minutes=1)
    opened = Escalation.objects.exclude(state=EscalationState.RESOLVED).filter(patient=patient).first()
    if opened is None:
        return
    lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=at + 7 * minute)
    contacts.log(
        escalation_id=opened.pk,
        by=nurse,
        member_id=None,
        who="Family",
        reached=True,
        note="Comes in to be seen.",
        now=at + 12 * minute,
    )
    lifecycle.resolve(
        escalation_id=opened.pk, by=nurse, outcome=Outcome.CLINIC_VISIT, note="", now=at + 30 * minute
    )


def _stay(stay: Stay, patient: Patient, at: datetime, *, is_read: bool) -> None:
    event = _record(patient, Kind.ADMITTED, "", at)
    if is_read:
        lower = ReviewVerdict.REPORTED_LOWER if stay.sign == "cough" else ReviewVerdict(stay.verdict)
        _review(patient, event, lower, at + timedelta(days=3))


def _bring_home(patient: Patient, at: datetime) -> None:
    _record(patient, Kind.DISCHARGED, "", at)
    _clear(patient, AlarmKind.HOME_AGAIN, at)


def _die(cause: str, patient: Patient, at: datetime) -> None:
    patient.refresh_from_db(fields=["status"])
    # Nobody dies in hospital who was not admitted, as long as it is known here where they are.
    place = "home" if patient.status == PatientStatus.ACTIVE else "hospital"
    event = _record(patient, Kind.DIED, "", at)
    _clear(patient, AlarmKind.CALL_FAMILY, at + timedelta(hours=2))
    recording.record(
        patient_id=patient.pk,
        course=patient.course_number,
        part=Part.DEATH,
        day=0,
        given={"place": place, "cause": cause},
        replaces=None,
        by=replay.nurse_of(patient),
        now=at + timedelta(days=2),
    )
    _review(patient, event, ReviewVerdict.NOT_PREVENTABLE, at + timedelta(days=9))


def _fill_in(one: Former, patient: Patient, day: int, at: datetime) -> None:
    """The form of a time point, on the day of the contact."""
    relapsed = one.relapsed if one.relapsed is not None and one.relapsed <= day else None
    answers: dict[str, Any] = {
        "contact_on": at.astimezone(ZoneInfo(patient.time_zone)).date(),
        "response": "complete" if relapsed is None else "progression",
    }
    if relapsed is not None:
        answers["progressed_on"] = patient.infusion_date + timedelta(days=relapsed)
    if day == _TIME_POINTS[0][0]:
        answers |= {"crs_grade": "1" if one.stays else "0", "icans_grade": "0"}
    recording.record(
        patient_id=patient.pk,
        course=patient.course_number,
        part=Part.FOLLOW_UP,
        day=day,
        given=answers,
        replaces=None,
        by=replay.nurse_of(patient),
        now=at,
    )


def _record(patient: Patient, kind: Kind, reason: str, at: datetime) -> LifeEvent:
    by = replay.nurse_of(patient)
    return life_events.record(patient_id=patient.pk, kind=kind, by=by, at=at, reason=reason, now=at)


def _review(patient: Patient, event: LifeEvent, verdict: ReviewVerdict, at: datetime) -> None:
    by = replay.nurse_of(patient)
    reviews.review(patient_id=patient.pk, event_id=event.pk, verdict=verdict, note="", by=by, now=at)


def _clear(patient: Patient, kind: AlarmKind, at: datetime) -> None:
    by = replay.nurse_of(patient)
    alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, by=by, now=at)
