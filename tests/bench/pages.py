"""Every page that grows with a clinic: what it takes, and whether a large table is read whole for it.

The pages are asked for in this process, by the program's own role, of a database that loading.py has filled.
"""

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic import row_scope
from clinic.models import FamilyDevice, Patient, Staff, User
from clinic.models.patient import PatientStatus
from tests.bench import loading

ROUNDS = 3
# A table is large from so many rows on; below, reading it whole is what PostgreSQL should do.
LARGE_FROM = 50_000


@dataclass(frozen=True)
class Page:
    """`who` is "family" or "staff"; the path may name {patient}, {report} and {escalation}."""

    name: str
    who: str
    path: str


PAGES = (
    Page("home", "family", "/"),
    Page("check-in", "family", "/check-in/{patient}/"),
    Page("result", "family", "/reports/{report}/"),
    Page("history", "family", "/history/"),
    Page("worklist", "staff", "/console/worklist/"),
    Page("patient", "staff", "/console/patients/{patient}/"),
    Page("escalation", "staff", "/console/escalations/{escalation}/"),
    Page("patients", "staff", "/console/patients/"),
    Page("search", "staff", "/console/patients/?search=patient-00"),
    Page("figures", "staff", "/console/insights/"),
    Page("ledger", "staff", "/console/ledger/"),
    Page("audit", "lead", "/console/audit/"),
)


@dataclass
class Found:
    """One page: median milliseconds, how many statements, and the tables that were read whole."""

    page: Page
    milliseconds: float = 0.0
    statements: int = 0
    slowest: tuple[float, str] = (0.0, "")
    whole: dict[str, str] = field(default_factory=dict)


def measure(*, explain: bool = True) -> Iterator[Found]:
    """Each page after one visit that nobody counts."""
    clients, names = _clients(), _names()
    large = _large_tables()
    for page in PAGES:
        path = page.path.format(**names)
        found = Found(page)
        _get(clients[page.who], path)
        times = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            _get(clients[page.who], path)
            times.append(time.perf_counter() - began)
        found.milliseconds = 1000 * statistics.median(times)
        if explain:
            _explain(clients[page.who], path, large, found)
        yield found


def _explain(client: Client, path: str, large: set[str], found: Found) -> None:
    """Ask the page once more and look at the plan of each statement."""
    inside = False

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal inside
        if inside or not isinstance(sql, str) or not sql.startswith("SELECT"):
            return execute(sql, params, many, context)
        inside = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                (answer,) = cursor.fetchone()
        finally:
            inside = False
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]
        found.statements += 1
        took = plan["Execution Time"] + plan["Planning Time"]
        found.slowest = max(found.slowest, (took, sql))
        for table in read_whole(plan["Plan"], large):
            found.whole.setdefault(table, sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        _get(client, path)


def read_whole(plan: dict[str, Any], large: set[str]) -> Iterator[str]:
    """The large tables that this plan reads from end to end: by a scan, or by an index of all its rows."""
    table, kind = plan.get("Relation Name"), plan["Node Type"]
    is_all = kind == "Seq Scan" or ("Index" in kind and "Index Cond" not in plan and "Bitmap" not in kind)
    read = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    if table in large and is_all and read * plan.get("Actual Loops", 1) >= LARGE_FROM:
        yield table
    for part in plan.get("Plans", ()):
        yield from read_whole(part, large)


def _large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [LARGE_FROM])
        return {name for (name,) in cursor.fetchall()}


def _get(client: Client, path: str) -> None:
    answer = client.get(path, headers={"HX-Request": "true"} if path.endswith("worklist/") else {})
    assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("Location"))
    for _part in answer:
        pass


@row_scope.everything()
def _clients() -> dict[str, Client]:
    patient = Patient.objects.get(pk=loading.patient_id(1))
    family = User.objects.get(care_links__patient=patient)
    roles = Staff.objects.filter(clinic=patient.clinic, ended_at=None).order_by("pk")
    people = {
        "family": family,
        "staff": roles.filter(role="nurse").first().user,
        "lead": roles.filter(role="administrator").first().user,
    }
    clients = {}
    for who, person in people.items():
        clients[who] = Client()
        clients[who].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert patient.status == PatientStatus.ACTIVE
    # A phone that waits for somebody to know it would see little.
    _get(clients["family"], "/")
    FamilyDevice.objects.filter(user=family).update(confirmed_at=timezone.now(), confirmed_by=family)
    return clients


@row_scope.everything()
def _names() -> dict[str, object]:
    patient = Patient.objects.get(pk=loading.patient_id(1))
    report = patient.reports.order_by("-received_at").first()
    return {
        "patient": patient.pk,
        "report": report.pk,
        "escalation": patient.escalations.get(state="open").pk,
    }
