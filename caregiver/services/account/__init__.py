"""Signing in, terms, and what people choose."""
