"""The Celery application: the fast lane. The database stays the truth (docs/architecture.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("kinwatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
