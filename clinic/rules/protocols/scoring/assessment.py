"""Answers, context and history in; a level and the reasons for it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from clinic.rules.core.clinic_hour import ClinicHour
from clinic.rules.core.enums import Kind, Level, Validation
from clinic.rules.protocols.document.additions import DayPlan, additions_for
from clinic.rules.protocols.document.conditions import Facts, Value
from clinic.rules.protocols.document.parts import Case, Rule, Scale, Table
from clinic.rules.protocols.document.phases import plan_on
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import Text, in_language
from clinic.rules.protocols.scoring import reasons, trends
from clinic.rules.protocols.scoring.answers import CheckedAnswers, check_answers
from clinic.rules.protocols.scoring.reasons import Reason
from clinic.rules.protocols.scoring.trends import NO_HISTORY, History, PastReport

__all__ = [
    "NO_HISTORY",
    "Advice",
    "Assessment",
    "History",
    "PastReport",
    "PatientContext",
    "Reason",
    "Travel",
    "advice",
    "assess",
    "assess_missing_recheck",
    "assess_silence",
    "higher_of",
    "is_second_reading",
    "recheck_after",
]


@dataclass(frozen=True)
class PatientContext:
    """What clinic staff know about the person on the day of the report.

    No fact has a default: what somebody forgot to name would count as harmless.
    """

    day: int
    tier: str
    target: str
    product: str
    age: int | None
    immune_risk: bool
    neutropenia: bool
    platelets_low: bool
    masked: bool
    baseline: Mapping[str, float]
    # None where nobody recorded it, which counts as far; whether they cannot come tonight.
    minutes_to_centre: int | None
    no_transport: bool
    # The reasons of the risk assessment that hold; see document/additions.py.
    findings: Sequence[str]
    # The day of this course on which they last came home from hospital; None where they did not.
    home_day: int | None

    @property
    def travel(self) -> Travel:
        return Travel(self.minutes_to_centre, self.no_transport)


@dataclass(frozen=True)
class Travel:
    """How long the way to the centre takes, None where nobody knows; whether they cannot come tonight."""

    minutes_to_centre: int | None
    no_transport: bool


@dataclass(frozen=True)
class Assessment:
    """The level, and every reason for it, the highest first."""

    level: Level
    reasons: tuple[Reason, ...]
    temperature_validation: str = Validation.ABSENT

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that fired."""
        return tuple(reason.rule for reason in self.reasons)


@dataclass(frozen=True)
class Advice:
    """What the caregiver is told to do. Phone numbers are placeholders that the caller fills in."""

    level: Level
    title: str
    steps: tuple[str, ...]
    call: tuple[str, ...]
    note: str


def assess(
    protocol: Protocol,
    answers: Mapping[str, object],
    patient: PatientContext,
    history: History,
) -> Assessment:
    """The level of one report. Never raises: an answer that cannot be read is never a normal one."""
    checked = check_answers(protocol, answers)
    facts = facts_of(protocol, checked.values, patient)
    past = trends.check_history(protocol, history)
    refused = _rejected(protocol, checked)
    found = [
        *_rules(protocol, facts),
        *_tables(protocol, facts, refused),
        *_scales(protocol, facts),
        *trends.trend_reasons(protocol, facts, past),
    ]
    found += _accumulated(protocol, found)
    found += _unanswered(protocol, checked, plan_of(protocol, patient))
    found += refused
    return _assessment(found, checked.temperature.validation)


def higher_of(one: Assessment, other: Assessment) -> Assessment:
    """Two readings of the same answers as one: all reasons of both, each once, at its higher level."""
    if one == other:
        return other
    found: dict[tuple[str, str | None], Reason] = {}
    for reason in (*one.reasons, *other.reasons):
        if reason.key not in found or found[reason.key].level < reason.level:
            found[reason.key] = reason
    return _assessment(found.values(), other.temperature_validation)


def number_level(protocol: Protocol, item: str, value: float, patient: PatientContext) -> Level:
    """The level that the tables give a measured number which comes alone."""
    facts = facts_of(protocol, {item: value}, patient)
    applying = [
        table
        for table in protocol.tables
        if table.item == item and (table.when is None or table.when.holds(facts))
    ]
    found = [_table_reason(protocol, table, facts) for table in applying]
    return max((one.level for one in found if one is not None), default=Level.NONE, key=lambda one: one.rank)


def recheck_after(
    protocol: Protocol, answers: Mapping[str, object], patient: PatientContext
) -> timedelta | None:
    """How long after this report the family is to measure again; None where once is enough."""
    recheck = protocol.recheck
    if recheck is None:
        return None
    facts = facts_of(protocol, check_answers(protocol, answers).values, patient)
    return recheck.after if recheck.when is None or recheck.when.holds(facts) else None


def is_second_reading(protocol: Protocol, answers: Mapping[str, object]) -> bool:
    """Whether these answers measure what a second reading is asked for; else it stays owed."""
    names = protocol.recheck.when.names() if protocol.recheck and protocol.recheck.when else frozenset()
    measured = [
        question.key
        for question in protocol.questions
        if question.key in names and question.kind in (Kind.TEMPERATURE, Kind.NUMBER)
    ]
    values = check_answers(protocol, answers).values
    return not measured or any(key in values for key in measured)


def assess_silence(protocol: Protocol, patient: PatientContext, hours_since_last_report: float) -> Assessment:
    """The level of hearing nothing for so long, by the timers of the phase and tier.

    The live system counts from the first check-in that nobody answered (services/missed): a family that
    reports on time is never late, however long a planned gap is.
    """
    timers = plan_of(protocol, patient).missed_timers(patient.tier)
    due = [timer for timer in timers if hours_since_last_report >= timer.hours]
    if not due:
        return Assessment(Level.NONE, ())
    worst = max(due, key=lambda timer: (timer.level.rank, -timer.hours))
    whys = reasons.fill_placeholders(
        protocol.missed_whys,
        hours=reasons.hours_in_words(hours_since_last_report),
        limit=reasons.number_in_words(worst.hours),
    )
    return _assessment([Reason("missed", worst.level, None, whys)], Validation.ABSENT)


def assess_missing_recheck(protocol: Protocol, minutes_overdue: float) -> Assessment:
    """The level of a second reading that has not come so long after it was due; its timers are its own."""
    recheck = protocol.recheck
    due = [timer for timer in recheck.missed if minutes_overdue >= timer.minutes] if recheck else []
    if recheck is None or not due:
        return Assessment(Level.NONE, ())
    worst = max(due, key=lambda timer: timer.level.rank)
    whys = reasons.fill_placeholders(
        recheck.missed_whys,
        minutes=reasons.number_in_words(minutes_overdue // 1),
        limit=reasons.number_in_words(worst.minutes),
    )
    return _assessment([Reason("recheck_missed", worst.level, None, whys)], Validation.ABSENT)


def plan_of(protocol: Protocol, patient: PatientContext) -> DayPlan:
    """The person's day: its phase, and what the clinic adds for somebody like them."""
    return plan_on(protocol, patient.day, additions_for(protocol.additions, patient))


def advice(
    protocol: Protocol, level: Level, language: str, *, hour: ClinicHour, day: int, travel: Travel
) -> Advice:
    """What the caregiver is told at this level, at this hour of the clinic, by how far they are from it."""
    facts: Facts = {**asdict(hour), **asdict(travel), "day": day}
    variants = protocol.advice[Level(level)]
    chosen = next(one for one in variants if one.when is None or one.when.holds(facts))
    return Advice(
        level=Level(level),
        title=in_language(chosen.titles, language),
        steps=tuple(in_language(step, language) for step in chosen.steps),
        call=chosen.call,
        note=in_language(chosen.notes, language),
    )


def _assessment(found: Iterable[Reason], validation: str) -> Assessment:
    ordered = tuple(sorted(found, key=lambda reason: -reason.level.rank))
    return Assessment(ordered[0].level if ordered else Level.NONE, ordered, validation)


def facts_of(protocol: Protocol, values: Mapping[str, object], patient: PatientContext) -> Facts:
    """Every name a condition may use. A missing scale answer counts as 0, a missing number as unknown."""
    facts: dict[str, Value] = {
        "day": patient.day,
        "tier": patient.tier,
        "target": patient.target,
        "product": patient.product,
        "age": patient.age,
        "immune_risk": patient.immune_risk,
        "neutropenia": patient.neutropenia,
        "platelets_low": patient.platelets_low,
        "masked": patient.masked,
    }
    for key, default in protocol.baselines.items():
        facts[f"baseline.{key}"] = _number(patient.baseline.get(key), default)
    for question in protocol.questions:
        facts[question.key] = _answer_fact(question.kind, values.get(question.key))
    return facts


def _number(value: object, default: float | None) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _answer_fact(kind: Kind, value: object) -> Value:
    """How one checked answer counts."""
    match kind, value:
        case Kind.TICKS, list():
            return len(value)
        case Kind.TEMPERATURE | Kind.NUMBER, int() | float() | None:
            return value
        case Kind.YES_NO, _:
            return value is True
        case _, int():
            return value
    return 0


def _first_applying(cases: Iterable[Case], facts: Facts) -> Case | None:
    """The first case that applies."""
    return next((case for case in cases if case.when is None or case.when.holds(facts)), None)


def _rules(protocol: Protocol, facts: Facts) -> list[Reason]:
    found = [(rule, _first_applying(rule.cases, facts)) for rule in protocol.rules]
    return [_rule_reason(rule, case) for rule, case in found if case is not None]


def _rule_reason(rule: Rule, case: Case) -> Reason:
    return Reason(rule.id, case.level, rule.item, case.whys or rule.whys, hints=rule.staff_hints)


def _tables(protocol: Protocol, facts: Facts, refused: Iterable[Reason]) -> list[Reason]:
    """One reason for each measured number; a refused one has its reason already."""
    explained = {reason.rule for reason in refused}
    tables = [table for table in protocol.tables if table.item not in explained]
    applying = [table for table in tables if table.when is None or table.when.holds(facts)]
    found = [_table_reason(protocol, table, facts) for table in applying]
    return [reason for reason in found if reason is not None]


def _table_reason(protocol: Protocol, table: Table, facts: Facts) -> Reason | None:
    value = facts[table.item]
    question = protocol.question(table.item)
    if not isinstance(value, int | float):
        case = _first_applying([table.missing] if table.missing else [], facts)
        return Reason(table.item, case.level, None, case.whys) if case else None
    row = next(row for row in table.rows if row.low is None or value >= row.low)
    case = _first_applying(row.cases, facts)
    if case is None or case.level is Level.NONE:
        return None
    whys = reasons.of_number(protocol, question, value, row, case)
    return Reason(table.item, case.level, table.item, whys, domain=question.domain)


def _scales(protocol: Protocol, facts: Facts) -> list[Reason]:
    column = next(name for name, condition in protocol.columns.items() if condition.holds(facts))
    found = [_scale_reason(protocol, scale, column, facts) for scale in protocol.scales]
    return [reason for reason in found if reason is not None]


def _scale_reason(protocol: Protocol, scale: Scale, column: str, facts: Facts) -> Reason | None:
    answer = facts[scale.item]
    if not isinstance(answer, int) or answer == 0:
        return None
    level, extra = _scale_level(scale, scale.columns[column][answer - 1], answer, facts)
    if level is Level.NONE:
        return None
    question = protocol.question(scale.item)
    whys = reasons.of_choice(protocol, question, answer, extra)
    return Reason(scale.item, level, scale.item, whys, domain=question.domain)


def _scale_level(scale: Scale, usual: Level, answer: int, facts: Facts) -> tuple[Level, Text]:
    """The column's level unless an override applies; the first that does wins."""
    for override in scale.overrides:
        if override.answer in (None, answer) and (override.when is None or override.when.holds(facts)):
            level = override.level or min(usual, override.at_most or usual)
            return level, override.whys
    return usual, {}


def _accumulated(protocol: Protocol, found: Iterable[Reason]) -> list[Reason]:
    """Several domains that are each a little wrong add up."""
    highest: dict[str, Level] = {}
    for reason in found:
        if reason.domain:
            highest[reason.domain] = max(reason.level, highest.get(reason.domain, Level.NONE))
    result = []
    for rule in protocol.accumulations:
        domains = [domain for domain in protocol.domain_order if highest.get(domain, Level.NONE) >= rule.at]
        if len(domains) >= rule.domains:
            result.append(Reason(rule.id, rule.level, None, reasons.of_domains(protocol, rule, domains)))
    return result


def _unanswered(protocol: Protocol, checked: CheckedAnswers, plan: DayPlan) -> list[Reason]:
    """What is asked of this person besides and nobody answered. A refused answer has its reason already."""
    refused = {problem.key for problem in checked.problems}
    return [
        Reason(f"unanswered:{key}", level, None, reasons.of_unanswered(protocol, key))
        for key, level in plan.asks.items()
        if level > Level.NONE and checked.values.get(key) is None and key not in refused
    ]


def _rejected(protocol: Protocol, checked: CheckedAnswers) -> list[Reason]:
    """An answer that was refused is unknown, and unknown is never normal."""
    return [
        Reason(reasons.rejected_rule(protocol, problem.key), protocol.rejected.level, None, whys)
        for problem in checked.problems
        for whys in [reasons.of_rejected(protocol, problem.key)]
    ]
