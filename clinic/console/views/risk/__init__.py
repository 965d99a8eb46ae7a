"""Pages of labs and of a patient's own risk."""
