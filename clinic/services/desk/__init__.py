"""Handing a shift over, locking a desk, and every look at a patient on record."""
