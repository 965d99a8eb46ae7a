"""What is known of a patient now, as the rules of risk want it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from clinic.models import LabResult, Patient, RiskFactSheet, RiskRun
from clinic.queries.core import products
from clinic.queries.risk.document import rules
from clinic.rules.patients.ages import age_on
from clinic.rules.risk import fact_sheet
from clinic.rules.risk.facts import Facts, Tier
from clinic.rules.risk.labs import LabValue, lab_value


def today_of(patient: Patient, now: datetime) -> date:
    """Where the patient is."""
    return now.astimezone(ZoneInfo(patient.time_zone)).date()


def sheet_of(patient: Patient) -> Mapping[str, Any]:
    """The facts of the current course as they were last left; empty where nobody has begun."""
    row = newest_sheet(patient)
    return row.facts if row else {}


def newest_sheet(patient: Patient) -> RiskFactSheet | None:
    """The sheet that counts in the current course, with who left it."""
    rows = RiskFactSheet.objects.filter(patient=patient, course_number=patient.course_number)
    return rows.select_related("saved_by").order_by("-number").first()


def current_run(patient: Patient) -> RiskRun | None:
    """The newest risk assessment, of whatever course."""
    return RiskRun.objects.filter(patient=patient, is_current=True).first()


def as_lab_values(rows: Iterable[LabResult], day_zero: date) -> tuple[LabValue, ...]:
    """Stored values for the rules. LabRefused where the document has forgotten a lab or unit."""
    labs = rules().document.labs
    return tuple(
        lab_value(
            labs,
            name=row.lab,
            value=row.typed_value,
            unit=row.typed_unit,
            day=(row.taken_on - day_zero).days,
            source=row.source,
        )
        for row in rows
    )


def facts_now(patient: Patient, now: datetime) -> Facts:
    """Everything that goes into an assessment of this day; two queries."""
    today = today_of(patient, now)
    rows = LabResult.objects.filter(patient=patient, struck_at=None, taken_on__lte=today)
    known = fact_sheet.Known(
        day=(today - patient.infusion_date).days,
        tier=Tier(patient.tier),
        age=age_on(patient.birth_date, today) if patient.birth_date else None,
        product=products.code_of(patient) if patient.product else "",
        disease=patient.disease,
        minutes_to_centre=patient.minutes_to_centre,
        infusion_date=patient.infusion_date,
    )
    labs = as_lab_values(rows.order_by("taken_on", "taken_at", "lab", "pk"), patient.infusion_date)
    return fact_sheet.facts_of(sheet_of(patient), known, labs)
