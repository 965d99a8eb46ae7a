"""Shifts, swaps, notices, and numbers that are proven to reach somebody."""
