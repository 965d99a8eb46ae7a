"""The OpenAPI document is complete and true: every route is in it, every answer is as it says."""

import inspect
import json
import re
from functools import cache
from uuid import uuid4

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clinic.api import urls
from clinic.api.fields import SharedFields, StrictSerializer
from clinic.api.parsing import LARGEST_BODY
from clinic.models import Escalation
from clinic.models.escalation import EscalationEventKind, EscalationState
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import Kind
from clinic.services.core import tokens
from clinic.services.escalations import life_events, scoring
from clinic.services.risk import labs
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db
SCHEMA = "/api/schema/"
CONFORMANCE = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The schema itself, the page made from it, and what answers every unknown address.
NOT_OPERATIONS = {"api_schema", "api_docs", "api_nothing_here"}


@pytest.fixture
def document(client):
    return client.get(SCHEMA).json()


def test_schema_is_valid_openapi_3_1(document):
    validate_schema(document)

    assert document["openapi"] == "3.1.0"


def test_schema_can_be_had_as_yaml(client, document):
    response = client.get(SCHEMA, headers={"Accept": "application/vnd.oai.openapi"})

    assert yaml.safe_load(response.content) == document


def test_schema_has_every_route_and_every_method(document):
    routes = {
        "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)): pattern.callback.view_class
        for pattern in urls.urlpatterns
        if pattern.name not in NOT_OPERATIONS
    }

    described = {path: set(calls) for path, calls in document["paths"].items()}
    assert described == {
        path: {method for method in ("get", "put", "post", "patch", "delete") if hasattr(view, method)}
        for path, view in routes.items()
    }


def test_schema_documents_every_error_of_every_call(document):
    for calls in document["paths"].values():
        for call in calls.values():
            assert {"400", "401", "403", "404", "405", "406", "413", "415", "429", "500"} <= set(
                call["responses"]
            )
            assert call["summary"]
            assert call["description"]


def test_page_to_read_shows_every_call_and_loads_nothing_from_elsewhere(client, document):
    page = client.get("/api/docs/")

    text = page.content.decode()
    for path, calls in document["paths"].items():
        assert path in text
        for call in calls.values():
            assert f'id="{call["operationId"]}"' in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert " style=" not in text


def shape_on(page, name):
    """The fields of a shape as the page has them: name, and all that stands behind it."""
    text = page.split(f'id="shape-{name}"')[1].split("</section>")[0]
    rows = re.findall(r"<dt><code>(\w+)</code>(.*?)</dt><dd>(.*?)</dd>", text, re.DOTALL)
    return {field: re.sub(r"<[^>]+>", "", words).strip() for field, _mark, words in rows}


def test_page_to_read_breaks_no_sentence_where_its_source_does(client):
    page = client.get("/api/docs/").content.decode()

    described = re.findall(r'<span class="soft">(.*?)</span>', page, re.DOTALL)
    assert described
    assert [words for words in described if "\n" in words] == []
    assert "<br>" not in page


def test_page_to_read_names_every_value_and_every_null(client, document):
    page = client.get("/api/docs/").content.decode()

    escalation, event = shape_on(page, "EscalationOut"), shape_on(page, "EscalationEventOut")
    assert escalation["state"] == "open | acknowledged | resolved"
    assert escalation["level"] == "none | watch | same_day | urgent | emergency"
    assert escalation["acknowledged_at"] == "date-time or null"
    assert escalation["acknowledged_by"] == "PersonOut or null"
    assert escalation["outcome"].endswith("transferred or (empty)")
    assert event["kind"].startswith("opened | rose | worsened")
    report = shape_on(page, "ReportOut")
    assert report["source"].startswith("voice or null")
    # No list of values is a link to a shape that the page does not have.
    targets = set(re.findall(r'href="#shape-(\w+)"', page))
    assert targets <= set(re.findall(r'id="shape-(\w+)"', page))
    assert not any(name.endswith("Enum") for name in targets)


def test_no_shape_is_described_by_how_the_program_is_written(document):
    """A shape without words of its own inherits those of the class that it is made from."""
    inherited = {inspect.cleandoc(base.__doc__) for base in (SharedFields, StrictSerializer)}

    shapes = document["components"]["schemas"]
    assert [name for name, shape in shapes.items() if shape.get("description") in inherited] == []


@pytest.mark.parametrize(
    ("shape", "field", "values"),
    [
        ("EscalationEventOut", "kind", set(EscalationEventKind.values)),
        ("EscalationEventOut", "level", {level.value for level in Level} | {""}),
        ("ColleagueOut", "role", {"nurse", "physician"}),
        ("LabOut", "source", {"typed", "pasted", "api", "fhir", "transfer"}),
        ("TakenDetailOut", "state", set(EscalationState.values)),
    ],
)
def test_schema_names_every_value_that_a_field_can_have(document, shape, field, values):
    shapes = document["components"]["schemas"]

    def values_of(part):
        if "$ref" in part:
            return values_of(shapes[part["$ref"].rsplit("/", 1)[-1]])
        joined = [values_of(one) for one in part.get("oneOf", part.get("allOf", []))]
        return set(part.get("enum", ())).union(*joined)

    assert values_of(shapes[shape]["properties"][field]) == values


@pytest.fixture(scope="module")
def _made(for_the_whole_file):
    """Something behind every address, and a nurse who may do everything with it."""
    with for_the_whole_file():
        return make_world()


@pytest.fixture
def world(_made, db):
    return dict(_made)


def make_world():
    clinic = factories.ClinicFactory(slug="river", name="River Cancer Center")
    patient = factories.PatientFactory(clinic=clinic)
    nurse = factories.StaffFactory(clinic=clinic, role="nurse", user__name="Nora Nurse").user
    factories.CareTeamMemberFactory(patient=patient, user__name="Carla Caregiver")
    for _ in range(2):
        report = factories.ReportFactory(patient=patient, answers={"temp_value": 38.6, "temp_unit": "C"})
        scoring.score(report_id=report.pk, now=timezone.now())
    escalation = Escalation.objects.get()
    now = timezone.now()
    relapse = life_events.record(
        patient_id=patient.pk, kind=Kind.RELAPSED, by=nurse, at=now, reason="", now=now
    )
    value = labs.TypedLab("anc", "0.4", "10^9/L", patient.infusion_date)
    (stored,) = labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    return {
        "patient_id": str(patient.pk),
        "report_id": str(report.pk),
        "escalation_id": str(escalation.pk),
        "event_id": str(relapse.pk),
        "result_id": str(stored.pk),
        "table": "reports",
        "import_id": str(uuid4()),
        "token": tokens.issue(user=nurse, label="test", days=1, now=timezone.now()),
    }


def operations():
    """Known before the database is: names only, in the order of the addresses."""
    return [
        ("GET", "/api/v1/patients/"),
        ("GET", "/api/v1/patients/{patient_id}/"),
        ("PATCH", "/api/v1/patients/{patient_id}/"),
        ("GET", "/api/v1/patients/{patient_id}/checklist/"),
        ("GET", "/api/v1/patients/{patient_id}/events/"),
        ("POST", "/api/v1/patients/{patient_id}/events/"),
        ("POST", "/api/v1/patients/{patient_id}/events/{event_id}/take-back/"),
        ("GET", "/api/v1/patients/{patient_id}/labs/"),
        ("POST", "/api/v1/patients/{patient_id}/labs/"),
        ("POST", "/api/v1/patients/{patient_id}/labs/{result_id}/strike/"),
        ("GET", "/api/v1/patients/{patient_id}/outcomes/"),
        ("POST", "/api/v1/patients/{patient_id}/outcomes/"),
        ("GET", "/api/v1/patients/{patient_id}/risk/"),
        ("GET", "/api/v1/patients/{patient_id}/record.zip"),
        ("GET", "/api/v1/exports/audit.csv"),
        ("GET", "/api/v1/exports/{table}.csv"),
        ("POST", "/api/v1/imports/"),
        ("POST", "/api/v1/imports/messages/"),
        ("GET", "/api/v1/imports/{import_id}/"),
        ("POST", "/api/v1/imports/{import_id}/commit/"),
        ("POST", "/api/v1/imports/{import_id}/undo/"),
        ("PUT", "/api/v1/reports/{report_id}/"),
        ("GET", "/api/v1/reports/{report_id}/"),
        ("GET", "/api/v1/escalations/"),
        ("GET", "/api/v1/escalations/{escalation_id}/"),
        ("POST", "/api/v1/escalations/{escalation_id}/acknowledge/"),
        ("POST", "/api/v1/escalations/{escalation_id}/resolve/"),
        ("POST", "/api/v1/escalations/{escalation_id}/renew/"),
        ("POST", "/api/v1/escalations/{escalation_id}/snooze/"),
        ("POST", "/api/v1/escalations/{escalation_id}/contacts/"),
        ("POST", "/api/v1/escalations/{escalation_id}/transfer/"),
        ("POST", "/api/v1/escalations/{escalation_id}/transfer/accept/"),
        ("POST", "/api/v1/escalations/{escalation_id}/transfer/decline/"),
        ("POST", "/api/v1/escalations/{escalation_id}/transfer/withdraw/"),
        ("POST", "/api/v1/escalations/{escalation_id}/opinion/"),
        ("POST", "/api/v1/escalations/{escalation_id}/opinion/answer/"),
        ("POST", "/api/v1/escalations/{escalation_id}/take-over/"),
        ("POST", "/api/v1/escalations/{escalation_id}/level/"),
    ]


def takes_something(method, path):
    """In the query or the body, beyond the address."""
    return (path.endswith(("_id}/", "resolve/")) and method != "GET") or (
        not path.endswith(("_id}/", "acknowledge/", "renew/", "accept/", "withdraw/", "record.zip", "risk/"))
        and not path.endswith(("commit/", "undo/"))
    )


def test_operations_fuzzed_are_all_there_are(document):
    assert {(method.upper(), path) for path, calls in document["paths"].items() for method in calls} == set(
        operations()
    )


@pytest.fixture
def _connection_stays_open():
    """The WSGI entry closes the connection after a call, and with it the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@schemathesis.serializer("text/csv", "application/hl7-v2")
def as_it_is(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@cache
def schema():
    """It says nothing of the rows of a test."""
    return schemathesis.openapi.from_wsgi(SCHEMA, app=get_wsgi_application())


@pytest.fixture
def operation_of(world, _connection_stays_open):
    return lambda method, path: schema()[path][method]


def fuzz(strategy, world, checks):
    """Call the project with each case, on addresses that exist, and check what comes back."""

    @given(case=strategy)
    @settings(
        max_examples=examples(25),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    def call(case):
        case.path_parameters = {name: world[name] for name in case.path_parameters or {}}
        headers = {"Authorization": f"Bearer {world['token']}"}
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks, headers=headers)

    call()


@pytest.mark.parametrize(("method", "path"), operations())
def test_answers_to_calls_made_from_the_schema_are_as_it_says(method, path, operation_of, world):
    strategy = operation_of(method, path).as_strategy(generation_mode=GenerationMode.POSITIVE)

    fuzz(strategy.map(lambda case: with_patient(case, world)), world, CONFORMANCE)


@pytest.mark.parametrize(("method", "path"), [pair for pair in operations() if takes_something(*pair)])
def test_calls_that_break_the_schema_are_refused_in_shape(method, path, operation_of, world):
    strategy = operation_of(method, path).as_strategy(generation_mode=GenerationMode.NEGATIVE)

    wanted = strategy.filter(breaks_what_is_sent).filter(is_of_a_size_that_is_read)
    fuzz(wanted, world, [*CONFORMANCE, negative_data_rejection])


def breaks_what_is_sent(case):
    """In the query or the body: the address and the token are replaced by good ones."""
    places = {ParameterLocation.QUERY, ParameterLocation.BODY}
    return any(part.mode.is_negative for place, part in case.meta.components.items() if place in places)


def is_of_a_size_that_is_read(case):
    """What is larger is refused for that, whatever else is wrong with it."""
    return len(json.dumps(case.body, default=str)) < LARGEST_BODY // 2


def with_patient(case, world):
    if isinstance(case.body, dict) and "patient" in case.body:
        case.body["patient"], case.body["protocol_version"] = world["patient_id"], 1
    return case
