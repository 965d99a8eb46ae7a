"""A clinic's figures as they were counted, ready for the page: shares as percentages, codes as words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.levels import LEVEL_WORDS
from clinic.models import Clinic, OutcomeFigures, Patient
from clinic.models.escalation import Cause
from clinic.models.risk_lowering import LoweringReason
from clinic.queries.outcomes import words
from clinic.queries.outcomes.figure_groups import BANDS, GroupTable, group_table
from clinic.queries.protocols.versions import current_rules
from clinic.rules.core.enums import Level
from clinic.rules.outcomes.alarm_load import PHASES
from clinic.rules.outcomes.completeness import Known
from clinic.rules.outcomes.curves import Curves, Share, curves
from clinic.rules.outcomes.detection import WINDOWS
from clinic.rules.outcomes.rule_changes import ENOUGH_EVENTS
from clinic.rules.outcomes.summary import DAYS
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE, in_language

_TIERS: dict[str, str | Promise] = {
    "high": gettext_lazy("High"),
    "standard": gettext_lazy("Standard"),
    "not recorded": BANDS["not recorded"],
}
_TIER_TABLES: dict[str, str | Promise] = {
    "set": gettext_lazy("As set by staff"),
    "suggested": gettext_lazy("As suggested last"),
}
MONTHS_SHOWN = 24
# A share of fewer is said in numbers alone: one more, and it would be another.
ENOUGH_FOR_SHARES = 10


@dataclass(frozen=True)
class Detection:
    """Serious events that a report of this level or above preceded, in per cent by window of hours."""

    word: str | Promise
    shares: tuple[tuple[int, int, int | None], ...]


@dataclass(frozen=True)
class LongSilence:
    """Of the events of these days: how many came after more hours without a report than is usual then."""

    days: str
    hours: float
    over: int
    of: int


@dataclass(frozen=True)
class LevelRow:
    """Of the reports of one phase: how many per cent had each level, in the order of `LEVELS`."""

    days: str
    percents: tuple[int, ...]


@dataclass(frozen=True)
class TierRow:
    """Serious events a week at home in one tier; None where there are too few."""

    name: str | Promise
    weeks: float
    events: int | None
    per_week: float | None


@dataclass(frozen=True)
class TierTable:
    """By the tier in force, or by the suggested one."""

    name: str | Promise
    rows: tuple[TierRow, ...]


@dataclass(frozen=True)
class LoadRow:
    """Alarms of one phase and the weeks at home and monitored in it."""

    days: str
    alarms: int
    weeks: float
    per_week: float | None


@dataclass(frozen=True)
class RuleRow:
    """Of the alarms of one rule: how many rightly, wrongly, unknown; `percent` of those known."""

    name: str
    right: int
    wrong: int
    unknown: int
    percent: int | None


@dataclass(frozen=True)
class TimeRow:
    """Shares on a day after the infusion, in per cent; None where too few were at risk to be shown."""

    day: int
    without_relapse: float | None
    relapse: float | None
    event_free: float | None
    at_risk: int | None


@dataclass(frozen=True)
class FiguresPage:
    """One month of a clinic. Without `counted_at` nothing was counted yet."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    months: tuple[date, ...]
    month: date | None
    counted_at: datetime | None
    protocol: str
    people: int
    # The first infusion, of whoever is on record.
    since: date | None
    known: Known
    eligible: int
    not_monitored: int
    never_reported: int
    is_enough: bool
    detection: tuple[Detection, ...]
    # Events that an alarm about missing reports preceded, by window; None in a month counted without them.
    told_by_silence: tuple[int, ...] | None
    # Seen at urgent in the widest window, in per cent, if each missing form hid an event: by none, by all.
    seen_between: tuple[int, int] | None
    long_silences: tuple[LongSilence, ...]
    figures: dict[str, Any]
    load: tuple[LoadRow, ...]
    rules: tuple[RuleRow, ...]
    over_time: tuple[TimeRow, ...]
    # Each day on which something happened to somebody, while enough were followed.
    steps: tuple[TimeRow, ...]
    # None where too few were followed for a line.
    drawn: Curves | None
    deaths: tuple[tuple[str, int], ...]
    groups: tuple[GroupTable, ...]
    level_words: tuple[str | Promise, ...]
    levels: tuple[LevelRow, ...]
    tiers: tuple[TierTable, ...]
    overrides: tuple[tuple[str, int], ...]
    # Whether the person may take the clinic's tables away.
    may_take_away: bool

    @property
    def protocol_number(self) -> str:
        """Which version of the clinic's protocol was in force: the last word of "car-t 3"."""
        return self.protocol.rpartition(" ")[2]

    @property
    def hours(self) -> tuple[int, ...]:
        """The windows before an event, in the order of `told_by_silence`."""
        return WINDOWS


def last_counted() -> dict[UUID, datetime]:
    """When each clinic was counted last; one query."""
    rows = OutcomeFigures.objects.values_list("clinic_id").annotate(last=Max("counted_at"))
    return dict(rows)


def page_of(clinic: Clinic, clinics: tuple[Clinic, ...], *, month: str, may_take_away: bool) -> FiguresPage:
    """A month that there is not means the newest."""
    rows = OutcomeFigures.objects.filter(clinic=clinic).order_by("-month")
    months = tuple(rows.values_list("month", flat=True)[:MONTHS_SHOWN])
    chosen = next((one for one in months if f"{one:%Y-%m}" == month), months[0] if months else None)
    row = rows.filter(month=chosen).first() if chosen else None
    figures: dict[str, Any] = row.figures if row else {}
    events = figures.get("events", {"eligible": 0, "not_monitored": 0, "never_reported": 0})
    known = figures.get("known", {"known": 0, "due": 0})
    over_time = figures.get("over_time", {"days": [], "curve": []})
    return FiguresPage(
        clinic=clinic,
        clinics=clinics,
        months=months,
        month=chosen,
        counted_at=row.counted_at if row else None,
        protocol=row.protocol if row else "",
        people=figures.get("people", 0),
        since=Patient.objects.filter(clinic=clinic, is_synthetic=False).aggregate(first=Min("infusion_date"))[
            "first"
        ],
        known=Known(known=known["known"], due=known["due"]),
        **events,
        is_enough=events["eligible"] >= ENOUGH_EVENTS,
        detection=tuple(_detection(one) for one in figures.get("detection", ())),
        told_by_silence=_told_by_silence(figures),
        seen_between=_seen_between(figures.get("detection", ())),
        long_silences=tuple(
            LongSilence(_days(one["from_day"], one["to_day"]), one["hours"], one["over"], one["of"])
            for one in figures.get("silence", {}).get("long", ())
        ),
        figures=figures,
        load=tuple(_load(one) for one in figures.get("load", ()) if one["alarms"] or one["weeks"]),
        rules=tuple(_rules(clinic, figures.get("rules", ()))),
        over_time=tuple(_time(one) for one in over_time["days"]),
        steps=tuple(_time(one) for one in over_time["curve"]),
        drawn=_drawn(over_time),
        deaths=tuple(
            (words.choice_name(cause) if cause != "not recorded" else _("Not recorded"), n)
            for cause, n in figures.get("deaths", {}).get("causes", {}).items()
        ),
        groups=tuple(group_table(name, one) for name, one in figures.get("groups", {}).items()),
        level_words=tuple(LEVEL_WORDS[level] for level in Level),
        levels=tuple(_levels(figures.get("levels", {}))),
        tiers=tuple(
            TierTable(_TIER_TABLES[kind], tuple(map(_tier, rows)))
            for kind, rows in figures.get("tiers", {}).items()
            if rows
        ),
        overrides=tuple(
            (str(LoweringReason(code).label) if code else _("In words alone"), n)
            for code, n in figures.get("overrides", {}).items()
        ),
        may_take_away=may_take_away,
    )


def _told_by_silence(figures: dict[str, Any]) -> tuple[int, ...] | None:
    found = figures.get("told_by_silence")
    return tuple(found[str(window)] for window in WINDOWS) if found else None


def _seen_between(rows: Iterable[dict[str, Any]]) -> tuple[int, int] | None:
    for one in rows:
        ends = one.get("ranges", {}).get(str(WINDOWS[-1]))
        if one["level"] == Level.URGENT and one["of"] >= ENOUGH_FOR_SHARES and ends:
            return round(100 * ends[0]), round(100 * ends[1])
    return None


def _levels(found: dict[str, dict[str, float]]) -> Iterable[LevelRow]:
    for phase in PHASES:
        if phase.name in found:
            shares = found[phase.name]
            yield LevelRow(
                _days(phase.from_day, phase.to_day), tuple(round(100 * shares[level]) for level in Level)
            )


def _tier(one: dict[str, Any]) -> TierRow:
    return TierRow(_TIERS.get(one["name"], one["name"]), one["weeks"], one["events"], one["per_week"])


def _detection(one: dict[str, Any]) -> Detection:
    of = one["of"]
    return Detection(
        LEVEL_WORDS[Level(one["level"])],
        tuple(
            (window, one["hits"][str(window)], _percent(one["hits"][str(window)], of)) for window in WINDOWS
        ),
    )


def _percent(hits: int, of: int) -> int | None:
    return round(100 * hits / of) if of >= ENOUGH_FOR_SHARES else None


def _load(one: dict[str, Any]) -> LoadRow:
    phase = next(phase for phase in PHASES if phase.name == one["phase"])
    return LoadRow(_days(phase.from_day, phase.to_day), one["alarms"], one["weeks"], one["per_week"])


def _days(first: int, last: int | None) -> str:
    if last is None:
        return _("After day %(day)s") % {"day": first - 1}
    return _("Days %(first)s to %(last)s") % {"first": first, "last": last}


def _rules(clinic: Clinic, rows: Iterable[dict[str, Any]]) -> Iterable[RuleRow]:
    rules = current_rules(clinic)
    language = get_language() or FALLBACK_LANGUAGE
    found = [
        RuleRow(
            name=_rule_name(one["rule"], rules, language),
            right=one["right"],
            wrong=one["wrong"],
            unknown=one["unknown"],
            percent=None
            if one["value"] is None or one["right"] + one["wrong"] < ENOUGH_FOR_SHARES
            else round(100 * one["value"]),
        )
        for one in rows
    ]
    return sorted(found, key=lambda one: (-(one.right + one.wrong + one.unknown), one.name))


def _rule_name(rule: str, rules: Protocol | None, language: str) -> str:
    """Its words in the protocol in force; one that the protocol has no more keeps its code."""
    if rule in Cause.values:
        return str(Cause(rule).label)
    if rules is None:
        return rule
    asked = {question.key: question.label(language) for question in rules.questions}
    trend, _colon, item = rule.partition(":")
    if item in asked and trend in {one.id for one in rules.trends}:
        return _("%(question)s: change since earlier reports") % {"question": asked[item]}
    ruled = {one.id: one.whys for one in rules.rules}
    ruled |= {one.id: one.whys for one in rules.trends}
    ruled |= {one.id: one.whys for one in rules.accumulations}
    return asked.get(rule) or (in_language(ruled[rule], language) if rule in ruled else rule)


def _time(one: dict[str, Any]) -> TimeRow:
    if one["is_hidden"]:
        return TimeRow(one["day"], None, None, None, None)
    return TimeRow(
        one["day"],
        100 * one["without_relapse"],
        100 * one["relapse"],
        100 * one["event_free"],
        one["at_risk"],
    )


def _drawn(over_time: dict[str, Any]) -> Curves | None:
    """As far as the table goes, though nothing may have happened to anybody on its last days."""
    steps = [*over_time["curve"], *(one for one in over_time["days"] if not one["is_hidden"])]
    shares = [
        Share(one["day"], relapse=100 * one["relapse"], without_relapse=100 * one["without_relapse"])
        for one in steps
    ]
    return curves(shares, DAYS) if over_time["curve"] else None
