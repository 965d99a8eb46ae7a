"""An administrator who brings in what the hospital sends, and short ways to do it."""

from datetime import timedelta

import pytest

from clinic.rules.exchange.verdicts import Source
from clinic.services.exchange import imports, messages
from tests import factories

HEADER = "given_name,family_name,birth_date,hospital_number,infusion_date,product"


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def stage(clinic, admin, now):
    def _stage(text, source=Source.CSV_PATIENTS, at=now, by=None):
        body = text if isinstance(text, bytes) else text.encode()
        return imports.stage(clinic=clinic, source=source, body=body, by=by or admin, now=at)

    return _stage


@pytest.fixture
def bring(stage, admin, now):
    def _bring(text, source=Source.CSV_PATIENTS, at=now):
        found = stage(text, source, at)
        return imports.confirm(import_id=found.pk, by=admin, now=at)

    return _bring


@pytest.fixture
def csv():
    def _csv(*lines):
        return "\n".join([HEADER, *lines]) + "\n"

    return _csv


@pytest.fixture
def adt(admin, now):
    """Send one message; `at` is when it happened."""

    def _adt(event, number="MRN-1", *, at=now, key=None, when=None, pid="", pv1="I", mrg="", slug=""):
        moment = at.strftime("%Y%m%d%H%M%S+0000")
        key = key or f"{event}-{moment}"
        visit = ["PV1", "1", *pv1.split("|")]
        segments = [
            f"MSH|^~\\&|ADT|HOSP|KIN|river|{moment}||ADT^{event}|{key}|P|2.5.1",
            f"EVN|{event}|{moment}||||{moment}",
            f"PID|1||{number}^^^HOSP^MR||{pid}",
            "|".join(visit),
            *([f"MRG|{mrg}^^^HOSP^MR"] if mrg else []),
        ]
        return messages.receive(
            body="\r".join(segments).encode(),
            clinic_slug=slug,
            by=admin,
            now=when or max(at, now) + timedelta(minutes=1),
        )

    return _adt
