"""Protocol versions and drafts, and a patient as the rules know them."""
