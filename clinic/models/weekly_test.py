"""The weekly true alert: a made-up patient's urgent report through the whole chain."""

from django.db import models


class WeeklyTest(models.Model):
    """One run. Until a person has answered it, the outside monitor hears nothing after ten minutes."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="weekly_tests")
    report = models.OneToOneField("clinic.Report", on_delete=models.PROTECT, related_name="weekly_test")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "-sent_at"], name="weekly_test_of_clinic")]

    def __str__(self) -> str:
        return f"weekly test {self.sent_at:%Y-%m-%d}"
