"""Who a record is about, who looks after them, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clinic.rules.fhir import elements
from clinic.rules.fhir.elements import Resource, reference, resource, text


@dataclass(frozen=True)
class Person:
    """Somebody who did or said something: a resource of this type and id, or a name alone (`key` None)."""

    kind: str
    key: object | None
    name: str

    def reference(self) -> Resource:
        if self.key is None:
            return elements.without_empty({"display": self.name})
        return reference(self.kind, self.key, self.name)


@dataclass(frozen=True)
class PatientFacts:
    """`hospital_number`, `birth_date` and `died_at` are empty where nobody knows them."""

    key: object
    clinic_key: object
    given_name: str
    family_name: str
    birth_date: date | None
    hospital_number: str
    language: str
    died_at: datetime | None


def patient(facts: PatientFacts) -> Resource:
    clinic = reference("Organization", facts.clinic_key)
    number = {
        "type": elements.concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
        "value": facts.hospital_number,
        "assigner": clinic,
    }
    return resource(
        "Patient",
        facts.key,
        identifier=[number] if facts.hospital_number else [],
        name=[
            elements.without_empty(
                {"family": facts.family_name, "given": [facts.given_name] if facts.given_name else []}
            )
        ],
        birthDate=elements.day(facts.birth_date),
        deceasedDateTime=elements.moment(facts.died_at),
        communication=[{"language": elements.language(facts.language), "preferred": True}],
        managingOrganization=clinic,
    )


def organization(*, key: object, name: str, phones: list[str]) -> Resource:
    return resource(
        "Organization", key, name=name, telecom=[one for phone in phones for one in elements.phone(phone)]
    )


def practitioner(*, key: object, name: str) -> Resource:
    """Of staff the name alone."""
    return resource("Practitioner", key, name=[text(name)])


def related_person(
    *,
    key: object,
    patient_key: object,
    name: str,
    phone: str,
    relation: str,
    language: str,
    since: datetime,
    until: datetime | None,
) -> Resource:
    """A caregiver, for as long as they had access."""
    return resource(
        "RelatedPerson",
        key,
        active=until is None,
        patient=reference("Patient", patient_key),
        relationship=[text(relation)] if relation else [],
        name=[text(name)] if name else [],
        telecom=elements.phone(phone),
        period=elements.period(since, until),
        communication=[{"language": elements.language(language)}],
    )
