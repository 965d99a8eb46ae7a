"""Sign-in by the hospital's directory, against a provider that runs here."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent, Pin, Staff, User
from clinic.models.system_alarm import AlarmKind, SystemAlarm
from clinic.rules.accounts.directory import GroupRole
from config import urls  # noqa: F401 - with all addresses of the demo, before it is switched off
from config.settings import directory as directory_settings
from tests import factories

pytestmark = [
    pytest.mark.django_db,
    # The provider's own, on its way to the next version of its libraries.
    pytest.mark.filterwarnings("ignore:.*module is deprecated"),
]

BEGIN = "/accounts/oidc/directory/login/"
NURSES = GroupRole("river", "nurse", "Kinwatch Nurses")
LEADS = GroupRole("river", "administrator", "Kinwatch Leads")
PIA = {
    "email": "Pia.Nurse@Hospital.example",
    "email_verified": True,
    "name": "Pia Nurse",
    "groups": ["Everybody", "Kinwatch Nurses"],
    "amr": ["pwd", "mfa"],
}


@pytest.fixture(scope="module")
def provider():
    """The address of a provider of OpenID Connect, in a thread of its own."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def with_directory(settings, provider, clinic):
    settings.DEMO = False
    settings.OIDC_ISSUER = provider
    settings.OIDC_GROUPS = (LEADS, NURSES)
    settings.SOCIALACCOUNT_PROVIDERS = directory_settings.providers(provider, "kinwatch", "secret")


@pytest.fixture
def tell(provider):
    """What the directory says of a person from now on."""

    def call(subject="pia", **claims):
        told = {name: value for name, value in (PIA | claims).items() if value is not None}
        requests.put(f"{provider}/users/{subject}", json=told, timeout=10).raise_for_status()

    return call


def at_the_directory(client, subject="pia", *, begin=BEGIN):
    """Through our door to the directory, sign in there, and the address that leads back."""
    away = client.get(begin)
    assert away.status_code == 302, away.content.decode()[:300]
    answer = requests.post(away["Location"], data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def come_in(client, subject="pia", **how):
    return client.get(at_the_directory(client, subject, **how))


def refusals():
    return [row.detail["code"] for row in AuditEvent.objects.filter(action="sign_in.refused")]


def test_who_is_in_a_group_gets_its_role_and_needs_no_second_factor_here(client, clinic, tell):
    tell()
    answer = come_in(client)

    assert (answer.status_code, answer["Location"]) == (302, "/console/")
    assert client.get("/console/").status_code == 200
    staff = Staff.objects.get(user__email="pia.nurse@hospital.example")
    assert (staff.clinic, staff.role, staff.from_directory) == (clinic, "nurse", True)
    assert (staff.user.name, staff.user.has_usable_password()) == ("Pia Nurse", False)
    assert staff.user.time_zone == clinic.time_zone
    assert SystemAlarm.objects.filter(clinic=clinic, kind=AlarmKind.ACCESS_GIVEN).exists()
    actions = set(AuditEvent.objects.values_list("action", "actor_kind"))
    assert {
        ("user.added", "directory"),
        ("staff.added", "directory"),
        ("sign_in.done", "person"),
    } <= actions
    # Nothing of what the directory told stays but who it was.
    assert SocialAccount.objects.values_list("uid", "extra_data").get() == ("pia", {})


def test_second_time_is_the_same_person_whatever_their_address_is_by_then(client, tell):
    tell()
    come_in(client)
    tell(email="married@hospital.example")
    come_in(Client())

    assert User.objects.filter(staff_roles__isnull=False).count() == 1
    assert Staff.objects.count() == 1
    assert AuditEvent.objects.filter(action="staff.added").count() == 1


@pytest.mark.parametrize("proof", [{"amr": ["pwd"]}, {"amr": None}, {"amr": None, "acr": "urn:weak"}])
def test_where_the_directory_proves_none_ours_is_asked_for(client, tell, proof):
    tell(**proof)
    come_in(client)

    assert client.get("/console/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/"


def test_a_value_of_acr_that_the_clinic_named_is_a_proof(client, tell, settings):
    settings.OIDC_PROOFS = directory_settings.Proofs(acr=frozenset({"urn:strong"}))
    tell(amr=["mfa"], acr="urn:strong")
    come_in(client)
    assert client.get("/console/").status_code == 200

    tell(amr=["mfa"], acr="urn:weak")
    weak = Client()
    come_in(weak)
    assert weak.get("/console/").status_code == 302


def test_proof_ends_with_the_session_that_it_was_for(client, tell):
    tell()
    come_in(client)
    user = User.objects.get(email="pia.nurse@hospital.example")
    tell(amr=["pwd"])
    come_in(client)
    assert client.get("/console/").status_code == 302

    # Nor does it hold for somebody else who signs in on the same browser.
    tell()
    come_in(client)
    client.force_login(factories.StaffFactory(clinic=user.staff_roles.get().clinic).user)
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize("groups", [[], ["Everybody"], None, "Kinwatch", {"Kinwatch Nurses": True}])
def test_nobody_gets_in_without_a_group_an_invitation_or_a_role(client, tell, groups):
    tell(groups=groups)
    answer = come_in(client)

    assert answer.status_code == 403
    assert "you have no role here" in answer.content.decode()
    assert not User.objects.filter(email__contains="hospital.example").exists()
    assert not SocialAccount.objects.exists()
    assert client.get("/console/").status_code == 302
    assert refusals() == ["no_role"]


def test_one_group_comes_as_a_plain_word_too(client, tell):
    tell(groups="Kinwatch Nurses")
    assert come_in(client)["Location"] == "/console/"


def test_of_two_groups_the_first_of_the_mapping_counts(client, tell):
    tell(groups=["Kinwatch Nurses", "Kinwatch Leads"])
    come_in(client)
    assert Staff.objects.get().role == "administrator"


def test_an_invitation_to_the_address_lets_in_once_and_stays_what_people_gave(client, clinic, tell):
    invitation = factories.StaffInvitationFactory(
        clinic=clinic, email="pia.nurse@hospital.example", role="physician"
    )
    tell(groups=[])
    come_in(client)

    staff = Staff.objects.get(user__email=invitation.email)
    assert (staff.role, staff.from_directory) == ("physician", False)
    invitation.refresh_from_db()
    assert invitation.accepted_by == staff.user
    # No group takes away what people gave.
    assert come_in(Client())["Location"] == "/console/"


def test_an_invitation_that_is_over_lets_nobody_in(client, clinic, tell):
    factories.StaffInvitationFactory(
        clinic=clinic, email="pia.nurse@hospital.example", expires_at=timezone.now()
    )
    tell(groups=[])
    assert come_in(client).status_code == 403


def test_role_ends_when_no_group_gives_it_any_more(client, tell):
    tell()
    come_in(client)
    elsewhere = Client()
    tell(groups=["Everybody"])
    answer = come_in(elsewhere)

    assert answer.status_code == 403
    assert Staff.objects.get().ended_at is not None
    assert AuditEvent.objects.get(action="staff.no_longer_given").actor_kind == "directory"
    # Where they were signed in they are not any more.
    assert client.get("/console/").status_code == 302
    assert refusals() == ["no_role"]


def test_another_group_is_another_role_with_the_number_that_was_proven(client, tell):
    tell()
    come_in(client)
    proven = timezone.now()
    Staff.objects.update(phone="+16175550188", phone_verified_at=proven)
    tell(groups=["Kinwatch Leads"])
    come_in(client)

    first, second = Staff.objects.order_by("pk")
    assert (first.ended_at is not None, second.ended_at, second.role) == (True, None, "administrator")
    assert (str(second.phone), second.phone_verified_at) == ("+16175550188", proven)


def test_group_of_a_clinic_that_is_not_here_gives_nothing(client, tell, settings):
    settings.OIDC_GROUPS = (GroupRole("nowhere", "nurse", "Kinwatch Nurses"),)
    tell()
    assert come_in(client).status_code == 403


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
def test_an_address_for_which_nobody_answers_is_nobody_s(client, clinic, tell, claims):
    factories.StaffFactory(clinic=clinic, user__email="pia.nurse@hospital.example")
    tell(**claims)

    answer = come_in(client)
    assert answer.status_code == 403
    assert "does not say which e-mail address is yours" in answer.content.decode()
    assert refusals() == ["no_email"]


def test_where_the_directory_owns_its_addresses_the_clinic_says_so(client, tell, settings):
    settings.OIDC_EMAIL_IS_VERIFIED = True
    tell(email_verified=None)
    assert come_in(client)["Location"] == "/console/"


def test_colleague_with_a_password_keeps_role_and_password(client, clinic, tell):
    staff = factories.StaffFactory(clinic=clinic, role="physician", user__email="pia.nurse@hospital.example")
    tell()
    come_in(client)

    staff.refresh_from_db()
    assert Staff.objects.get(user=staff.user) == staff
    assert (staff.role, staff.from_directory, staff.user.has_usable_password()) == ("physician", False, True)


def test_who_gets_a_role_from_the_directory_has_no_password_beside_it(client, tell):
    user = factories.UserFactory(email="pia.nurse@hospital.example")
    user.set_password("an older password")
    user.save()
    tell()
    come_in(client)

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.staff_roles.get().from_directory


def test_address_that_went_to_somebody_new_is_not_the_person_before(client, tell):
    tell()
    come_in(client)
    tell("other")
    answer = come_in(Client(), "other")

    assert answer.status_code == 403
    assert "belongs to somebody else here" in answer.content.decode()
    assert refusals() == ["another"]


def test_operators_and_closed_sign_ins_do_not_come_in_by_it(client, clinic, tell):
    user = factories.StaffFactory(clinic=clinic, user__email="pia.nurse@hospital.example").user
    tell()
    for field, code in (("is_staff", "operator"), ("is_superuser", "operator"), ("is_active", "shut")):
        User.objects.update(is_staff=False, is_superuser=False, is_active=True)
        User.objects.filter(pk=user.pk).update(**{field: field != "is_active"})
        assert come_in(Client()).status_code == 403
        assert code in refusals()


def test_stopping_there_changes_nothing(client):
    # As RFC 6749, 4.1.2.1 has it; the provider that runs here leaves the state out.
    state = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)["state"][0]
    answer = client.get(f"{BEGIN}callback/", {"error": "access_denied", "state": state})

    assert answer.status_code == 403
    assert "Nothing has changed." in answer.content.decode()


def test_an_answer_that_nobody_asked_for_signs_nobody_in(client, tell):
    tell()
    back = at_the_directory(Client())

    assert client.get(back).status_code == 503
    assert "_auth_user_id" not in client.session


def test_an_answer_counts_once(client, tell):
    tell()
    back = at_the_directory(client)
    client.get(back)
    client.logout()
    assert client.get(back).status_code == 503
    assert "_auth_user_id" not in client.session


def test_directory_that_is_down_says_so_and_leaves_the_other_door(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = directory_settings.providers(
        "http://localhost:9", "kinwatch", "secret"
    )
    answer = client.get(BEGIN)

    assert answer.status_code == 503
    assert "Whoever has a password here can sign in with it meanwhile." in answer.content.decode()


def test_what_leaves_for_the_directory(client):
    asked = parse_qs(
        urlsplit(
            client.get(f"{BEGIN}?process=connect&scope=offline_access&next=/console/rota/")["Location"]
        ).query
    )

    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/accounts/oidc/directory/login/callback/"]


def test_lands_where_they_wanted_to_go_and_nowhere_else(client, tell):
    tell()
    assert come_in(client, begin=f"{BEGIN}?next=/console/rota/")["Location"] == "/console/rota/"
    assert come_in(Client(), begin=f"{BEGIN}?next=https://evil.example/")["Location"] == "/console/"


def test_another_site_cannot_sign_somebody_in_anew(client, tell):
    tell()
    come_in(client)
    answer = client.get(BEGIN, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer["Location"] == "/accounts/login/"
    assert client.get("/console/").status_code == 200


def test_button_is_there_only_with_a_directory(client, settings):
    settings.OIDC_NAME = "River Hospital"
    assert "Sign in with River Hospital" in client.get("/accounts/login/").content.decode()
    settings.OIDC_ISSUER = ""
    assert "Sign in with" not in client.get("/accounts/login/").content.decode()
    assert client.get(BEGIN).status_code == 404


def test_no_other_door_of_the_library_is_open(client):
    for path in ("signup/", "3rdparty/", "social/connections/", "oidc/other/login/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_family_do_not_come_in_by_it(client, caregiver):
    client.force_login(caregiver)
    assert client.get(BEGIN).status_code == 404


def test_who_has_no_password_shows_at_the_directory_once_more_that_it_is_them(client, tell, settings):
    tell()
    come_in(client)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = client.get("/accounts/reauthenticate/?next=/accounts/tokens/")

    assert asked["Location"] == f"{BEGIN}?next=%2Faccounts%2Ftokens%2F"


def test_who_has_no_password_sets_a_pin_for_a_locked_desk_after_a_fresh_sign_in(client, tell, settings):
    tell()
    come_in(client)
    form = client.get("/accounts/pin/").context["form"]
    assert list(form.fields) == ["pin", "again"]
    client.post("/accounts/pin/", {"pin": "2580", "again": "2580"})
    assert Pin.objects.filter(user__email="pia.nurse@hospital.example").exists()

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = client.post("/accounts/pin/", {"pin": "9731", "again": "9731"})
    assert asked["Location"] == f"{BEGIN}?next=%2Faccounts%2Fpin%2F"


@pytest.mark.parametrize(
    "wrong", [{"issuer": "http://localhost:1"}, {"token_endpoint": "http://localhost:9/"}]
)
def test_a_token_of_another_issuer_signs_nobody_in(client, tell, settings, wrong):
    tell()
    back = at_the_directory(client)
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["openid_configuration_overrides"] = wrong

    assert client.get(back).status_code == 503
    assert "_auth_user_id" not in client.session
    assert not User.objects.filter(email="pia.nurse@hospital.example").exists()


@pytest.fixture(scope="module")
def own_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def answer_with(client, settings, provider, own_key):
    """Comes in with a token of our making, from a directory whose published keys are ours too."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own_key.public_key())) | {"kid": "one"}
    answers = {"/keys": {"keys": [public]}, "/who": {"sub": "pia"}}

    class Directory(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answers[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Directory) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
        app["settings"]["openid_configuration_overrides"] = {
            "jwks_uri": f"{here}/keys",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/who",
        }

        def call(*, key=own_key, algorithm="RS256", kid="one", keys=None, **claims):
            now = int(time.time())
            said = PIA | {"iss": provider, "aud": "kinwatch", "sub": "pia", "iat": now, "exp": now + 60}
            said = {name: value for name, value in (said | claims).items() if value is not None}
            token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else None)
            answers["/token"] = {"access_token": "a", "token_type": "Bearer", "id_token": token}
            answers["/keys"] = {"keys": [public] if keys is None else keys}
            state = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)["state"][0]
            return client.get(f"{BEGIN}callback/", {"code": "c", "state": state})

        yield call
        server.shutdown()


@pytest.mark.parametrize("how", [{}, {"kid": None}, {"algorithm": "PS512"}])
def test_a_token_under_a_published_key_signs_in(answer_with, how):
    assert answer_with(**how)["Location"] == "/console/"


def test_a_clock_half_a_minute_ahead_is_no_reason_to_stand_outside(answer_with):
    assert answer_with(iat=int(time.time()) + 30)["Location"] == "/console/"


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)}, id="other key"),
        pytest.param({"key": ec.generate_private_key(ec.SECP256R1()), "algorithm": "ES256"}, id="other kind"),
        pytest.param({"key": "kinwatch" * 8, "algorithm": "HS256"}, id="shared secret"),
        pytest.param({"key": None, "algorithm": "none"}, id="unsigned"),
        pytest.param({"kid": "two"}, id="unknown key"),
        pytest.param({"keys": []}, id="no keys"),
        pytest.param({"aud": "another"}, id="another program"),
        pytest.param({"iss": "https://elsewhere.example"}, id="another issuer"),
        pytest.param({"exp": 1_700_000_000}, id="over"),
        pytest.param({"exp": None}, id="for ever"),
        pytest.param({"aud": None}, id="for anybody"),
    ],
)
def test_a_token_that_the_directory_has_not_signed_for_us_signs_nobody_in(client, answer_with, how):
    assert answer_with(**how).status_code == 503

    assert "_auth_user_id" not in client.session
    assert not User.objects.filter(email="pia.nurse@hospital.example").exists()


def test_each_visit_counts_because_it_asks_the_directory(client):
    for _ in range(100):
        assert client.get(f"{BEGIN}callback/").status_code == 503
    assert client.get(BEGIN).status_code == 429
