"""Staff sign-in: by e-mail and password in the demo, with a second factor everywhere else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.core.ratelimit import respond_429
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from clinic.models import AuditEvent
from clinic.services.core import tokens
from tests import factories

pytestmark = pytest.mark.django_db
# Enrolment is noted in the session when it commits, before the session is saved.
commits = pytest.mark.django_db(transaction=True)
LOGIN = "/accounts/login/"
WORKLIST = "/console/"


@pytest.fixture
def production(settings):
    settings.DEMO = False


def sign_in(client, user, password=factories.PASSWORD, **extra):
    return client.post(LOGIN, {"login": user.email, "password": password, **extra})


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def enrol(client):
    """Set up an authenticator app in a signed-in browser; returns its secret."""
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert response.status_code == 302, response.context["form"].errors
    return secret


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("nurse", "/console/"),
        ("physician", "/console/"),
        ("administrator", "/console/"),
        ("educator", "/accounts/"),
    ],
)
def test_each_role_lands_where_it_works(client, clinic, role, place):
    user = factories.StaffFactory(clinic=clinic, role=role).user

    response = sign_in(client, user)

    assert (response.status_code, response["Location"]) == (302, place)
    assert AuditEvent.objects.filter(action="sign_in.done", actor_id=user.pk).count() == 1


def test_operator_lands_in_the_admin(client):
    operator = factories.UserFactory(is_staff=True, is_superuser=True)

    assert sign_in(client, operator)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_educator_reads_what_they_can_do(client, clinic):
    educator = factories.StaffFactory(clinic=clinic, role="educator").user
    sign_in(client, educator)

    page = client.get("/accounts/").content.decode()

    assert "You write the guidance that families read." in page
    assert "Open the console" not in page


def test_user_whose_role_has_ended_may_sign_in_and_is_told_that_nothing_is_theirs(client, nurse):
    nurse.staff_roles.update(ended_at=datetime.now(UTC), ended_by=nurse)

    assert sign_in(client, nurse)["Location"] == "/accounts/"
    assert "You have no role at any clinic" in client.get("/accounts/").content.decode()


def test_sign_in_goes_on_to_where_one_wanted_to_be_but_never_elsewhere(client, nurse):
    assert sign_in(client, nurse, next="/console/?clinic=1")["Location"] == "/console/?clinic=1"
    client.logout()
    assert sign_in(client, nurse, next="https://evil.example/")["Location"] == WORKLIST


def test_wrong_password_and_unknown_address_read_the_same(client, nurse):
    wrong = sign_in(client, nurse, password="not the password")
    unknown = client.post(LOGIN, {"login": "nobody@clinic.example", "password": "not the password"})

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert wrong.status_code == unknown.status_code == 200
    assert AuditEvent.objects.filter(action="sign_in.failed").count() == 2


def test_password_is_not_accepted_after_five_wrong_ones_and_is_again_later(client, nurse):
    for _ in range(5):
        sign_in(client, nurse, password="wrong")
    assert sign_in(client, nurse).status_code == 200

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert sign_in(client, nurse).status_code == 302


def test_deactivated_user_cannot_sign_in_and_a_running_session_ends(client, nurse):
    other = Client()
    sign_in(other, nurse)
    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    assert sign_in(client, nurse)["Location"] == reverse("account_inactive")
    assert other.get("/accounts/").status_code == 302
    assert other.get("/api/v1/patients/").status_code == 401


def test_ended_role_ends_access_of_a_running_session(client, nurse, patient):
    sign_in(client, nurse)
    assert client.get(f"/api/v1/patients/{patient.pk}/").status_code == 200

    nurse.staff_roles.update(ended_at=datetime.now(UTC), ended_by=nurse)

    assert client.get(f"/api/v1/patients/{patient.pk}/").status_code == 404


def test_session_ends_twelve_hours_after_sign_in_however_busy(client, nurse):
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, nurse)
        for hours in (4, 8, 11.99):
            clock.move_to(start + timedelta(hours=hours))
            assert client.get("/accounts/").status_code == 200
        clock.move_to(start + timedelta(hours=12, seconds=1))
        assert client.get("/accounts/").status_code == 302


def test_family_find_no_staff_account_pages(client, caregiver):
    client.force_login(caregiver)

    assert client.get("/accounts/").status_code == 404
    assert client.get(reverse("mfa_index")).status_code == 404
    assert client.get(LOGIN)["Location"] == reverse("caregiver_home")


def test_family_have_no_password_to_sign_in_with(client, caregiver):
    response = client.post(LOGIN, {"login": str(caregiver.phone), "password": ""})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "name", ["account_signup", "account_reset_password", "account_email", "account_request_login_code"]
)
def test_there_is_no_registration_and_no_reset_by_e_mail(client, name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "login/code/", "2fa/webauthn/login/", "3rdparty/"]
)
def test_addresses_that_we_do_not_offer_are_not_there(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_admin_sign_in_is_the_staff_sign_in(client, nurse):
    response = client.get("/admin/login/?next=/admin/clinic/")
    assert response["Location"] == f"{LOGIN}?next=/admin/clinic/"
    assert (
        client.post("/admin/login/", {"username": nurse.email, "password": factories.PASSWORD}).status_code
        == 302
    )
    assert "_auth_user_id" not in client.session

    sign_in(client, nurse)
    assert client.get("/admin/", follow=True).status_code == 404


def test_password_change_asks_for_the_old_one(client, nurse):
    sign_in(client, nurse)
    page = reverse("account_change_password")
    new = "another-long-passphrase"

    wrong = client.post(page, {"oldpassword": "guess", "password1": new, "password2": new})
    assert "oldpassword" in wrong.context["form"].errors
    short = client.post(page, {"oldpassword": factories.PASSWORD, "password1": "short", "password2": "short"})
    assert "password1" in short.context["form"].errors
    done = client.post(page, {"oldpassword": factories.PASSWORD, "password1": new, "password2": new})

    assert done.status_code == 302
    nurse.refresh_from_db()
    assert nurse.check_password(new)


def test_sign_out_needs_a_post_and_ends_the_session(client, nurse):
    sign_in(client, nurse)
    old = client.cookies["sessionid"].value
    assert client.get(reverse("account_logout")).status_code == 200
    client.post(reverse("account_logout"))

    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get("/accounts/").status_code == 302


def test_other_sessions_can_be_ended(client, nurse):
    elsewhere = Client()
    sign_in(elsewhere, nurse)
    elsewhere.get("/accounts/")
    sign_in(client, nurse)

    page = client.get(reverse("usersessions_list"))
    assert page.context["session_count"] == 2
    client.post(reverse("usersessions_list"))

    assert client.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302


def test_password_alone_is_enough_in_the_demo(client, nurse):
    sign_in(client, nurse)

    assert client.get("/api/v1/patients/").status_code == 200


def test_password_alone_reaches_only_enrolment(client, nurse, patient, production):
    response = sign_in(client, nurse)

    assert response.status_code == 302
    for path in (WORKLIST, "/", "/accounts/", "/accounts/sessions/", "/admin/", f"/check-in/{patient.pk}/"):
        assert client.get(path)["Location"] == reverse("mfa_index"), path
    refused = client.get("/api/v1/patients/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_needed")
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"):
        assert client.get(reverse(name)).status_code == 200, name


@commits
def test_enrolment_lets_the_session_in_and_the_next_sign_in_asks_for_the_code(client, nurse, production):
    sign_in(client, nurse)
    secret = enrol(client)
    assert client.get("/api/v1/patients/").status_code == 200
    client.post(reverse("account_logout"))

    first = sign_in(client, nurse)
    assert first["Location"] == reverse("mfa_authenticate")
    assert client.get("/api/v1/patients/").status_code == 401
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.get("/api/v1/patients/").status_code == 401
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        second = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert second["Location"] == WORKLIST
        assert client.get("/api/v1/patients/").status_code == 200


@commits
def test_session_after_a_second_factor_also_ends_after_twelve_hours(client, nurse, production):
    sign_in(client, nurse)
    secret = enrol(client)
    client.post(reverse("account_logout"))
    start = datetime.now(UTC) + timedelta(minutes=1)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, nurse)
        client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
        assert client.get("/accounts/").status_code == 200
        clock.move_to(start + timedelta(seconds=django_settings.STAFF_SESSION_AGE + 1))
        assert client.get("/accounts/").status_code == 302


@commits
def test_password_only_session_is_not_lifted_by_an_enrolment_elsewhere(client, nurse, production):
    thief = Client()
    sign_in(thief, nurse)

    sign_in(client, nurse)
    enrol(client)

    assert client.get("/api/v1/patients/").status_code == 200
    assert thief.get("/api/v1/patients/").status_code == 403
    assert thief.get(WORKLIST)["Location"].startswith(LOGIN)
    assert thief.get("/api/v1/patients/").status_code == 401


def test_session_that_came_by_another_door_is_sent_to_the_sign_in(client, nurse, production):
    sign_in(Client(), nurse)
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(nurse)

    assert client.get(WORKLIST)["Location"] == f"{LOGIN}?next={WORKLIST}"
    assert "_auth_user_id" not in client.session


@commits
def test_removing_the_last_factor_closes_everything_again(client, nurse, production):
    sign_in(client, nurse)
    enrol(client)
    assert client.get("/api/v1/patients/").status_code == 200

    client.post(reverse("mfa_deactivate_totp"))

    assert client.get(WORKLIST)["Location"] == reverse("mfa_index")


@commits
def test_secret_of_the_app_is_not_stored_in_the_clear(client, nurse):
    sign_in(client, nurse)
    secret = enrol(client)

    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert stored != secret


@commits
def test_recovery_codes_are_shown_once_and_each_works_once(client, nurse, production):
    sign_in(client, nurse)
    enrol(client)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    client.post(reverse("account_logout"))

    sign_in(client, nurse)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == WORKLIST
    client.post(reverse("account_logout"))
    sign_in(client, nurse)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert client.get("/api/v1/patients/").status_code == 401


@commits
def test_code_of_the_app_works_once(client, nurse, production):
    sign_in(client, nurse)
    secret = enrol(client)
    client.post(reverse("account_logout"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False):
        code = code_of(secret)
        sign_in(client, nurse)
        assert client.post(reverse("mfa_authenticate"), {"code": code})["Location"] == WORKLIST
        client.post(reverse("account_logout"))
        sign_in(client, nurse)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_changing_factors_asks_again_ten_minutes_after_sign_in(client, nurse):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        sign_in(client, nurse)
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        clock.shift(timedelta(minutes=10, seconds=1))
        response = client.get(reverse("mfa_activate_totp"))
        assert response["Location"].startswith(reverse("account_reauthenticate"))
        client.post(response["Location"], {"password": factories.PASSWORD})
        assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_token_needs_no_second_factor(client, nurse, production, patient):
    token = tokens.issue(user=nurse, label="system", days=1, now=timezone.now())

    assert client.get("/api/v1/patients/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_family_owe_no_second_factor(client, caregiver, production):
    client.force_login(caregiver)

    assert client.get("/api/v1/patients/").status_code == 200


def test_pages_carry_no_inline_script_and_no_style(client, nurse):
    sign_in(client, nurse)
    pages = [
        "account_home",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_list_webauthn",
        "usersessions_list",
    ]
    for name in pages:
        text = client.get(reverse(name)).content.decode()
        assert " style=" not in text, name
        assert "<style" not in text, name
        for script in text.split("<script")[1:]:
            assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0], name


@commits
def test_every_field_says_once_what_it_is_and_stays_so_while_somebody_types(client, nurse, production):
    pages = {"account_login": client.get(LOGIN)}
    sign_in(client, nurse)
    pages["mfa_activate_totp"] = client.get(reverse("mfa_activate_totp"))
    enrol(client)
    for name in ("account_reauthenticate", "mfa_reauthenticate", "account_change_password"):
        pages[name] = client.get(reverse(name))
    pages["mfa_add_webauthn"] = client.get(reverse("mfa_add_webauthn"))
    key = Authenticator.objects.create(user=nurse, type="webauthn", data={"name": "At my desk"})
    pages["mfa_edit_webauthn"] = client.get(reverse("mfa_edit_webauthn", args=[key.pk]))
    key.delete()
    client.post(reverse("account_logout"))
    pages["mfa_authenticate"] = client.get(sign_in(client, nurse)["Location"])

    assert {name: labels_of(page) for name, page in pages.items()} == {
        "account_login": ["E-mail", "Password"],
        "mfa_activate_totp": ["Code from the app"],
        "account_reauthenticate": ["Password"],
        "mfa_reauthenticate": ["Code"],
        "account_change_password": [
            "The password that you have now",
            "New password",
            "The new password again",
        ],
        "mfa_add_webauthn": ["Name of the key (optional)"],
        "mfa_edit_webauthn": ["Name of the key"],
        "mfa_authenticate": ["Code"],
    }
    for name, page in pages.items():
        assert b"placeholder" not in page.content, name


def labels_of(page):
    found = re.findall(r'<label class="label"[^>]*>(.*?)</label>', page.content.decode(), re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", "", one).split()) for one in found]


# What django-allauth would say of itself; staff read our words at every step.
ITS_OWN = (
    *(
        "successfully",
        "Incorrect",
        "specified",
        "activated",
        "deactivated",
        "failed login",
        "Too Many Requests",
    ),
    *("Signed out of all other", "A new set of", "currently inactive", "enabled", "two-factor"),
)


def own_words(response):
    text = response.content.decode()
    assert [word for word in ITS_OWN if word in text] == []
    return text


@commits
def test_every_step_of_an_account_is_said_in_our_words(client, nurse):
    wrong = own_words(sign_in(client, nurse, password="not the password"))
    sign_in(client, nurse)
    page = reverse("account_change_password")
    new = "another-long-passphrase"
    guessed = own_words(client.post(page, {"oldpassword": "guess", "password1": new, "password2": new}))
    body = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    changed = own_words(client.post(page, body, follow=True))
    wrong_code = own_words(client.post(reverse("mfa_activate_totp"), {"code": "000000"}))
    enrol(client)
    set_up = own_words(client.get(reverse("mfa_index")))
    codes = own_words(client.post(reverse("mfa_generate_recovery_codes"), follow=True))
    removed = own_words(client.post(reverse("mfa_deactivate_totp"), follow=True))
    sessions = own_words(client.post(reverse("usersessions_list"), follow=True))

    assert "E-mail or password is not right." in wrong
    assert "This is not the password that you have now." in guessed
    assert "The new password counts from now on." in changed
    assert "That did not match." in wrong_code
    assert "The app is set up." in set_up
    assert "New recovery codes are made." in codes
    assert "The app is removed." in removed
    assert "You are signed out everywhere else." in sessions


def test_too_many_passwords_are_refused_in_our_words(client, nurse):
    for _ in range(5):
        sign_in(client, nurse, password="wrong")

    refused = own_words(sign_in(client, nurse))

    assert "Too many passwords that were not right. Wait five minutes, then try again." in refused


def test_page_of_somebody_who_tries_too_often_is_ours(rf, nurse):
    request = rf.get(LOGIN)
    request.user = nurse

    page = respond_429(request)

    assert page.status_code == 429
    assert "Wait a few minutes, then try again." in own_words(page)


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("account_logout", "account_home"),
        ("account_change_password", "account_home"),
        ("account_reauthenticate", "account_home"),
        ("account_inactive", "account_login"),
        ("mfa_index", "account_home"),
        ("mfa_activate_totp", "mfa_index"),
        ("mfa_add_webauthn", "mfa_index"),
    ],
)
def test_each_page_of_an_account_has_a_way_back(client, nurse, name, back):
    sign_in(client, nurse)

    main = client.get(reverse(name)).content.decode().split("<main")[1]

    assert f'href="{reverse(back)}"' in main


def test_leaving_is_asked_once_on_its_page(client, nurse):
    sign_in(client, nurse)

    page = client.get(reverse("account_logout")).content.decode()

    assert page.count("Sign out</button>") == 1
