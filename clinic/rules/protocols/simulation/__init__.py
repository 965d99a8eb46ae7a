"""Runs a protocol on an invented cohort: what would staff be paged for, and what would be seen in time."""
