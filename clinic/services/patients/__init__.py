"""Enrolling patients, inviting their family, preparing them for going home."""
