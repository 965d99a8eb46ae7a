"""A clinic's figures as they were counted, ready for the page: shares as percentages, codes as words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.levels import LEVEL_WORDS
from clinic.models import Clinic, OutcomeFigures, Patient
from clinic.models.escalation import Cause
from clinic.models.risk_lowering import LoweringReason
from clinic.queries.core import diseases, products
from clinic.queries.outcomes import words
from clinic.queries.protocols.versions import current_rules
from clinic.rules.core.enums import Level
from clinic.rules.outcomes.alarm_load import PHASES
from clinic.rules.outcomes.completeness import Known
from clinic.rules.outcomes.curves import Curves, Share, curves
from clinic.rules.outcomes.detection import WINDOWS
from clinic.rules.outcomes.rule_changes import ENOUGH_EVENTS
from clinic.rules.outcomes.summary import DAYS
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE, in_language

_GROUPS: dict[str, str | Promise] = {
    "age": gettext_lazy("Age at the infusion"),
    "sex": gettext_lazy("Sex"),
    "language": gettext_lazy("Language"),
    "distance": gettext_lazy("Way to the center"),
    "hct_ci": gettext_lazy("Other illness (HCT-CI)"),
    "product": gettext_lazy("Product"),
    "disease": gettext_lazy("Disease"),
}
# In the order in which they are shown; groups with names of their own come before what nobody recorded.
_BANDS: dict[str, str | Promise] = {
    "under 65": gettext_lazy("Under 65"),
    "65 to 74": gettext_lazy("65 to 74"),
    "75 or over": gettext_lazy("75 or over"),
    "60 minutes or less": gettext_lazy("60 minutes or less"),
    "over 60 minutes": gettext_lazy("Over 60 minutes"),
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "0": "0",
    "1 to 2": gettext_lazy("1 to 2"),
    "3 or more": gettext_lazy("3 or more"),
    "not recorded": gettext_lazy("Not recorded"),
}
_TIERS: dict[str, str | Promise] = {
    "high": gettext_lazy("High"),
    "standard": gettext_lazy("Standard"),
    "not recorded": _BANDS["not recorded"],
}
_TIER_TABLES: dict[str, str | Promise] = {
    "set": gettext_lazy("As set by staff"),
    "suggested": gettext_lazy("As suggested last"),
}
_PLACES = {name: place for place, name in enumerate(_BANDS)}
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
class GroupRow:
    """One group; None where it is too small to be shown, or had no event.

    Hours are medians: to an event from the first urgent report and from the last of any level; to a call from
    the first sign of something. `right` and `answered` are per cent of its alarms and of its check-ins.
    """

    name: str
    n: int | None
    percent: int | None
    low: int | None
    high: int | None
    is_hidden: bool
    lead: float | None
    silence: float | None
    per_week: float | None
    right: int | None
    contact: float | None
    answered: int | None


@dataclass(frozen=True)
class GroupTable:
    """The groups of one kind; `gaps` are pairs to be looked at."""

    name: str | Promise
    rows: tuple[GroupRow, ...]
    gaps: tuple[tuple[str, str], ...]


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
    # None where too few were followed for a line.
    drawn: Curves | None
    deaths: tuple[tuple[str, int], ...]
    groups: tuple[GroupTable, ...]
    level_words: tuple[str | Promise, ...]
    levels: tuple[LevelRow, ...]
    tiers: tuple[TierTable, ...]
    overrides: tuple[tuple[str, int], ...]


def last_counted() -> dict[UUID, datetime]:
    """When each clinic was counted last; one query."""
    rows = OutcomeFigures.objects.values_list("clinic_id").annotate(last=Max("counted_at"))
    return dict(rows)


def page_of(clinic: Clinic, clinics: tuple[Clinic, ...], *, month: str) -> FiguresPage:
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
        drawn=_drawn(over_time),
        deaths=tuple(
            (words.choice_name(cause) if cause != "not recorded" else _("Not recorded"), n)
            for cause, n in figures.get("deaths", {}).get("causes", {}).items()
        ),
        groups=tuple(_group(name, one) for name, one in figures.get("groups", {}).items()),
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
    asked = {question.key: question.label(language) for question in rules.questions} if rules else {}
    ruled = {one.id: in_language(one.whys, language) for one in rules.rules} if rules else {}
    if rules:
        ruled |= {one.id: in_language(one.whys, language) for one in rules.trends}
        ruled |= {one.id: in_language(one.whys, language) for one in rules.accumulations}
    found = [
        RuleRow(
            name=str(dict(Cause.choices).get(one["rule"]) or (asked | ruled).get(one["rule"], one["rule"])),
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


def _group(name: str, one: dict[str, Any]) -> GroupTable:
    rows = tuple(
        GroupRow(
            name=_band(name, row["name"]),
            n=row["n"],
            percent=_in_hundred(row["share"]),
            low=_in_hundred(row["low"]),
            high=_in_hundred(row["high"]),
            is_hidden=row["is_hidden"],
            lead=row.get("lead"),
            silence=row.get("silence"),
            per_week=row.get("per_week"),
            right=_in_hundred(row.get("right")),
            contact=row.get("contact"),
            answered=_in_hundred(row.get("answered")),
        )
        for row in sorted(one["rows"], key=_place)
    )
    gaps = tuple((_band(name, first), _band(name, second)) for first, second in one["gaps"])
    return GroupTable(_GROUPS[name], rows, gaps)


def _in_hundred(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _place(row: dict[str, Any]) -> int:
    """By age and not by its letters; stable, so that products and languages stay by their names."""
    return _PLACES.get(row["name"], _PLACES["not recorded"] - 1)


def _band(kind: str, name: str) -> str:
    if name in _BANDS:
        return str(_BANDS[name])
    if kind == "disease":
        return str(diseases.in_words(name))
    if kind == "product":
        product = products.find(name)
        return product.brand if product else name
    return str(dict(settings.LANGUAGES).get(name, name))
