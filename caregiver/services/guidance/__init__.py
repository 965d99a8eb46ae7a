"""Guidance from a draft to what a family reads."""
