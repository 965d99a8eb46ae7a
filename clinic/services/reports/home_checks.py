"""The thinking check at home: it sets the baseline before the infusion and is compared with it afterwards."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from clinic.access import get_cared_for, get_patient, require_managing
from clinic.models import HomeCheck, Patient, User
from clinic.rules.protocols.document.phases import day_of
from clinic.rules.reports.home_checks import HIGHEST, score_of
from clinic.services.core import audit, closed_records

# The answer of the protocol that it fills, and the one that sleeping through it fills.
ITEM, ASLEEP_ITEM = "home_check", "alertness"


class NoBaseline(Exception):
    """There is no baseline, and after the infusion a check can no longer set one."""


class CheckUnfinished(Exception):
    """A task of the check has no answer."""


class WrongScore(Exception):
    """A usual score is a whole number from 0 to the highest, in a language that we speak."""


def sets_baseline(patient: Patient, now: datetime) -> bool:
    """Whether a check done now becomes the usual score: any day before the infusion."""
    return day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone)) < 0


def can_start(patient: Patient, now: datetime) -> bool:
    """Whether there is, or this check will be, something to compare with."""
    return sets_baseline(patient, now) or ITEM in patient.baseline


def record(
    *, patient_id: UUID, by: User, language: str, results: Mapping[str, bool], now: datetime
) -> HomeCheck:
    """Put a finished check on record. NotVisible, NoBaseline, Unfinished."""
    patient = get_cared_for(by, patient_id)
    score = score_of(results)
    if score is None:
        raise CheckUnfinished
    if not can_start(patient, now):
        raise NoBaseline
    is_baseline = sets_baseline(patient, now)
    with transaction.atomic():
        check = HomeCheck.objects.create(
            patient=patient,
            author=by,
            language=_language_or_default(language, patient),
            given=dict(results),
            score=score,
            is_baseline=is_baseline,
            done_at=now,
        )
        if is_baseline:
            _store_baseline(check, score, by, now)
        else:
            _audit("home_check.done", check, by, now)
    return check


def record_asleep(*, patient_id: UUID, by: User, language: str, alertness: int, now: datetime) -> HomeCheck:
    """The check ended because the person did not stay awake: that is the answer. NotVisible."""
    patient = get_cared_for(by, patient_id)
    with transaction.atomic():
        check = HomeCheck.objects.create(
            patient=patient,
            author=by,
            language=_language_or_default(language, patient),
            alertness=alertness,
            done_at=now,
        )
        _audit("home_check.asleep", check, by, now)
    return check


def set_baseline(*, patient_id: UUID, by: User, score: int, language: str, now: datetime) -> HomeCheck:
    """Staff put the usual score on record. NotVisible, NotAllowed, RecordClosed, WrongScore."""
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    closed_records.require_cared_for(visible)
    if not 0 <= score <= HIGHEST or language not in dict(settings.LANGUAGES):
        raise WrongScore
    with transaction.atomic():
        check = HomeCheck.objects.create(
            patient=visible, author=by, language=language, score=score, is_baseline=True, done_at=now
        )
        _store_baseline(check, score, by, now)
    return check


def _store_baseline(check: HomeCheck, score: int, by: User, now: datetime) -> None:
    patient = Patient.objects.select_for_update(no_key=True).get(pk=check.patient_id)
    change = {"from": patient.baseline.get(ITEM), "to": score}
    patient.baseline = {**patient.baseline, ITEM: score}
    patient.save(update_fields=["baseline"])
    _audit("home_check.baseline_set", check, by, now, {ITEM: change})


def _language_or_default(language: str, patient: Patient) -> str:
    return language if language in dict(settings.LANGUAGES) else patient.language


def _audit(
    action: str, check: HomeCheck, by: User, now: datetime, change: Mapping[str, object] | None = None
) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=check.patient.clinic_id,
        subject_type="home_check",
        subject_id=check.pk,
        patient_id=check.patient_id,
        detail={"language": check.language, **(change or {})},
    )
