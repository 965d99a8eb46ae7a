"""The editor's tables in one step each, for tests: its hundred migrations take half a minute of computing.

What `makemigrations` writes for the models of the pinned Wagtail; tests/schema/test_schema.py tells when
that has changed. Real databases get Wagtail's own migrations, and so do the end-to-end tests.
"""
