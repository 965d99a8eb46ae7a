"""Labs, facts and risk assessments of a patient, for staff alone."""
