"""A day and a time that staff type, by their own clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from clinic.rules.core.wall_clock import moment_meant

_UNREAD = ZoneInfo("UTC")


class MomentField(forms.DateTimeField):
    """Takes what every night's clock shows: also what the change of clocks leaves out, or shows twice."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(_UNREAD):
            typed = super().to_python(value)
        if typed is None or typed.tzinfo is not _UNREAD:
            return typed
        zone = ZoneInfo(str(timezone.get_current_timezone()))
        try:
            return moment_meant(typed.replace(tzinfo=None), zone, timezone.now())
        except OverflowError:
            # At the ends of the calendar; whoever asks for a moment says that it is too far away.
            return typed.replace(tzinfo=zone)
