"""FHIR R4, read only, for the systems of a hospital: what resources are made of is in clinic/rules/fhir."""
