"""Guidance pages."""
