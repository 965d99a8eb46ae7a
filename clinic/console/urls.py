"""Addresses of the console."""

from django.urls import path

from clinic.console.views import worklist

urlpatterns = [
    path("", worklist.worklist, name="console_worklist"),
]
