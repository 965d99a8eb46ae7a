"""A patient after CAR-T cell therapy, as far as monitoring needs it."""

import uuid
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models.search_fields import DerivedField, with_derived
from clinic.rules.patients import names

# What a clinic asks by unless a course says otherwise.
DEFAULT_PROTOCOL = "car-t"


class Target(models.TextChoices):
    """What the cells aim at; decides which late effects are asked for."""

    CD19 = "CD19", "CD19"
    BCMA = "BCMA", "BCMA"


class Tier(models.TextChoices):
    """Risk tier, set by staff."""

    STANDARD = "standard", _("Standard")
    HIGH = "high", _("High")


class PatientStatus(models.TextChoices):
    """Only a monitored patient is reminded, and only a monitored patient's silence alarms.

    Preparing: enrolled, not yet at home. Paused always ends by itself. In hospital ends with a discharge and
    by nothing else. Who has died, or is monitored no more, got there by a life event (models/life_event.py).
    """

    PREPARING = "preparing", _("Preparing to go home")
    ACTIVE = "active", _("Monitored")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")
    ADMITTED = "admitted", _("In hospital")
    DIED = "died", _("Died")


class Patient(models.Model):
    """Day 0 is `infusion_date` in `time_zone`. Flags and baselines are set by staff, never by family.

    Day 0, product, target, disease and protocol are a copy of the current course (models/course.py), so that
    whatever asks about today needs no other row. About another moment ask queries/patients/courses.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="patients")
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    # As rules/patients/names.py writes it, so that one number is not two; empty where none is known.
    hospital_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    infusion_date = models.DateField()
    # A code of the catalogue, or the name of another product; rules ask queries/core/products.py.
    product = models.CharField(max_length=40)
    target = models.CharField(max_length=10, choices=Target.choices)
    # As queries/core/diseases.py reads it; empty where nobody knows it. No rule asks for it.
    disease = models.CharField(max_length=80, blank=True, default="", db_default="")
    protocol_code = models.CharField(max_length=50, default=DEFAULT_PROTOCOL, db_default=DEFAULT_PROTOCOL)
    # Above one there were courses before.
    course_number = models.PositiveSmallIntegerField(default=1, db_default=1)
    # The days before are on another clinic's record: models/clinic_transfer.py.
    came_by_transfer = models.BooleanField(default=False, db_default=False)
    tier = models.CharField(max_length=10, choices=Tier.choices, default=Tier.STANDARD)
    immune_risk = models.BooleanField(default=False)
    neutropenia = models.BooleanField(default=False)
    platelets_low = models.BooleanField(default=False)
    # After tocilizumab fever may be hidden; staff set the last day on which that holds.
    masked_until = models.DateField(null=True, blank=True)
    # {"sbp", "spo2", "home_check", "pain", "activity", "movement"}: this person's own usual values.
    baseline = models.JSONField(default=dict, blank=True)
    # Empty is unknown, and counts as far.
    minutes_to_centre = models.PositiveSmallIntegerField(null=True, blank=True)
    # The emergency room nearest to where they stay, as families are told it; empty where nobody knows it.
    nearest_emergency = models.CharField(max_length=80, blank=True, default="", db_default="")
    # The family has said that they cannot come in until then: services/checkins/transport.py.
    no_transport_until = models.DateTimeField(null=True, blank=True)
    # A copy of the reasons that the current risk run holds (services/risk/runs.py), so that whatever asks
    # which monitoring fits needs no other row; words with a blank between them.
    findings = models.CharField(max_length=300, blank=True, default="", db_default="")
    time_zone = models.CharField(max_length=60, default="America/New_York")
    language = models.CharField(max_length=10, default="en")
    status = models.CharField(max_length=10, choices=PatientStatus.choices, default=PatientStatus.ACTIVE)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    # Silence counts from here: the start of monitoring, or the end of the last pause.
    monitored_since = models.DateTimeField(null=True, blank=True)
    # When they last came home from hospital, or monitoring began that had waited for it; empty where nobody
    # recorded it. Check-ins and care tasks may count from that day.
    home_since = models.DateTimeField(null=True, blank=True)
    # Why one caregiver has to do, where there is no second one.
    single_caregiver_reason = models.CharField(max_length=200, blank=True, db_default="")
    # Why monitoring began before everything was proven to work; staff see it as long as it stands here.
    start_override = models.CharField(max_length=200, blank=True, db_default="")
    # Nobody: carries the weekly test of the alarm chain. No list, count, figure or export shows it.
    is_synthetic = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When name and words went (services/patients/erasure.py): since then nobody finds this record any more.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    given_key = DerivedField(
        derive=lambda patient: names.key_of(patient.given_name), derived_from=("given_name",)
    )
    family_key = DerivedField(
        derive=lambda patient: names.key_of(patient.family_name), derived_from=("family_name",)
    )
    search_text = DerivedField(
        derive=lambda patient: names.search_text(
            [patient.given_name, patient.family_name], numbers=[patient.hospital_number]
        ),
        derived_from=("given_name", "family_name", "hospital_number"),
    )

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "family_name", "id"], name="patient_of_clinic"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="patient_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "hospital_number"],
                condition=~models.Q(hospital_number=""),
                name="patient_hospital_number_once",
            ),
            models.CheckConstraint(name="patient_target_known", condition=models.Q(target__in=Target.values)),
            models.CheckConstraint(name="patient_tier_known", condition=models.Q(tier__in=Tier.values)),
            models.CheckConstraint(
                name="patient_status_known", condition=models.Q(status__in=PatientStatus.values)
            ),
            # A pause without an end would silence a patient for ever.
            models.CheckConstraint(
                name="patient_pause_has_end",
                condition=~models.Q(status="paused") | models.Q(paused_until__isnull=False),
            ),
            # One made-up patient a clinic, never monitored: nothing reminds of or misses its check-ins.
            models.UniqueConstraint(
                fields=["clinic"],
                condition=models.Q(is_synthetic=True),
                name="patient_one_synthetic_per_clinic",
            ),
            models.CheckConstraint(
                name="patient_synthetic_not_monitored",
                condition=models.Q(is_synthetic=False) | models.Q(status="ended"),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        super().save(*args, update_fields=with_derived(Patient, update_fields), **kwargs)

    @property
    def full_name(self) -> str:
        if self.erased_at is not None:
            return gettext("Deleted person")
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()
