"""What the FHIR address can do, in FHIR's own words: its CapabilityStatement."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.rules.fhir.elements import Resource

FHIR_VERSION = "4.0.1"
# By type: which search parameters there are beside the paging, and whether one is read by its id.
_PATIENT = {"patient": "reference"}
SEARCHES: Mapping[str, Mapping[str, str]] = {
    "Patient": {"_id": "token", "identifier": "token", "name": "string"},
    "RelatedPerson": _PATIENT,
    "Condition": _PATIENT,
    "Procedure": _PATIENT,
    "Encounter": _PATIENT,
    "QuestionnaireResponse": {**_PATIENT, "authored": "date"},
    "Observation": {**_PATIENT, "date": "date"},
    "Provenance": _PATIENT,
    "Task": _PATIENT,
    "Communication": _PATIENT,
}
READS = ("Patient", "RelatedPerson", "QuestionnaireResponse", "Task")
SECURITY_SERVICES = "http://terminology.hl7.org/CodeSystem/restful-security-service"
EVERYTHING = "http://hl7.org/fhir/OperationDefinition/Patient-everything"


def statement(*, product: str, base: str, date: str) -> Resource:
    """`date`: since when it has been so."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": product},
        "implementation": {"description": f"Records of monitoring at home, {product}", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Nothing is written but by $import. An unknown parameter is refused.",
                "security": {
                    "description": "Authorization: Bearer, with a token of a member of staff or of a system.",
                    "service": [{"coding": [{"system": SECURITY_SERVICES, "code": "SMART-on-FHIR"}]}],
                },
                "operation": [{"name": "import", "definition": "urn:kinwatch:import"}],
                "resource": [_type(kind, names) for kind, names in SEARCHES.items()],
            }
        ],
    }


def _type(kind: str, names: Mapping[str, str]) -> Resource:
    acts = ["read", "search-type"] if kind in READS else ["search-type"]
    found: Resource = {
        "type": kind,
        "interaction": [{"code": one} for one in acts],
        "searchParam": [{"name": name, "type": of} for name, of in names.items()],
    }
    if kind == "Patient":
        found["operation"] = [{"name": "everything", "definition": EVERYTHING}]
    return found
