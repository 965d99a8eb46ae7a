"""What the tables are: ours as text that a person can read, the editor's in one step each.

postgresql.txt and sqlite.txt are what our migrations must make (description.py).

The editor's hundred migrations take half a minute of computing; tests use one each (config/settings/test.py):
what `makemigrations` writes for the models of the pinned Wagtail. tests/schema/test_schema.py tells when
that has changed. Real databases get Wagtail's own migrations, and so do the end-to-end tests.
"""
