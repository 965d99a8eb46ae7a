"""Guidance pages as families and educators see them."""
