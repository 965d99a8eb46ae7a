"""Django's PostgreSQL, with row-level security between clinics (docs/security.md)."""
