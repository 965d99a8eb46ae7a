import datetime
import uuid
from copy import deepcopy

import pytest

from clinic.models import Clinic, Escalation, Invitation, Patient, Report, User
from clinic.models.escalation import EscalationState
from clinic.models.report import ReportState
from clinic.protocols import default_document
from clinic.services import demo
from clinic.services.core import tokens
from clinic.services.protocols import versions

NOW = datetime.datetime(2026, 11, 22, 15, 0, tzinfo=datetime.UTC)
TOMORROW = NOW + datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def _loaded_once(for_the_whole_file) -> demo.Loaded:
    """Seconds of work, done once; the tests are on both sides of it."""
    with for_the_whole_file():
        return demo.load(now=NOW)


@pytest.fixture
def loaded(_loaded_once: demo.Loaded, db) -> demo.Loaded:
    return deepcopy(_loaded_once)


def test_two_clinics_with_every_role_and_somebody_on_call(loaded: demo.Loaded) -> None:
    roles = {(one.clinic.slug, one.role) for one in loaded.staff}
    assert roles == {
        (slug, role)
        for slug in ("harbor", "mesa")
        for role in ("nurse", "physician", "educator", "administrator")
    } | {("harbor", "social_worker")}
    assert [clinic.on_call.count() for clinic in loaded.clinics] == [3, 2]
    assert all(one.user.check_password(demo.PASSWORD) for one in loaded.staff)


def test_patients_stand_at_the_days_that_matter(loaded: demo.Loaded) -> None:
    assert {one.day for one in loaded.patients} == {-3, 4, 6, 12, 21, 45, 130, 400}
    assert Patient.objects.get(family_name="Lin").target == "BCMA"


def test_families_share_patients_and_patients_share_families(loaded: demo.Loaded) -> None:
    assert any(len(one.patients) == 2 for one in loaded.caregivers)
    george = Patient.objects.get(given_name="George")
    assert george.care_team.count() == 2
    assert User.objects.filter(language="es", phone__isnull=False).exists()


def test_the_story_went_through_the_rules(loaded: demo.Loaded) -> None:
    assert not Report.objects.exclude(state=ReportState.SCORED).exists()
    states = set(Escalation.objects.values_list("state", flat=True))
    assert states == {EscalationState.OPEN, EscalationState.ACKNOWLEDGED, EscalationState.RESOLVED}
    assert Escalation.objects.get(state=EscalationState.RESOLVED).outcome == "clinic_visit"
    assert Escalation.objects.get(patient__given_name="Aisha").level == "urgent"


def test_nothing_is_loaded_twice(loaded: demo.Loaded) -> None:
    kinds = (Clinic, User, Patient, Report, Escalation, Invitation)
    before = [kind.objects.count() for kind in kinds]
    assert {one.id for one in demo.load(now=TOMORROW).patients} == {one.id for one in loaded.patients}
    assert [kind.objects.count() for kind in kinds] == before


def test_an_expired_invitation_is_sent_again(loaded: demo.Loaded) -> None:
    a_week_later = NOW + datetime.timedelta(days=7)
    assert demo.load(now=a_week_later).invited == ("Nora Hughes",)
    assert Invitation.objects.filter(name="Nora Hughes").count() == 2


def test_a_protocol_that_people_published_stays(loaded: demo.Loaded) -> None:
    clinic = loaded.clinics[0]
    kept = default_document("car-t")
    changed = {**kept, "title": {**kept["title"], "en": "Ours", "es": "Nuestro"}}
    by = User.objects.get(email="physician@harbor.example")
    versions.publish(clinic=clinic, code="car-t", document=changed, by=by, now=NOW)
    demo.load(now=TOMORROW)
    assert clinic.protocols.get().versions.count() == 2


def test_the_listing_has_the_agreed_keys(db) -> None:
    listing = demo.load_and_list(base_url="http://127.0.0.1:8000", now=NOW)
    assert {"base_url", "clinics", "staff", "caregivers", "patients"} <= set(listing)
    assert {"email", "password", "role", "clinic", "token"} <= set(listing["staff"][0])
    assert {"phone", "patients", "token"} <= set(listing["caregivers"][0])
    assert {"id", "clinic", "day"} <= set(listing["patients"][0])
    clinics = {one["id"] for one in listing["clinics"]}
    assert {one["clinic"] for one in listing["staff"] + listing["patients"]} == clinics
    assert {uuid.UUID(one) for row in listing["caregivers"] for one in row["patients"]} <= set(
        Patient.objects.values_list("pk", flat=True)
    )


def test_every_listing_has_fresh_tokens_that_work(db) -> None:
    first, second = (demo.load_and_list(base_url="", now=NOW)["staff"][0] for _ in range(2))
    assert first["token"] != second["token"]
    for one in (first, second):
        person = tokens.authenticate(token=one["token"], now=NOW)
        assert person is not None
        assert person.email == one["email"]
