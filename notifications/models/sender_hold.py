"""A sender that does not work at all: what is not urgent waits for it."""

from django.db import models

from notifications.rules.purposes import Service


class SenderHold(models.Model):
    service = models.CharField(max_length=10, primary_key=True, choices=[(s.value, s.value) for s in Service])
    until = models.DateTimeField()
    error_code = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.service} until {self.until:%H:%M}"
