"""Joining, signing in, settings, terms."""
