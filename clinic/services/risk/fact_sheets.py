"""Facts about a patient come in, one step of the form at a time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.access import get_patient, require_managing
from clinic.models import Patient, RiskFactSheet, User
from clinic.queries.risk import known
from clinic.queries.risk.document import rules
from clinic.rules.risk import fact_sheet
from clinic.rules.risk.facts import FactRefused, Tier, require_possible
from clinic.services.core import audit, closed_records
from clinic.services.risk import runs


class WrongFact(Exception):
    """A fact that no record can hold, or a day that is still to come; the message says which."""


def save_step(
    *, patient_id: UUID, by: User, step: str, told: Mapping[str, Any], seen: str, now: datetime
) -> RiskFactSheet | None:
    """Leave one step as told; None where nothing has changed. Values are those of rules/risk/fact_sheet.py.

    `seen` is the id of the sheet that stood there when the form was opened ("" for none).
    NotVisible, NotAllowed, RecordClosed, WrongFact, Overtaken.
    """
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=visible.pk)
        patient.clinic = visible.clinic
        closed_records.require_cared_for(patient)
        newest = known.newest_sheet(patient)
        before = newest.facts if newest else {}
        facts = fact_sheet.merged(before, step, told)
        if facts == dict(before):
            return None
        if newest is not None and str(newest.pk) != seen and _differs(newest.facts, step, told, seen):
            raise Overtaken(newest.saved_by.name)
        _require_possible(patient, facts, now)
        sheet = RiskFactSheet.objects.create(
            patient=patient,
            course_number=patient.course_number,
            number=newest.number + 1 if newest else 1,
            facts=facts,
            saved_at=now,
            saved_by=by,
        )
        changed = [name for name in fact_sheet.STEPS[step] if facts.get(name) != before.get(name)]
        audit.record_about(patient, "risk.facts_saved", by, now, {"facts": changed})
        runs.compute(patient=patient, trigger="facts", now=now)
        return sheet


class Overtaken(Exception):
    """Somebody else has changed this step meanwhile; the message is their name."""


def _differs(newest: Mapping[str, Any], step: str, told: Mapping[str, Any], seen: str) -> bool:
    """Whether this step has changed since the form was opened: other steps may have."""
    opened = RiskFactSheet.objects.filter(pk=seen).first() if seen else None
    before = opened.facts if opened else {}
    return any(newest.get(name) != before.get(name) for name in fact_sheet.STEPS[step])


def _require_possible(patient: Patient, facts: Mapping[str, Any], now: datetime) -> None:
    today = known.today_of(patient, now)
    days = [facts.get(name) for name in ("tocilizumab_last_on", "ivig_last_on")]
    days += [one["on"] for one in facts.get("infections", [])]
    if any(date.fromisoformat(day) > today for day in days if day is not None):
        raise WrongFact("ahead")
    told = fact_sheet.facts_of(
        facts,
        fact_sheet.Known(
            day=(today - patient.infusion_date).days,
            tier=Tier(patient.tier),
            age=None,
            product="",
            disease="",
            minutes_to_centre=None,
            infusion_date=patient.infusion_date,
        ),
        (),
    )
    try:
        require_possible(rules().document, told)
    except FactRefused as refused:
        raise WrongFact(str(refused)) from refused
