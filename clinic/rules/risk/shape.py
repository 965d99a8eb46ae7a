"""What protocols/risk.yaml holds, section by section. No default: it would hide what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from clinic.rules.risk.lines import Line, Points


class Ground(StrEnum):
    """What a number rests on. All but FOUND await a clinician's signature."""

    FOUND = "found"
    REMEMBERED = "remembered"
    PROPOSED = "proposed"


@dataclass(frozen=True)
class Row:
    """One place of the document and what it rests on."""

    path: str
    ground: Ground
    source: str

    @property
    def awaits_signature(self) -> bool:
        return self.ground is not Ground.FOUND


@dataclass(frozen=True)
class Lab:
    """`units`: how many kept units one of another is. `counts`: which of a day's, lowest or highest."""

    unit: str
    units: Mapping[str, Fraction]
    counts: str
    plausible: tuple[Fraction, ...] | None


@dataclass(frozen=True)
class Window:
    """Days up to the first day of lymphodepletion, and which day that is where nobody has recorded it."""

    days: int
    lymphodepletion_day: int


@dataclass(frozen=True)
class HematotoxRules:
    markers: Mapping[str, tuple[Points, ...]]
    high: Line
    low: Line
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class EasixRules:
    high: Line
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class HctCiRules:
    points: Mapping[str, int]
    replaced_by: Mapping[str, str]
    also_called: Mapping[str, str]
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class CirsRules:
    systems: tuple[str, ...]
    also_called: Mapping[str, str]
    highest: int
    severe_systems: tuple[str, ...]
    severe: Line
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class SexTerms:
    """The part of the formula that differs; creatinine in mg/dL."""

    creatinine: Fraction
    power: Fraction
    times: Fraction


@dataclass(frozen=True)
class EgfrRules:
    factor: Fraction
    of_woman: SexTerms
    of_man: SexTerms
    power_above: Fraction
    each_year: Fraction
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """Whole numbers, both ends included."""

    lowest: int
    highest: int


@dataclass(frozen=True)
class NeverRecovered:
    begins: Line
    points: int


@dataclass(frozen=True)
class EarlyIcahtRules:
    last_day: int
    longest_gap_days: int
    rounded_to: int
    low: Line
    very_low: Line
    recovery_days: int
    low_days: tuple[Points, ...]
    very_low_days: tuple[Points, ...]
    never_recovered: NeverRecovered


@dataclass(frozen=True)
class LateIcahtRules:
    grades: tuple[Points, ...]
    dip: Line
    counts_in_a_dip: Line


@dataclass(frozen=True)
class PlateletIcahtRules:
    """In the kept unit of platelets; nothing is rounded."""

    last_day: int
    longest_gap_days: int
    low: Line
    very_low: Line
    low_days: tuple[Points, ...]
    very_low_days: tuple[Points, ...]


@dataclass(frozen=True)
class IcahtRules:
    early: EarlyIcahtRules
    late: LateIcahtRules
    platelets: PlateletIcahtRules
    tested_in: tuple[str, ...]


@dataclass(frozen=True)
class ScoreRules:
    window: Window
    hematotox: HematotoxRules
    easix: EasixRules
    hct_ci: HctCiRules
    cirs: CirsRules
    egfr: EgfrRules
    ecog: Scale
    frailty: Scale
    icaht: IcahtRules


@dataclass(frozen=True)
class AtLine:
    line: Line


@dataclass(frozen=True)
class AtLineUntil:
    """Counts up to a day after the infusion, that day included."""

    line: Line
    last_day: int


@dataclass(frozen=True)
class ValidFor:
    """A lab counts for so many days, the last one included."""

    line: Line
    valid_days: int


@dataclass(frozen=True)
class OfDisease:
    products: tuple[str, ...]
    diseases: tuple[str, ...]


@dataclass(frozen=True)
class SevereInfection:
    grade: Line
    days_before_lymphodepletion: int
    for_days: int


@dataclass(frozen=True)
class MajorRules:
    disease: OfDisease
    ecog: AtLine
    hct_ci: AtLine
    hematotox: AtLine
    lvef: AtLine
    toxicity: AtLineUntil
    icaht_early: AtLineUntil
    icaht_late: AtLine
    infection: SevereInfection
    steroids: AtLineUntil


@dataclass(frozen=True)
class AgePoints:
    points: tuple[Points, ...]


@dataclass(frozen=True)
class TimesUpperLimit:
    times_upper_limit: Line


@dataclass(frozen=True)
class OfKinds:
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class PriorInfection:
    grade: Line
    days_before_lymphodepletion: int


@dataclass(frozen=True)
class OfProducts:
    products: tuple[str, ...]


@dataclass(frozen=True)
class MinorRules:
    age: AgePoints
    hematotox: AtLine
    ldh: TimesUpperLimit
    egfr: AtLine
    lvef: AtLine
    prior_transplant: OfKinds
    igg: ValidFor
    cd4: ValidFor
    infection: PriorInfection
    product: OfProducts
    frailty: AtLine
    distance: AtLine
    adults: AtLine


@dataclass(frozen=True)
class TierRules:
    minor_points: Line
    major: MajorRules
    minor: MinorRules


@dataclass(frozen=True)
class WithoutCount:
    last_day: int
    valid_days: int


@dataclass(frozen=True)
class NeutropeniaRules:
    low: Line
    recovered_after_values: int
    without_count: WithoutCount


@dataclass(frozen=True)
class PlateletRules:
    low: Line
    recovered_after_values: int


@dataclass(frozen=True)
class RecentInfection:
    grade: Line
    for_days: int


@dataclass(frozen=True)
class ImmuneRules:
    igg: ValidFor
    cd4: ValidFor
    cd19: ValidFor
    ivig_days: int
    infection: RecentInfection
    transplants: tuple[str, ...]
    icaht_late: Line


@dataclass(frozen=True)
class MaskRules:
    after_tocilizumab_days: int
    after_steroid_days: int


@dataclass(frozen=True)
class FlagRules:
    neutropenia: NeutropeniaRules
    platelets_low: PlateletRules
    immune_risk: ImmuneRules
    masked: MaskRules


@dataclass(frozen=True)
class ReminderSpan:
    """Both days included; `to_day` None has no end."""

    from_day: int
    to_day: int | None
    days: int


@dataclass(frozen=True)
class Due:
    labs: tuple[str, ...]
    spans: tuple[ReminderSpan, ...]


@dataclass(frozen=True)
class ReminderRules:
    due: Mapping[str, Due]


@dataclass(frozen=True)
class AnswerRules:
    """When it is computed anew, and what a person may set against a suggestion."""

    computed_on: tuple[int, ...]
    computed_every_days: int
    lowered_on: tuple[int, ...]
    raised_after_hours: int
    lower_at_most_days: int
    shortest_text: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RiskDocument:
    """All of it. A run of the rules is stored with `version`."""

    version: int
    labs: Mapping[str, Lab]
    scores: ScoreRules
    tier: TierRules
    flags: FlagRules
    reminders: ReminderRules
    answers: AnswerRules
