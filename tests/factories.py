"""Makes people, clinics and reports for tests; everything is made up."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid4

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from caregiver.models import GuidanceEdition, VariantEdition
from clinic.models import (
    AccessRequest,
    CareTaskEntry,
    CareTeamMember,
    Clinic,
    ClinicLanguage,
    ClinicTerms,
    EmergencyAccess,
    Escalation,
    FamilyDevice,
    Invitation,
    Listener,
    OnCall,
    PagerDrill,
    Patient,
    Protocol,
    ProtocolVersion,
    Report,
    RiskLowering,
    Shift,
    ShiftNotice,
    ShiftPattern,
    ShiftSwap,
    Staff,
    StaffInvitation,
    SystemClient,
    User,
    WritingSample,
)
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol as ProtocolRules
from tests import databases
from tests.fakes import system as systems
from tests.notifications.builders import agree

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WEEKDAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
PASSWORD = "a-long-test-passphrase"


@lru_cache
def _content_hash() -> str:
    return ProtocolRules.from_document(default_document("car-t")).content_hash


class UserFactory(DjangoModelFactory):
    """A member of staff: e-mail and password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Staff Person {n}")
    email = factory.Sequence(lambda n: f"staff{n}@clinic.example")
    password = factory.django.Password(PASSWORD)


class CaregiverFactory(DjangoModelFactory):
    """A family member: a phone and nothing else."""

    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Family Person {n}")
    phone = factory.Sequence(lambda n: f"+1202555{1000 + n}")
    password = "!"


class ClinicFactory(DjangoModelFactory):
    """A clinic that has published the default protocol."""

    class Meta:
        model = Clinic
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"clinic-{n}")
    name = factory.Sequence(lambda n: f"Clinic {n}")
    sms_brand = "Kinwatch"
    line_phone = "+12015550101"
    clinic_phone = "+12015550102"
    staffed_hours = WEEKDAYS
    keeps_shared_guidance = True

    @factory.post_generation
    def protocol(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            ProtocolVersionFactory(protocol__clinic=self)

    @factory.post_generation
    def languages(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Beside English; `languages=()` for none."""
        for language in ("es",) if extracted is None else extracted:
            ClinicLanguage.objects.create(clinic=self, language=language)


class ProtocolFactory(DjangoModelFactory):
    class Meta:
        model = Protocol

    clinic = factory.SubFactory(ClinicFactory, protocol=False)
    code = "car-t"


class _Shipped(dict[str, Any]):
    """The protocol that ships, as it ships."""


class ProtocolVersionFactory(DjangoModelFactory):
    class Meta:
        model = ProtocolVersion

    protocol = factory.SubFactory(ProtocolFactory)
    number = 1
    document = factory.LazyFunction(lambda: _Shipped(default_document("car-t")))
    content_hash = factory.LazyFunction(_content_hash)
    published_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """What ships is in the database already; sending it is most of the work of making a clinic."""
        document, kept = kwargs["document"], databases.kept_protocol()
        if not isinstance(document, _Shipped) or kept is None:
            return super()._create(model_class, *args, **kwargs)
        version = super()._create(model_class, *args, **{**kwargs, "document": kept})
        version.document = document
        return version


class StaffFactory(DjangoModelFactory):
    class Meta:
        model = Staff

    user = factory.SubFactory(UserFactory)
    clinic = factory.SubFactory(ClinicFactory)
    role = "nurse"
    phone = factory.Sequence(lambda n: f"+1203555{1000 + n}")


class OnCallFactory(DjangoModelFactory):
    class Meta:
        model = OnCall

    clinic = factory.SelfAttribute("staff.clinic")
    staff = factory.SubFactory(StaffFactory)
    position = factory.Sequence(lambda n: n)


class CoveringStaffFactory(StaffFactory):
    """Somebody whose number counts as coverage at NOW and for two weeks after."""

    phone_verified_at = NOW
    phone_tested_at = NOW


class ShiftPatternFactory(DjangoModelFactory):
    """Day and night, every day, from a Monday before NOW."""

    class Meta:
        model = ShiftPattern

    staff = factory.SubFactory(CoveringStaffFactory)
    clinic = factory.SelfAttribute("staff.clinic")
    layer = "primary"
    weekdays = factory.LazyFunction(lambda: list(range(7)))
    starts = time(7, 0)
    ends = time(7, 0)
    first_date = date(2026, 11, 2)
    created_by = factory.SubFactory(UserFactory)


class ShiftFactory(DjangoModelFactory):
    """From one hour after NOW, for eight hours."""

    class Meta:
        model = Shift

    staff = factory.SubFactory(CoveringStaffFactory)
    clinic = factory.SelfAttribute("staff.clinic")
    layer = "primary"
    starts_at = NOW + timedelta(hours=1)
    ends_at = NOW + timedelta(hours=9)
    created_by = factory.SubFactory(UserFactory)


class ShiftSwapFactory(DjangoModelFactory):
    class Meta:
        model = ShiftSwap

    from_staff = factory.SubFactory(CoveringStaffFactory)
    to_staff = factory.SubFactory(CoveringStaffFactory, clinic=factory.SelfAttribute("..from_staff.clinic"))
    clinic = factory.SelfAttribute("from_staff.clinic")
    layer = "primary"
    starts_at = NOW + timedelta(hours=1)
    ends_at = NOW + timedelta(hours=9)


class ShiftNoticeFactory(DjangoModelFactory):
    class Meta:
        model = ShiftNotice

    staff = factory.SubFactory(CoveringStaffFactory)
    clinic = factory.SelfAttribute("staff.clinic")
    layer = "primary"
    starts_at = NOW + timedelta(minutes=30)
    ends_at = NOW + timedelta(hours=8)
    sent_at = NOW


class PagerDrillFactory(DjangoModelFactory):
    class Meta:
        model = PagerDrill

    staff = factory.SubFactory(CoveringStaffFactory)
    sent_at = NOW


class PatientFactory(DjangoModelFactory):
    """Day 4 at NOW, standard risk, not far from the clinic."""

    class Meta:
        model = Patient

    clinic = factory.SubFactory(ClinicFactory)
    given_name = "Walter"
    family_name = factory.Sequence(lambda n: f"Patient{n}")
    infusion_date = date(2026, 11, 17)
    product = "axi-cel"
    target = "CD19"
    minutes_to_centre = 20


class FamilyDeviceFactory(DjangoModelFactory):
    """Waits to be confirmed."""

    class Meta:
        model = FamilyDevice

    user = factory.SubFactory(CaregiverFactory)
    browser_hash = factory.Sequence(lambda number: f"{number:064x}")
    kind = "Chrome|Android"
    first_seen_at = NOW
    last_seen_at = NOW


class EmergencyAccessFactory(DjangoModelFactory):
    class Meta:
        model = EmergencyAccess

    patient = factory.SubFactory(PatientFactory)
    user = factory.SubFactory(UserFactory)
    reason = "Nobody answers"
    opened_at = NOW
    ends_at = factory.LazyAttribute(lambda access: access.opened_at + timedelta(hours=1))
    told_at = NOW


class ListenerFactory(DjangoModelFactory):
    class Meta:
        model = Listener

    clinic = factory.SubFactory(ClinicFactory)
    address = "https://engine.river.example/in"
    created_by = factory.SubFactory(UserFactory)


class SystemClientFactory(DjangoModelFactory):
    """Another system that reads everything, by a key that was pasted."""

    class Meta:
        model = SystemClient

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda number: f"Engine {number}")
    scopes = "system/*.rs"
    keys = factory.LazyFunction(lambda: [systems.rsa_pair().public])
    created_by = factory.SubFactory(UserFactory)


class CareTaskEntryFactory(DjangoModelFactory):
    """A nurse has called on the first day."""

    class Meta:
        model = CareTaskEntry

    patient = factory.SubFactory(PatientFactory)
    course_number = 1
    number = 1
    task = "nurse_call"
    day = 1
    act = "done"
    at = NOW
    by = factory.SubFactory(UserFactory)


class RiskLoweringFactory(DjangoModelFactory):
    class Meta:
        model = RiskLowering

    patient = factory.SubFactory(PatientFactory)
    course_number = 1
    changes = factory.LazyFunction(lambda: {"tier": {"from": "high", "to": "standard"}})
    reason = "Day 40"
    proposed_at = NOW
    proposed_by = factory.SubFactory(UserFactory)


class AccessRequestFactory(DjangoModelFactory):
    """An operator wants to make somebody a nurse."""

    class Meta:
        model = AccessRequest

    clinic = factory.SubFactory(ClinicFactory)
    user = factory.SubFactory(UserFactory)
    kind = "role"
    role = "nurse"
    asked_at = NOW
    asked_by = factory.SubFactory(UserFactory, is_staff=True, is_superuser=True)


class CareTeamMemberFactory(DjangoModelFactory):
    """Has agreed to reminders."""

    class Meta:
        model = CareTeamMember
        skip_postgeneration_save = True

    user = factory.SubFactory(CaregiverFactory)
    patient = factory.SubFactory(PatientFactory)
    relation = "daughter"

    @factory.post_generation
    def agreed(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False and self.user.phone:
            agree(str(self.user.phone), now=NOW)


class ClinicTermsFactory(DjangoModelFactory):
    class Meta:
        model = ClinicTerms

    clinic = factory.SubFactory(ClinicFactory)
    number = 1
    texts = factory.LazyFunction(lambda: {"en": {"terms": "Call us.", "privacy": "We keep it."}})
    asks_again = True
    published_by = factory.SubFactory(UserFactory)


class StaffInvitationFactory(DjangoModelFactory):
    class Meta:
        model = StaffInvitation

    clinic = factory.SubFactory(ClinicFactory)
    token_hash = factory.LazyFunction(lambda: uuid4().hex)
    email = factory.Sequence(lambda n: f"invited{n}@clinic.example")
    name = factory.Sequence(lambda n: f"Invited Person {n}")
    role = "nurse"
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=72))


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    patient = factory.SubFactory(PatientFactory)
    token_hash = factory.Sequence(lambda n: f"{n:064d}")
    phone = factory.Sequence(lambda n: f"+1205555{1000 + n}")
    name = "New Person"
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: NOW + timedelta(hours=72))


class ReportFactory(DjangoModelFactory):
    """A stored report that nobody has scored yet."""

    class Meta:
        model = Report

    id = factory.LazyFunction(uuid4)
    patient = factory.SubFactory(PatientFactory)
    author = factory.SubFactory(CaregiverFactory)
    protocol_version = factory.LazyAttribute(
        lambda report: ProtocolVersion.objects.get(protocol__clinic=report.patient.clinic, number=1)
    )
    language = "en"
    answers = factory.LazyFunction(lambda: {"temp_value": "36.8", "temp_unit": "C"})
    body_hash = "0" * 64
    # Seen and sent as it comes in, unless a test says otherwise.
    observed_at = factory.LazyAttribute(lambda report: report.received_at)
    sent_at = factory.LazyAttribute(lambda report: report.received_at)
    received_at = NOW


class WritingSampleFactory(DjangoModelFactory):
    """A picture of the sentence, as if it had come in."""

    class Meta:
        model = WritingSample

    patient = factory.SubFactory(PatientFactory)
    author = factory.SubFactory(CaregiverFactory)
    picture = b"\xff\xd8\xff stands for a picture"
    width = 320
    height = 120
    written_at = NOW


class EscalationFactory(DjangoModelFactory):
    """Open and urgent."""

    class Meta:
        model = Escalation

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    level = "urgent"
    severity = 3
    opened_at = NOW
    waiting_since = NOW


class GuidanceEditionFactory(DjangoModelFactory):
    """A page that families read, version 1 in English."""

    class Meta:
        model = GuidanceEdition

    slug = factory.Sequence(lambda n: f"page-{n}")
    language = "en"
    number = 1
    at = NOW - timedelta(days=30)
    level = "routine"
    content = factory.LazyAttribute(lambda edition: guidance_content(edition.slug, edition.level))


class VariantEditionFactory(GuidanceEditionFactory):
    """A clinic's own variant that its families read, version 1 in English."""

    class Meta:
        model = VariantEdition

    clinic = factory.SubFactory(ClinicFactory)


def guidance_content(slug: str, level: str = "routine", **changes: Any) -> dict[str, Any]:
    """A small page as families get it."""
    return {
        "slug": slug,
        "number": 1,
        "title": "Taking a temperature",
        "summary": "How to measure.",
        "level": level,
        "keywords": ["fever", "thermometer"],
        "situations": ["They feel hot"],
        "days": None,
        "target": None,
        "questions": ["temp"],
        "related": [],
        "review_by": "2027-11-01",
        "reviewed": True,
        "body": [
            {"key_message": "Call {emergency_number} first."},
            {"call_now": {"heading": "Call now", "level": "emergency", "when": ["They will not wake up."]}},
            {
                "teach_back": {
                    "question": "What comes first?",
                    "options": [
                        {"text": "A call.", "right": True, "why": "Yes. It counts at any hour."},
                        {"text": "A pill.", "right": False, "why": "It hides the fever. Call first."},
                    ],
                }
            },
        ],
        **changes,
    }
