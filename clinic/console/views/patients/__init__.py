"""Pages of patients and their families."""
