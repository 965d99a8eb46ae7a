import pytest

from clinic.models import Clinic
from clinic.queries.watch import setup
from clinic.rules.accounts.directory import GroupRole
from config import env
from tests import factories


@pytest.fixture
def complete(settings):
    """Settings to which nothing is lacking."""
    settings.DEMO = False
    settings.STAFF_CHECKS = True
    settings.MESSAGE_PROVIDER = "twilio"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "token"
    settings.TWILIO_MESSAGING_SERVICES = {"codes": "MG1", "reminders": "MG2", "paging": "MG3"}
    settings.TWILIO_VOICE_FROM = "+12025550100"
    settings.EMAIL_SERVER = env.email_server("smtp+tls://mail.example")
    settings.HEARTBEAT_URL = "https://monitor.example/ping"
    settings.PUBLIC_BASE_URL = "https://kin.example"
    settings.VAPID_PRIVATE_KEY = "key"
    settings.AUDIT_CHECKPOINT = "https://keeper.example/checkpoints"
    settings.PROXIES_ARE_KNOWN = True
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example"]
    return settings


def test_one_setting_is_asked_for_once(complete):
    complete.MESSAGE_PROVIDER, complete.TWILIO_ACCOUNT_SID, complete.TWILIO_AUTH_TOKEN = "console", "", ""

    assert [one.code for one in setup.of_settings()] == ["no_provider"]


@pytest.mark.parametrize(
    ("name", "value", "code", "alarms"),
    [
        ("PRODUCT_NAME", "Kinwatch", None, None),
        ("DEMO", True, "demo", True),
        ("MESSAGE_PROVIDER", "console", "no_provider", True),
        ("TWILIO_ACCOUNT_SID", "", "no_keys", True),
        ("TWILIO_AUTH_TOKEN", "", "no_keys", True),
        (
            "TWILIO_MESSAGING_SERVICES",
            {"codes": "", "reminders": "MG2", "paging": "MG3"},
            "no_service_codes",
            True,
        ),
        (
            "TWILIO_MESSAGING_SERVICES",
            {"codes": "MG1", "reminders": "MG2", "paging": ""},
            "no_service_paging",
            True,
        ),
        ("TWILIO_VOICE_FROM", "", "no_voice_number", True),
        ("EMAIL_SERVER", None, "no_second_way", True),
        ("HEARTBEAT_URL", "", "no_outside_monitor", True),
        ("PUBLIC_BASE_URL", "http://kin.example", "no_https", True),
        ("VAPID_PRIVATE_KEY", "", "no_push_key", False),
        ("AUDIT_CHECKPOINT", "", "no_audit_checkpoint", False),
        ("PROXIES_ARE_KNOWN", False, "no_trusted_proxies", False),
        ("SECURITY_CONTACT", [], "no_security_contact", False),
        ("STAFF_CHECKS", False, "no_staff_checks", False),
        ("OIDC_ISSUER", "https://directory.example", "no_directory_groups", False),
    ],
)
def test_each_setting_that_is_missing_is_named_with_what_to_do(complete, name, value, code, alarms):
    setattr(complete, name, value)

    found = setup.of_settings()

    assert [(one.code, one.alarms) for one in found] == ([(code, alarms)] if code else [])
    assert all(one.what.endswith(".") and one.todo.endswith((".", "…")) for one in found)


def codes(now):
    return sorted((one.clinic, one.code, one.alarms) for one in setup.of_clinics(now=now))


def test_installation_without_a_clinic(db, now):
    assert codes(now) == [("", "no_clinic", True)]


@pytest.fixture
def with_own_settings(clinic, other_clinic):
    """Two clinics that have said all that families read of them."""
    for number, one in enumerate((clinic, other_clinic), start=1):
        one.keypad_phone = f"+1202555018{number}"
        one.holidays = [{"first": "2026-12-24", "last": "2027-01-01", "name": "Christmas"}]
        one.save()
        texts = {"terms": "Call us.", "privacy": "We keep it."}
        factories.ClinicTermsFactory(clinic=one, texts={"en": texts, "es": texts})


def test_clinic_that_has_said_nothing_to_families(clinic, now):
    clinic.staffed_hours = {"mon": []}
    clinic.holidays = [{"first": "2025-12-24", "last": "2025-12-26", "name": "Over"}]
    clinic.save()
    found = [one for one in setup.of_clinics(now=now) if not one.alarms]

    assert [one.code for one in found] == [
        *("no_staffed_hours", "no_keypad_number", "no_holidays", "no_terms")
    ]
    assert "missing in: en, es." in found[-1].what


def test_clinic_with_nobody(clinic, now):
    assert codes(now) == [
        ("river", "empty_chain", True),
        ("river", "no_administrator", True),
        ("river", "no_holidays", False),
        ("river", "no_keypad_number", False),
        ("river", "no_terms", False),
    ]


def test_clinic_that_is_complete(clinic, now, with_own_settings):
    factories.StaffFactory(clinic=clinic, role="administrator")
    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic), position=0)

    assert [one for one in codes(now) if one[0] == clinic.slug] == []


def test_each_clinic_is_looked_at_for_itself(clinic, other_clinic, now, with_own_settings):
    factories.StaffFactory(clinic=clinic, role="administrator", phone="")
    factories.OnCallFactory(
        staff=factories.StaffFactory(clinic=clinic, phone_verified_at=None, user__email=""), position=0
    )
    factories.StaffFactory(clinic=other_clinic, role="administrator", user__is_active=False)

    assert codes(now) == [
        ("lake", "empty_chain", True),
        ("lake", "no_administrator", True),
        ("river", "no_email", True),
        ("river", "no_lead_with_phone", False),
        ("river", "rota_gap", False),
        ("river", "unverified_number", True),
    ]


def test_somebody_writes_the_guidance_that_all_share(clinic, now, with_own_settings):
    missing = ("", "no_guidance_keeper", False)
    assert missing not in codes(now)
    Clinic.objects.update(keeps_shared_guidance=False)
    assert missing in codes(now)
    factories.ClinicFactory(keeps_shared_guidance=True)
    assert missing not in codes(now)


def test_with_a_directory_somebody_gets_in_while_it_is_down(clinic, now, settings, with_own_settings):
    lead = factories.StaffFactory(clinic=clinic, role="administrator")
    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic), position=0)
    settings.OIDC_ISSUER = "https://directory.example"
    settings.OIDC_GROUPS = (GroupRole("river", "nurse", "x"), GroupRole("gone", "nurse", "x"))
    of_all = ("", "directory_of_no_clinic", False)
    assert [one for one in codes(now) if one[0] in {"", "river"}] == [of_all]

    lead.user.set_unusable_password()
    lead.user.save()
    assert [one for one in codes(now) if one[0] in {"", "river"}] == [
        of_all,
        ("river", "no_emergency_account", True),
    ]
