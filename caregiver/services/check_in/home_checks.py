"""The guided thinking check: what its pages need, and how its points get into the check-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from caregiver.models import Draft
from caregiver.queries.household import drafts as draft_rows
from caregiver.queries.household.today import day_of_patient
from caregiver.services.check_in import drafts
from caregiver.services.check_in.steps import pressing_advice
from clinic.access import NotVisible, get_cared_for
from clinic.models import HomeCheck, Patient, Report, User
from clinic.queries.reports import home_checks as thinking
from clinic.rules.protocols.document.protocol import Option, Protocol
from clinic.rules.reports.home_checks import HIGHEST, ScoreComparison
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import home_checks
from clinic.services.reports.intake import FilledAdvice


@dataclass(frozen=True)
class HomeCheckGuide:
    """What the pages of a check need."""

    patient: Patient
    day: int
    can_start: bool
    sets_baseline: bool
    # How little awake the person may be, as the protocol asks it; without "as usual".
    asleep_options: tuple[Option, ...]
    first_sentence: thinking.WrittenSentence | None


@dataclass(frozen=True)
class FinishedCheck:
    """A check on record, and the report that went out at once if it was an emergency."""

    check: HomeCheck
    sent_report: Report | None


@dataclass(frozen=True)
class HomeCheckResult:
    """What the last page tells, and where the check-in goes on."""

    patient: Patient
    day: int
    check: HomeCheck
    reading: ScoreComparison | None
    highest: int
    advice: FilledAdvice | None
    # The page that the points went into; empty while the danger signs have not been asked.
    page_key: str


def open_guide(*, by: User, patient_id: UUID, now: datetime) -> HomeCheckGuide:
    """Everything for one check; NotVisible."""
    patient = get_cared_for(by, patient_id)
    rules = rules_of(current_version_for(patient=patient))
    return HomeCheckGuide(
        patient=patient,
        day=day_of_patient(patient, now),
        can_start=home_checks.can_start(patient, now),
        sets_baseline=home_checks.sets_baseline(patient, now),
        asleep_options=_asleep_options(rules),
        first_sentence=thinking.baseline_sentence(patient=patient),
    )


@transaction.atomic
def finish(
    *, by: User, patient_id: UUID, language: str, results: Mapping[str, bool], now: datetime
) -> FinishedCheck:
    """Count the points and, after the infusion, put them into the check-in.

    NotVisible, NoBaseline, CheckUnfinished.
    """
    check = home_checks.record(patient_id=patient_id, by=by, language=language, results=results, now=now)
    if check.is_baseline:
        return FinishedCheck(check, None)
    return _add_to_check_in(check, {home_checks.ITEM: str(check.score)}, by, now)


@transaction.atomic
def finish_asleep(
    *, by: User, patient_id: UUID, language: str, alertness: int, now: datetime
) -> FinishedCheck:
    """Record that the person did not stay awake, and add that answer to the check-in. NotVisible."""
    check = home_checks.record_asleep(
        patient_id=patient_id, by=by, language=language, alertness=alertness, now=now
    )
    return _add_to_check_in(check, {home_checks.ASLEEP_ITEM: alertness}, by, now)


def open_result(*, by: User, patient_id: UUID, check_id: UUID, now: datetime) -> HomeCheckResult:
    """The result of one's own check; NotVisible."""
    patient = get_cared_for(by, patient_id)
    check = HomeCheck.objects.filter(pk=check_id, patient=patient, author=by).first()
    if check is None:
        raise NotVisible("home_check")
    draft = (
        draft_rows.at_work(by=by, patient=patient)
        .select_related("protocol_version__protocol", "patient__clinic", "corrects")
        .defer("protocol_version__document")
        .first()
    )
    usual = patient.baseline.get(home_checks.ITEM, HIGHEST)
    return HomeCheckResult(
        patient=patient,
        day=day_of_patient(patient, now),
        check=check,
        reading=None if check.score is None else ScoreComparison(check.score, usual),
        highest=HIGHEST,
        advice=pressing_advice(draft, now),
        page_key=_step_key(draft, home_checks.ITEM if check.score is not None else home_checks.ASLEEP_ITEM),
    )


def _add_to_check_in(check: HomeCheck, answers: dict[str, object], by: User, now: datetime) -> FinishedCheck:
    return FinishedCheck(
        check, drafts.add_answers(by=by, patient_id=check.patient_id, answers=answers, now=now)
    )


def _asleep_options(rules: Protocol) -> tuple[Option, ...]:
    try:
        return rules.question(home_checks.ASLEEP_ITEM).options[1:]
    except KeyError:
        return ()


def _step_key(draft: Draft | None, item: str) -> str:
    if draft is None or not draft.pages_done:
        return ""
    pages = rules_of(draft.protocol_version).steps
    holding = (page.key for page in pages if item in {question.key for question in page.questions})
    return next(holding, "")
