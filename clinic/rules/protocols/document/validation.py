"""What a protocol must satisfy as a whole: nothing unknown, nothing twice, no day left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.additions import (
    CARE_TASKS,
    FINDINGS,
    LAB_GROUPS,
    NEEDS,
    ORIGINS,
    SECOND_CONTACT,
    Addition,
    LabsAsked,
    TaskAsked,
)
from clinic.rules.protocols.document.parts import MissedTimer, Phase, Recheck, Trend
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE, Question

PHRASES = frozenset({"from", "up_to", "between"})
INPUT_TEXTS = frozenset(
    {
        "unknown_question",
        "unknown_option",
        "wrong_type",
        "out_of_range",
        "not_below",
        "reject",
        "confirm",
        "confirm_low",
        "confirm_high",
        "unit_suspect_c",
        "unit_suspect_f",
    }
)
MEASURED = (Kind.NUMBER, Kind.TEMPERATURE)
TREND_KINDS = ("steps_up", "rise", "persisting")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def problems(fields: Mapping[str, Any]) -> list[str]:
    """Every "place: reason" found by looking at the parts together."""
    return [
        *_languages(fields["languages"]),
        *_duplicates(fields),
        *_questions(fields),
        *_pages(fields),
        *_phases(fields["phases"]),
        *_recheck(fields["recheck"]),
        *_additions(fields),
        *_trends(fields),
        *_accumulations(fields),
        *_scored_items(fields),
        *_texts(fields),
    ]


def _languages(languages: tuple[str, ...]) -> Iterator[str]:
    if FALLBACK_LANGUAGE not in languages:
        yield f"languages: “{FALLBACK_LANGUAGE}” is missing; it stands in for every other language"


def _duplicates(fields: Mapping[str, Any]) -> Iterator[str]:
    """Names that must be unique in their list. A table may repeat its item; coverage looks at that."""
    named = {
        "questions": [question.key for question in fields["questions"]],
        "pages": [page.key for page in fields["steps"]],
        "pages.questions": [question.key for page in fields["steps"] for question in page.questions],
        "phases": [phase.code for phase in fields["phases"]],
        "additions": [one.code for one in fields["additions"]],
        "scales": [scale.item for scale in fields["scales"]],
        "rules, trends, accumulation": [
            rule.id for rule in (*fields["rules"], *fields["trends"], *fields["accumulations"])
        ],
        **{
            f"questions[{question.key}].options": [option.value for option in question.options]
            for question in fields["questions"]
        },
    }
    for place, names in named.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{place}: “{name}” stands there {count} times"


def _questions(fields: Mapping[str, Any]) -> Iterator[str]:
    questions = {question.key: question for question in fields["questions"]}
    phases = {phase.code for phase in fields["phases"]}
    for key, question in questions.items():
        place = f"questions[{key}]"
        if question.domain and question.domain not in fields["domains"]:
            yield f"{place}.domain: there is no domain “{question.domain}”"
        for code in question.phases:
            if code not in phases:
                yield f"{place}.phases: there is no phase “{code}”"
        if question.below and question.below not in questions:
            yield f"{place}.below: there is no question “{question.below}”"
        for reason in _kind_problems(question):
            yield f"{place}: {reason}"
    for key in fields["baselines"]:
        if key not in questions:
            yield f"baselines.{key}: there is no question “{key}”"


def _kind_problems(question: Question) -> Iterator[str]:
    values = [option.value for option in question.options]
    if question.kind is Kind.CHOICE and (len(values) < 2 or values != list(range(len(values)))):
        yield "the options count up from 0, the usual answer first"
    if question.kind is Kind.TICKS and not (values and all(isinstance(value, str) for value in values)):
        yield "each option needs a word as its value"
    if question.kind in MEASURED:
        if question.minimum is None or question.maximum is None or question.minimum >= question.maximum:
            yield "a minimum below a maximum is needed"
        if question.step <= 0:
            yield "the step must be above 0"
    if question.kind is Kind.TEMPERATURE and set(question.units) != {"C", "F"}:
        yield "units C and F are needed"
    if question.kind is Kind.TEMPERATURE and question.default_unit not in question.units:
        yield f"default_unit: “{question.default_unit}” is not one of its units"


def _pages(fields: Mapping[str, Any]) -> Iterator[str]:
    shown = {question.key for page in fields["steps"] for question in page.questions}
    for question in fields["questions"]:
        if question.key not in shown:
            yield f"pages: “{question.key}” is on no page"


def _phases(phases: tuple[Phase, ...]) -> Iterator[str]:
    if not phases:
        yield "phases: there are none"
        return
    for before, after in pairwise(phases):
        if before.last_day is None:
            yield f"phases[{before.code}].last_day: only the last phase may stay open"
        elif after.first_day != before.last_day + 1:
            what = "a hole" if after.first_day > before.last_day + 1 else "an overlap"
            yield (
                f"phases[{after.code}].first_day: {what}, day {before.last_day + 1} is expected"
                f" and not {after.first_day}"
            )
    if phases[-1].last_day is not None:
        yield f"phases[{phases[-1].code}].last_day: a hole, no phase follows day {phases[-1].last_day}"
    for phase in phases:
        for reason in _schedule_problems(phase):
            yield f"phases[{phase.code}]{reason}"


def _schedule_problems(phase: Phase) -> Iterator[str]:
    yield from _plan_problems(phase)
    for tier, timers in phase.missed.items():
        yield from (f".missed.{tier}: {reason}" for reason in _timer_problems(timers))


def _plan_problems(plan: Phase | Addition) -> Iterator[str]:
    if plan.last_day is not None and plan.last_day < plan.first_day:
        yield ": it ends before it begins"
    for clock in plan.times:
        if not _CLOCK.fullmatch(clock):
            yield f".times: “{clock}” is not a time such as 08:00"
    if plan.every_days < 1:
        yield ".every_days: at least 1 is expected"
    if not all(0 <= day < max(plan.every_days, 1) for day in plan.days_in_cycle):
        yield f".days_in_cycle: days 0 to {plan.every_days - 1} are expected"


def _timer_problems(timers: tuple[MissedTimer, ...]) -> Iterator[str]:
    for sooner, later in pairwise(timers):
        if sooner.hours >= later.hours or sooner.level >= later.level:
            yield f"{later.hours:g} hours is not a later and higher step"
    if any(timer.hours <= 0 or timer.level is Level.NONE for timer in timers):
        yield "hours above 0 and a level above none are expected"


def _additions(fields: Mapping[str, Any]) -> Iterator[str]:
    asked = {question.key for question in fields["questions"]}
    tiers = {tier for phase in fields["phases"] for tier in phase.missed}
    most_reminders = max((len(phase.reminder_offsets_minutes) for phase in fields["phases"]), default=0)
    provable = {SECOND_CONTACT, *fields["baselines"]}
    for one in fields["additions"]:
        place = f"additions[{one.code}]"
        yield from (f"{place}{reason}" for reason in _plan_problems(one))
        yield from (f"{place}.missed: {reason}" for reason in _timer_problems(one.missed))
        for finding in sorted(one.findings - FINDINGS):
            yield f"{place}.for: no assessment finds “{finding}”"
        for ask in one.asks:
            if ask.item not in asked:
                yield f"{place}.ask: there is no question “{ask.item}”"
        for number, asked_for in enumerate(one.labs, start=1):
            yield from (f"{place}.labs[{number}]{reason}" for reason in _labs_problems(asked_for))
        for number, task in enumerate(one.tasks, start=1):
            yield from (f"{place}.tasks[{number}]{reason}" for reason in _task_problems(task))
        if one.counted_from not in ORIGINS:
            yield f"{place}.counted_from: “{one.counted_from}” is not one of {', '.join(sorted(ORIGINS))}"
        if one.staff_call and not 1 <= one.staff_call.reminder <= most_reminders:
            yield f"{place}.staff_call.reminder: no phase sends reminder {one.staff_call.reminder}"
        if one.staff_call and one.staff_call.level is Level.NONE:
            yield f"{place}.staff_call.level: a level above none is expected"
        for name in one.before_start:
            if name not in provable:
                yield f"{place}.before_start: “{name}” is not one of {', '.join(sorted(provable))}"
        if one.timers_of_tier and one.timers_of_tier not in tiers:
            yield f"{place}.timers_of_tier: no phase has timers for “{one.timers_of_tier}”"
        if not one.findings and one.when is None:
            yield f"{place}: “for” or “when” is needed, or it is for nobody"
        if one.backup_contact_after_minutes is not None and one.backup_contact_after_minutes < 0:
            yield f"{place}.backup_contact_after_minutes: 0 or more is expected"


def _labs_problems(labs: LabsAsked) -> Iterator[str]:
    if labs.group not in LAB_GROUPS:
        yield f".group: “{labs.group}” is not one of {', '.join(sorted(LAB_GROUPS))}"
    if labs.last_day is not None and labs.last_day < labs.first_day:
        yield ": it ends before it begins"
    if labs.within_days < 1:
        yield ".within_days: at least 1 is expected"


def _task_problems(asked: TaskAsked) -> Iterator[str]:
    if asked.task not in CARE_TASKS:
        yield f".task: “{asked.task}” is not one of {', '.join(sorted(CARE_TASKS))}"
    if asked.counted_from not in ORIGINS:
        yield f".counted_from: “{asked.counted_from}” is not one of {', '.join(sorted(ORIGINS))}"
    if not asked.days or any(later <= sooner for sooner, later in pairwise(asked.days)):
        yield ".days: at least one day is expected, each later than the one before"
    elif asked.last_day is not None and asked.last_day < asked.days[-1]:
        yield ".last_day: it ends before its last day"
    for need in sorted(asked.needs - NEEDS):
        yield f".needs: nothing on record says “{need}”"


def _recheck(recheck: Recheck | None) -> Iterator[str]:
    timers = recheck.missed if recheck else ()
    for sooner, later in pairwise(timers):
        if sooner.minutes >= later.minutes or sooner.level >= later.level:
            yield f"recheck.missed: {later.minutes} minutes is not a later and higher step"
    if any(timer.minutes <= 0 or timer.level is Level.NONE for timer in timers):
        yield "recheck.missed: minutes above 0 and a level above none are expected"
    if recheck is not None and not timers:
        yield "recheck.missed: at least one step is expected; a second reading that never comes is a sign"


def _trends(fields: Mapping[str, Any]) -> Iterator[str]:
    questions = {question.key: question for question in fields["questions"]}
    for trend in fields["trends"]:
        place = f"trends[{trend.id}]"
        for item in trend.items:
            if item not in questions:
                yield f"{place}.items: there is no question “{item}”"
            else:
                yield from (f"{place}.items: {reason}" for reason in _trend_item(trend, questions[item]))
        for domain in sorted(trend.raised_domains - fields["domains"].keys()):
            yield f"{place}.raised.domains: there is no domain “{domain}”"
        if trend.kind not in TREND_KINDS:
            yield f"{place}.kind: “{trend.kind}” is not one of {', '.join(TREND_KINDS)}"
        if trend.amount <= 0:
            yield f"{place}.by: a number above 0 is expected"
        if trend.kind == "persisting" and trend.reports < 2:
            yield f"{place}.reports: at least 2 are expected"
        if trend.above_usual and trend.kind != "persisting":
            yield f"{place}.above_usual: only what persists is compared with the usual value"
        if trend.level is Level.NONE:
            yield f"{place}.level: a rule must say more than none"


def _trend_item(trend: Trend, question: Question) -> Iterator[str]:
    measured = question.kind in MEASURED
    if trend.kind == "rise" and not measured:
        yield f"“{question.key}” is not a measured number"
    if trend.kind in ("steps_up", "persisting") and question.kind is not Kind.CHOICE:
        yield f"“{question.key}” is not answered on a scale"
    elif trend.kind in ("steps_up", "persisting") and trend.amount > question.highest:
        yield f"“{question.key}” has only {question.highest} steps, {trend.amount:g} can never be reached"


def _accumulations(fields: Mapping[str, Any]) -> Iterator[str]:
    used = {question.domain for question in fields["questions"] if question.domain}
    for rule in fields["accumulations"]:
        place = f"accumulation[{rule.id}]"
        if not 1 <= rule.domains <= len(used):
            yield f"{place}.domains: {rule.domains} of {len(used)} domains can never be reached"
        if rule.at is Level.NONE:
            yield f"{place}.at: a level above none is expected"
        if rule.level is Level.NONE:
            yield f"{place}.level: a rule must say more than none"


def _scored_items(fields: Mapping[str, Any]) -> Iterator[str]:
    """Every rule is about a question of the right kind, and no scale answer goes unscored."""
    kinds = {question.key: question.kind for question in fields["questions"]}
    for scale in fields["scales"]:
        if kinds.get(scale.item) is not Kind.CHOICE:
            yield f"scales[{scale.item}].item: there is no question “{scale.item}” with a scale"
    for table in fields["tables"]:
        if kinds.get(table.item) not in MEASURED:
            yield f"tables[{table.item}].item: there is no measured number “{table.item}”"
    for rule in fields["rules"]:
        if rule.item is not None and rule.item not in kinds:
            yield f"rules[{rule.id}].item: there is no question “{rule.item}”"
    scored = {scale.item for scale in fields["scales"]}
    for key, kind in kinds.items():
        if kind is Kind.CHOICE and key not in scored:
            yield f"scales: the answers to “{key}” have no levels"


def _texts(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, needed in (("phrases", PHRASES), ("input_texts", INPUT_TEXTS)):
        for key in sorted(needed - fields[name].keys()):
            yield f"{name}.{key}: the text is missing"
        for key in sorted(fields[name].keys() - needed):
            yield f"{name}.{key}: this text is never used"
    for level in Level:
        if level not in fields["advice"]:
            yield f"advice: level {level} is missing"
    if fields["rejected"].level is Level.NONE:
        yield "rejected.level: a refused answer is never normal"
