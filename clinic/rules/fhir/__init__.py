"""A record as FHIR R4: pure functions from facts to resources. From which rows: clinic/queries/fhir."""
