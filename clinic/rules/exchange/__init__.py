"""What other systems send, read into rows: from CSV, FHIR R4 and HL7 v2. What becomes of a row: services."""
