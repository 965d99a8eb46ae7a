"""The offline pack: everything a phone needs to ask and advise without a signal."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from caregiver.queries.card import cards
from caregiver.queries.household import patient_names
from caregiver.queries.household.report_summaries import ReportSummary
from clinic.access import patients_cared_for_by
from clinic.models import Clinic, Patient, ProtocolVersion, User
from clinic.models.patient import PatientStatus
from clinic.queries.core import courses, products
from clinic.queries.protocols.patient_context import context_of, seen_before
from clinic.rules.core.staffed_hours import spans
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE
from clinic.services.protocols.versions import NoProtocol, current_version_for, rules_of
from clinic.services.reports.intake import call_targets, spoken_time
from clinic.services.reports.sealing import current_key

# After that the phone says "call the clinic" instead: rules, risk flags or numbers may have changed.
PACK_LASTS = timedelta(days=7)
# Trends look back a week, or two reports where there were fewer.
_HISTORY = timedelta(hours=168)
_HISTORY_AT_LEAST = 2
_HISTORY_AT_MOST = 40


def pack(*, by: User, now: datetime) -> dict[str, Any]:
    """For every patient whom this person looks after; nothing of anybody else. Plain JSON.

    Nothing is asked about somebody who has died, so their checklist leaves the phone with the next pack.
    """
    living = patients_cared_for_by(by).exclude(status=PatientStatus.DIED)
    patients = list(living.select_related("clinic").order_by("given_name", "pk"))
    names = patient_names.whole(patients)
    versions = {patient.pk: _version(patient) for patient in patients}
    with_protocol = [patient for patient in patients if versions[patient.pk] is not None]
    return {
        "person": str(by.pk),
        "made_at": now.isoformat(),
        "expires_at": (now + PACK_LASTS).isoformat(),
        "language": by.language,
        "unit": by.temperature_unit,
        "key": asdict(current_key()),
        "checklists": {
            version.content_hash: _checklist(version, by.language) for version in versions.values() if version
        },
        "patients": [
            _patient(patient, versions[patient.pk], by.language, now) | {"name": names[patient.pk]}
            for patient in with_protocol
        ],
    }


def _version(patient: Patient) -> ProtocolVersion | None:
    try:
        return current_version_for(patient=patient)
    except NoProtocol:
        return None


def _checklist(version: ProtocolVersion, language: str) -> dict[str, Any]:
    rules = rules_of(version)
    return {
        "pages": [
            {
                "key": page.key,
                "title": page.title(language),
                "questions": [question.key for question in page.questions],
            }
            for page in rules.steps
        ],
        "questions": {question.key: _question(question, language) for question in rules.questions},
        "table": _table_in_language(decision_table(rules), rules, language),
    }


def _question(question: Question, language: str) -> dict[str, Any]:
    return {
        "key": question.key,
        "kind": str(question.kind),
        "answer_keys": list(question.answer_keys),
        "text": question.text(language),
        "label": question.label(language),
        "hint": question.hint(language),
        "options": [{"value": option.value, "text": option.text(language)} for option in question.options],
        "unit": question.unit,
        "units": list(question.units),
        "follows": question.ask_when is not None,
    }


def _table_in_language(table: dict[str, Any], rules: Protocol, language: str) -> dict[str, Any]:
    """The table in the one language that this person reads: half the bytes."""
    languages = set(rules.languages)
    unread = languages - {language if language in languages else FALLBACK_LANGUAGE}
    return {key: _without_languages(value, unread, languages) for key, value in table.items()}


def _without_languages(node: Any, unread: set[str], languages: set[str]) -> Any:
    if isinstance(node, list):
        return [_without_languages(one, unread, languages) for one in node]
    if not isinstance(node, dict):
        return node
    is_text = bool(node) and node.keys() <= languages
    dropped = unread if is_text else set()
    return {
        key: _without_languages(value, unread, languages) for key, value in node.items() if key not in dropped
    }


def _patient(
    patient: Patient, version: ProtocolVersion | None, language: str, now: datetime
) -> dict[str, Any]:
    calls = {call.kind: asdict(call) for call in call_targets(clinic=patient.clinic)}
    return {
        "id": str(patient.pk),
        "initials": patient.initials,
        "product": patient.product,
        "clinic": patient.clinic.name,
        "protocol_version": version.number if version else None,
        "checklist": version.content_hash if version else None,
        **known_of(patient, now),
        "history": _history(patient, now),
        "card": _card(patient, language, now),
        "calls": calls,
        "clinic_zone": patient.clinic.time_zone,
        "staffed": _staffed(patient.clinic, now),
        "opens_unknown": _("the clinic opens"),
        "nearest_emergency": patient.nearest_emergency or _("the nearest emergency room"),
    }


def known_of(patient: Patient, now: datetime) -> dict[str, Any]:
    """What the rules may know of the patient, and what offline/person.js needs to keep it true day by day."""
    return {
        "time_zone": patient.time_zone,
        "infusion_date": patient.infusion_date.isoformat(),
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "masked_until": patient.masked_until.isoformat() if patient.masked_until else None,
        "no_transport_until": (
            patient.no_transport_until.isoformat() if patient.no_transport_until else None
        ),
        "home_since": patient.home_since.isoformat() if patient.home_since else None,
        "context": asdict(context_of(patient, now)),
        **_courses_before(patient),
    }


def _courses_before(patient: Patient) -> dict[str, Any]:
    """Nothing for nearly everybody: a phone pays for every byte."""
    before = courses.earlier(patient)
    if not before:
        return {}
    return {
        "before": [
            {
                "infusion_date": course.infusion_date.isoformat(),
                "product": products.code_of(course),
                "target": products.target_of(course),
            }
            for course in before
        ],
    }


def _card(patient: Patient, language: str, now: datetime) -> dict[str, Any]:
    """The emergency card, which must open with no signal. It is good for longer than the checklist is."""
    card = cards.of_patient(patient=patient, language=language, now=now)
    before = [f"{date_format(one.infusion_date, 'DATE_FORMAT')}, {one.product}" for one in card.earlier]
    return {
        **({"before": before} if before else {}),
        **({"disease": card.disease} if card.disease else {}),
        "warning": card.warning,
        "target": products.target_of(patient),
        "infused": date_format(patient.infusion_date, "DATE_FORMAT"),
        "born": date_format(patient.birth_date, "DATE_FORMAT") if patient.birth_date else "",
        "minutes": patient.minutes_to_centre,
        "rows": [
            {
                "at": row.at.isoformat(),
                "came": row.came_at.isoformat() if row.came_at else None,
                "told": "\u00a0· ".join(
                    text for text in (_advice_then(row), _apart(row.temperature)) if text
                ),
                "signs": row.signs,
            }
            for row in card.rows
        ],
    }


def _apart(temperature: str) -> str:
    """From left to right, whatever stands around it: in Arabic the unit would turn round."""
    return temperature and f"\u2066{temperature}\u2069"


def _advice_then(row: ReportSummary) -> str:
    return _("advice then: %(advice)s") % {"advice": row.level_word} if row.level else ""


def _history(patient: Patient, now: datetime) -> list[dict[str, Any]]:
    """Earlier answers, the last seen first: the trend rules need them."""
    found = seen_before(patient, observed_at=now, known_at=now, at_most=_HISTORY_AT_MOST)
    return [
        {"id": one.id, "at": one.at.isoformat(), "answers": one.answers}
        for place, one in enumerate(found)
        if place < _HISTORY_AT_LEAST or now - one.at <= _HISTORY
    ]


def _staffed(clinic: Clinic, now: datetime) -> list[dict[str, Any]]:
    """When somebody reads reports, over the life of the pack, with the opening in words."""
    zone = ZoneInfo(clinic.time_zone)
    return [
        {"from": opens.isoformat(), "to": closes.isoformat(), "spoken": spoken_time(opens, zone)}
        for opens, closes in sorted(spans(clinic.opening, now))
        if closes > now
    ]
