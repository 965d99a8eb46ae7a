"""The page of a patient's risk: what is suggested and why, what waits, scores, what is not known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.access import Permission, can
from clinic.models import Patient, RiskLowering, RiskRun, User
from clinic.models.risk_lowering import LoweringEnd
from clinic.queries.patients import changes, life_events
from clinic.queries.patients.facts import risks_in_words
from clinic.queries.risk import care_tasks, easix, known, labs, words
from clinic.queries.risk.document import rules
from clinic.queries.risk.due import overdue_now
from clinic.rules.patients.life_events import OVER
from clinic.rules.risk import fact_sheet, raising

# The newest of earlier assessments; the whole list is in the record that is handed out.
RUNS_AT_MOST = 20
# Per cent; an ejection fraction so low is among the illnesses of the heart that HCT-CI counts.
HEART_ILL_FROM_LVEF = 50

# Under which name a score's validity stands, and its row of the document, where they are others.
_BASES = {
    "m_easix": "easix",
    "s_easix": "easix",
    "icaht_early": "icaht",
    "icaht_late": "icaht",
    "t_icaht": "icaht",
}
_PATHS = {"severe4": "scores.cirs", "t_icaht": "scores.icaht.platelets"}


@dataclass(frozen=True)
class ShownReason:
    """`newest` is said where another value than the newest makes the line hold, with what would end it."""

    points: int
    evidence: tuple[str, ...]
    source: str
    newest: str


@dataclass(frozen=True)
class ShownScore:
    label: str
    value: str
    tried_in: str
    # False: tried in other diseases than this patient's. None: not known, or tried in no one disease.
    fits: bool | None
    # Whether its numbers were found in their source.
    is_found: bool
    source: str


@dataclass(frozen=True)
class Waiting:
    """Suggested and not set; `counts_from` is when it counts by itself."""

    subject: str
    label: str
    counts_from: datetime


@dataclass(frozen=True)
class StaysBelow:
    """Two clinicians have set less than is suggested, until a day."""

    words: str
    reason: str
    ends_on: date
    proposed_by: str
    confirmed_by: str


@dataclass(frozen=True)
class Step:
    """How much of one step of the facts is known."""

    code: str
    known: int
    of: int


@dataclass(frozen=True)
class Overview:
    patient: Patient
    on_file: tuple[str, ...]
    run: RiskRun | None
    is_high: bool
    major: tuple[ShownReason, ...]
    minor: tuple[ShownReason, ...]
    points: int
    flags: tuple[tuple[str, ShownReason], ...]
    missing: tuple[str, ...]
    not_known: tuple[str, ...]
    action: str
    next_review_day: int | None
    waiting: tuple[Waiting, ...]
    answerable: tuple[tuple[str, str], ...]
    below: tuple[StaysBelow, ...]
    scores: tuple[ShownScore, ...]
    easix: easix.EasixHistory | None
    due: tuple[str, ...]
    tasks: care_tasks.TaskCard
    steps: tuple[Step, ...]
    histories: tuple[labs.LabHistory, ...]
    # The ejection fraction on record that speaks against an illness left unticked; empty where none does.
    heart: str
    runs: tuple[RiskRun, ...]
    # Why nothing is asked for any more, in words; empty while the patient is cared for here.
    closed: str
    may_enter: bool
    may_answer: bool
    # Strike out a lab, take a care task back: what is on record can be put right at any time.
    may_correct: bool

    @property
    def unsigned_scores(self) -> tuple[str, ...]:
        """Those whose numbers were not found in their source, and which no clinician has signed."""
        return tuple(one.label for one in self.scores if not one.is_found)


def overview(*, patient: Patient, user: User, now: datetime) -> Overview:
    """As of the last run; what waits and what is due as of now."""
    run, today = known.current_run(patient), known.today_of(patient, now)
    result: Mapping[str, Any] = run.result if run else {}
    told = result.get("suggestion", {})
    sheet = known.sheet_of(patient)
    closed = life_events.closed_by(patient)
    may_manage = can(user, Permission.MANAGE_PATIENTS, patient.clinic_id)
    below = _below(patient, today)
    waiting = _waiting(patient, run, today, frozenset(name for row in below for name in row.changes))
    histories = labs.histories(patient, today)
    earlier = RiskRun.objects.filter(patient=patient).defer("facts", "result").order_by("-computed_at", "-pk")
    return Overview(
        patient=patient,
        on_file=risks_in_words(patient, today),
        run=run,
        is_high=told.get("tier") == "high",
        major=tuple(_reason(one) for one in told.get("major", [])),
        minor=tuple(_reason(one) for one in told.get("minor", [])),
        points=sum(one["points"] for one in told.get("minor", [])),
        flags=tuple(_flags(result.get("flags", {}), histories)),
        missing=tuple(words.fact(name) for name in told.get("missing", [])),
        not_known=tuple(words.fact(name) for name in told.get("not_known", [])),
        action=told.get("action", ""),
        next_review_day=told.get("next_review_day"),
        waiting=() if closed else waiting,
        answerable=_answerable(run, today),
        below=tuple(_shown_below(row) for row in below),
        scores=tuple(_scores(result, run.facts)) if run else (),
        easix=easix.of_patient(patient, today),
        due=overdue_now(patient, now) if run and patient.status not in OVER else (),
        tasks=care_tasks.card(patient, now),
        steps=tuple(_step(code, sheet) for code in fact_sheet.STEPS),
        histories=histories,
        heart=_heart(sheet, histories),
        runs=tuple(earlier[:RUNS_AT_MOST]),
        closed=str(life_events.WHY_NOT[closed]) if closed else "",
        may_enter=may_manage and not closed,
        may_answer=can(user, Permission.LOWER_RISKS, patient.clinic_id) and not closed,
        may_correct=may_manage,
    )


def _reason(one: Mapping[str, Any], newest: str = "") -> ShownReason:
    return ShownReason(
        points=one["points"],
        evidence=tuple(words.evidence(each) for each in one["evidence"]),
        source=words.source(one["path"]),
        newest=newest,
    )


def _flags(told: Mapping[str, Any], histories: Iterable[labs.LabHistory]) -> list[tuple[str, ShownReason]]:
    last = {one.lab: one.last for one in histories}
    return [
        (
            str(words.SUBJECTS[name]),
            _reason(
                {"points": 0, "evidence": told[name], "path": f"flags.{name}"},
                _newest(name, told[name], last),
            ),
        )
        for name in ("neutropenia", "platelets_low", "immune_risk", "masked")
        if told.get(name)
    ]


def _newest(
    flag: str, evidence: Iterable[Mapping[str, Any]], last: Mapping[str, labs.ShownResult | None]
) -> str:
    """A count that is back once does not end a flag: how many it takes."""
    flags = rules().document.flags
    ends = {"anc": flags.neutropenia.recovered_after_values} if flag == "neutropenia" else {}
    ends |= {"platelets": flags.platelets_low.recovered_after_values} if flag == "platelets_low" else {}
    for one in evidence:
        newest = last.get(one["name"])
        if one["name"] in ends and newest is not None and newest.day > one["day"]:
            return _("newest: %(value)s, day %(day)s; the flag ends after %(n)s better values in a row") % {
                "value": newest.value,
                "day": newest.day,
                "n": ends[one["name"]],
            }
    return ""


def _heart(sheet: Mapping[str, Any], histories: Iterable[labs.LabHistory]) -> str:
    ticked = sheet.get("comorbidities")
    lvef = next((one for one in histories if one.lab == "lvef"), None)
    if ticked is None or "cardiac" in ticked or lvef is None or lvef.last is None:
        return ""
    return f"{lvef.label}: {lvef.last.value}" if lvef.last.row.value <= HEART_ILL_FROM_LVEF else ""


def _waiting(
    patient: Patient, run: RiskRun | None, today: date, lowered: frozenset[str]
) -> tuple[Waiting, ...]:
    if run is None or run.course_number != patient.course_number:
        return ()
    hours = timedelta(hours=rules().document.answers.raised_after_hours)
    beyond = raising.beyond(run.suggested, raising.by_hand_of(vars(patient)), today)
    held = {raising.subject_of(name) for name in lowered}
    return tuple(
        Waiting(one, str(words.SUBJECTS[one]), datetime.fromisoformat(run.waiting[one]) + hours)
        for one in words.SUBJECTS
        if one in beyond and one in run.waiting and one not in held
    )


def _answerable(run: RiskRun | None, today: date) -> tuple[tuple[str, str], ...]:
    """Whatever is suggested today, set or not: below it two clinicians may stay."""
    if run is None:
        return ()
    nothing = raising.ByHand(tier="standard", flags=frozenset(), masked_until=None)
    found = raising.beyond(run.suggested, nothing, today)
    return tuple((one, str(label)) for one, label in words.SUBJECTS.items() if one in found)


def _below(patient: Patient, today: date) -> list[RiskLowering]:
    rows = RiskLowering.objects.filter(
        patient=patient,
        course_number=patient.course_number,
        end=LoweringEnd.CONFIRMED,
        ends_on__gt=today,
    )
    return list(rows.select_related("proposed_by", "closed_by").order_by("-closed_at"))


def _shown_below(row: RiskLowering) -> StaysBelow:
    return StaysBelow(
        words=changes.facts_in_words(row.changes),
        reason=row.reason_in_words,
        ends_on=row.ends_on or date.min,
        proposed_by=row.proposed_by.name,
        confirmed_by=row.closed_by.name if row.closed_by else "",
    )


def _step(code: str, sheet: Mapping[str, Any]) -> Step:
    """Of CIRS each organ counts: half a list must not read as known."""
    if code == "organs":
        cirs, organs = sheet.get("cirs"), rules().document.scores.cirs.systems
        graded = 0 if cirs is None else sum(cirs.get(organ, 0) is not None for organ in organs)
        return Step(code, graded, len(organs))
    names = fact_sheet.STEPS[code]
    return Step(code, sum(name in sheet for name in names), len(names))


def _scores(result: Mapping[str, Any], facts: Mapping[str, Any]) -> list[ShownScore]:
    found, fits = result["scores"], {one["score"]: one for one in result["validity"]}
    hematotox, easix, cirs = found["hematotox"], found["easix"], found["cirs"]
    grade = _("grade %s")
    told = {
        "hematotox": _hematotox(hematotox),
        "easix": _easix(easix["easix"]),
        "m_easix": _easix(easix["modified"]),
        "s_easix": _easix(easix["simplified"]),
        "hct_ci": _known(found["hct_ci"]),
        "severe4": _cirs(cirs, facts["background"]["cirs"]),
        "egfr": _known(found["egfr"], "%s mL/min/1.73\u00a0m²"),
        "icaht_early": _known(found["icaht_early"], grade),
        "icaht_late": _known(found["icaht_late"], grade),
        # Runs of before version 2 have none.
        "t_icaht": _known(found.get("t_icaht"), grade),
    }
    return [_score(key, value, fits) for key, value in told.items()]


def _score(key: str, value: str, fits: Mapping[str, Any]) -> ShownScore:
    base = _BASES.get(key, key)
    path = _PATHS.get(key, f"scores.{base}")
    return ShownScore(
        label=words.score(key),
        value=value,
        tried_in=", ".join(fits[base]["tested_in"]),
        fits=fits[base]["fits"],
        is_found=words.is_found(path),
        source=words.source(path),
    )


def _hematotox(told: Mapping[str, Any]) -> str:
    lowest, highest, group = told["lowest"], told["highest"], str(words.GROUPS[told["group"]])
    if lowest == highest:
        return _("%(sum)s, %(group)s") % {"sum": lowest, "group": group}
    between = {"lowest": lowest, "highest": highest, "group": group}
    return _("%(lowest)s to %(highest)s, %(group)s") % between


def _cirs(told: Mapping[str, Any] | None, organs: Mapping[str, int | None] | None) -> str:
    if told is None:
        return ""
    is_whole = None not in (organs or {}).values()
    text = (
        _("sum %(total)s, Severe4: %(severe)s")
        if is_whole
        else _("sum at least %(total)s, Severe4: %(severe)s")
    )
    return text % {"total": told["total"], "severe": _("yes") if told["severe4"] else _("no")}


def _easix(value: object) -> str:
    return "" if value is None else words.two_digits(value)


def _known(value: object, pattern: str = "%s") -> str:
    """Empty where it is not known: unknown is never zero."""
    return "" if value is None else pattern % words.number(value)
