"""Patients as staff find and read them."""
