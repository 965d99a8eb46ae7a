"""Thinking checks and written sentences of one patient, each beside its own baseline."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from clinic.models import HomeCheck, Patient, WritingSample
from clinic.rules.reports.home_checks import HIGHEST, ScoreComparison

CHECKS_SHOWN = 7


@dataclass(frozen=True)
class UsualScore:
    """The usual score. `language` and `by` are empty where it came with the patient's record."""

    score: float
    language: str
    by: str
    at: datetime | None
    # Counted from a check at home, and not put on record by staff.
    is_of_family: bool = False


@dataclass(frozen=True)
class HomeCheckLine:
    """One check. `reading` is None where the person did not stay awake."""

    at: datetime
    by: str
    language: str
    reading: ScoreComparison | None
    other_language: bool


@dataclass(frozen=True)
class WrittenSentence:
    """A written sentence, to be fetched by its id."""

    id: UUID
    at: datetime
    by: str
    is_baseline: bool
    width: int
    height: int


@dataclass(frozen=True)
class HomeCheckSummary:
    """Newest first. `baseline_sentence` is what the newest sentence is laid next to."""

    highest: int
    baseline: UsualScore | None
    checks: tuple[HomeCheckLine, ...]
    baseline_sentence: WrittenSentence | None
    newest_sentence: WrittenSentence | None

    @property
    def other_language(self) -> bool:
        """The last check was spoken in another language than the baseline's, so the points mislead."""
        return bool(self.checks) and self.checks[0].other_language

    @property
    def is_of_family(self) -> bool:
        """Whether any score here is of a check at home."""
        return bool(self.checks) or (self.baseline is not None and self.baseline.is_of_family)

    @property
    def is_empty(self) -> bool:
        return not (self.baseline or self.checks or self.baseline_sentence)


def of_patient(*, patient: Patient) -> HomeCheckSummary:
    """What there is on a patient whom the caller may see."""
    checks = HomeCheck.objects.filter(patient=patient).select_related("author").order_by("-done_at", "-pk")
    baseline = _baseline(patient, checks.filter(is_baseline=True).first())
    return HomeCheckSummary(
        highest=HIGHEST,
        baseline=baseline,
        checks=tuple(_check(one, baseline) for one in checks.filter(is_baseline=False)[:CHECKS_SHOWN]),
        baseline_sentence=baseline_sentence(patient=patient),
        newest_sentence=_sentence(
            _samples(patient).filter(is_baseline=False).order_by("-written_at").first()
        ),
    )


def baseline_sentence(*, patient: Patient) -> WrittenSentence | None:
    """The newest sentence from before the infusion; without one, the first that is kept."""
    before = _samples(patient).filter(is_baseline=True).order_by("-written_at").first()
    return _sentence(before or _samples(patient).order_by("written_at").first())


def _baseline(patient: Patient, check: HomeCheck | None) -> UsualScore | None:
    usual = patient.baseline.get("home_check")
    if usual is None:
        return None
    if check is None or check.score != usual:
        return UsualScore(usual, "", "", None)
    return UsualScore(usual, check.language, check.author.name, check.done_at, is_of_family=bool(check.given))


def _check(check: HomeCheck, baseline: UsualScore | None) -> HomeCheckLine:
    usual = baseline.score if baseline else HIGHEST
    spoken = baseline.language if baseline else ""
    return HomeCheckLine(
        at=check.done_at,
        by=check.author.name,
        language=check.language,
        reading=None if check.score is None else ScoreComparison(check.score, usual),
        other_language=bool(spoken) and spoken != check.language,
    )


def _samples(patient: Patient) -> QuerySet[WritingSample]:
    return WritingSample.objects.filter(patient=patient).defer("picture").select_related("author")


def _sentence(sample: WritingSample | None) -> WrittenSentence | None:
    if sample is None:
        return None
    return WrittenSentence(
        id=sample.pk,
        at=sample.written_at,
        by=sample.author.name,
        is_baseline=sample.is_baseline,
        width=sample.width,
        height=sample.height,
    )
