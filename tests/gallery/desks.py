"""What staff screens need beside the demo: a shift handed over, a swap, what waits for a second person.

At the two clinics of families.py, and for the second factor and the operators nowhere else.
"""

import time
import uuid
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client as Browser
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from caregiver.models import GuidancePage
from caregiver.services.guidance import review, variants
from clinic.models import CareTeamMember, Clinic, ProtocolRehearsal, User
from clinic.models.access_request import AccessKind
from clinic.queries.desk import handover_lines
from clinic.queries.rota import my_shifts
from clinic.services import demo
from clinic.services.accounts import (
    access_requests,
    emergency_access,
    factor_resets,
    staff_invitations,
    system_clients,
)
from clinic.services.desk import handovers
from clinic.services.escalations import clinic_transfers, lifecycle, opinions, transfers
from clinic.services.patients import deletions
from clinic.services.protocols import drafts, rehearsals
from clinic.services.rota import swaps
from clinic.services.watch import listeners
from tests.fakes import system
from tests.gallery import people
from tests.gallery.families import Families
from tests.gallery.phones import DAY, NIGHT

HIGHER_LINE = {"tables[temp].rows[2].from": 38.5, "tables[temp].rows[3].to": 38.4}
OPERATOR = "operator@kinwatch.example"


class Desks:
    """Made after the families, of whom much of it is about."""

    def __init__(self, families: Families, now: datetime) -> None:
        self.made, self.now = families, now
        self.day, self.night = families.clinics[DAY], families.clinics[NIGHT]
        self.names = families.names

    def make(self) -> None:
        people.fill_rota(self.day, self.now)
        self._alerts()
        self._transfers()
        self._swap()
        self._requests()
        self._other_systems()
        self._drafts()
        self._emergency_access()
        self._staff()
        self._guidance()
        self._handover()

    def _of_day(self, title: str = "nurse") -> User:
        return people.staff_of(self.day, title)

    def _alerts(self) -> None:
        """About one a colleague is asked, and another is to take it over; one is closed."""
        asked = self.made.alert_of("called")
        nurse = self._of_day()
        opinions.ask(
            escalation_id=asked.pk,
            by=nurse,
            of_staff_id=people.role_of(self.day, "physician").pk,
            text="She answers slowly. Would you have her come in?",
            now=self.now,
        )
        transfers.offer(
            escalation_id=asked.pk,
            by=nurse,
            to_staff_id=people.role_of(self.day, "nurse2").pk,
            text="I have two others",
            now=self.now,
        )
        self.made.report("closed", timedelta(hours=2), temp_value=100.8, chills=1)
        closed = self.made.take("closed")
        lifecycle.resolve(
            escalation_id=closed.pk, by=nurse, outcome="advice_given", note="Spoke with Jan.", now=self.now
        )

    def _transfers(self) -> None:
        """One patient is offered to the other clinic, another goes on there."""
        for key in ("offered", "moved"):
            offer = clinic_transfers.offer(
                patient_id=self.made.patients[key].pk,
                to_clinic_id=self.night.pk,
                reason="The family has moved",
                by=self._of_day(),
                now=self.now,
            )
            self.names[f"{key}-transfer"] = str(offer.pk)
        member = CareTeamMember.objects.get(patient=self.made.patients["moved"])
        patient = clinic_transfers.accept(
            transfer_id=uuid.UUID(self.names["moved-transfer"]),
            acceptance=clinic_transfers.Acceptance(self.night.time_zone, [member.pk]),
            by=people.staff_of(self.night),
            now=self.now,
        )
        self.names["moved-to"] = str(patient.pk)

    def _swap(self) -> None:
        """The first nurse asks the second to take one shift; another can still be handed on."""
        nurse, role = self._of_day(), people.role_of(self.day)
        coming = [one for one in my_shifts.overview(user=nurse, now=self.now).shifts if one.may_hand_over]
        swaps.ask(
            from_staff_id=role.pk,
            to_staff_id=people.role_of(self.day, "nurse2").pk,
            layer="primary",
            starts_at=coming[1].starts_at,
            by=nurse,
            now=self.now,
        )

    def _requests(self) -> None:
        """Each waits for a second person: a deletion, a factor to be taken away, a role for a newcomer."""
        admin = self._of_day("admin")
        ended = self.made.patients["ended"]
        self.names["ended-member"] = str(CareTeamMember.objects.get(patient=ended).pk)
        deletions.ask_for_patient(
            patient_id=ended.pk, ground="asked", note="Asked for by the husband", by=admin, now=self.now
        )
        role = people.role_of(self.day, "factor")
        self.names |= {
            "factor-role": str(role.pk),
            "nurse-role": str(people.role_of(self.day).pk),
            "nurse2-role": str(people.role_of(self.day, "nurse2").pk),
        }
        self.made.cookies["nurse2@by-day.example"] = _signed_in(self._of_day("nurse2"))
        self.made.cookies["factor"] = _signed_in(role.user)
        _enrol(role.user)
        keys = Authenticator.objects.filter(user=role.user, type=Authenticator.Type.WEBAUTHN)
        self.names["key"] = str(keys.get().pk)
        factor_resets.ask(
            staff_id=role.pk,
            reason="Lost the phone; I have seen them here in person",
            by=admin,
            now=self.now,
        )
        operator = User.objects.create_superuser(email=OPERATOR, password=demo.PASSWORD, name="Ola Dreyer")
        newcomer = User.objects.create(email="new@by-day.example", name="Max Ferrer", password="!")
        access_requests.ask(
            clinic=self.day,
            user=newcomer,
            kind=AccessKind.ROLE,
            role="nurse",
            phone="+13125550139",
            by=operator,
            now=self.now,
        )
        self.names |= {"user": str(newcomer.pk), "clinic": str(self.day.pk)}

    def _other_systems(self) -> None:
        admin = self._of_day("admin")
        listeners.register(
            clinic_id=self.day.pk, address="https://events.by-day.example/kinwatch", by=admin, now=self.now
        )
        client = system_clients.register(
            clinic_id=self.day.pk,
            name="Ward dashboard",
            kinds=["Patient", "QuestionnaireResponse"],
            keys=system_clients.keys_from(address="", document=system.key_set(system.ec_pair())),
            by=admin,
            now=self.now,
        )
        self.names["system"] = str(client.pk)

    def _drafts(self) -> None:
        """One at each clinic that was rehearsed; the first waits for the second physician."""
        for clinic in (self.night, self.day):
            author = people.staff_of(clinic, "physician")
            draft = drafts.start(clinic_id=clinic.pk, by=author, now=self.now)
            drafts.save(
                draft_id=draft.pk, revision=draft.revision, values=HIGHER_LINE, by=author, now=self.now
            )
            rehearsal = _rehearse(draft.pk, author, self.now)
            self.names[f"draft-{clinic.slug}"] = str(draft.pk)
        reasons = {case["id"]: "The line is higher on purpose." for case in rehearsal.cases}
        drafts.accept_cases(draft_id=draft.pk, reasons=reasons, by=author, now=self.now)
        drafts.submit(
            draft_id=draft.pk,
            reason="Fewer calls for 38.2, as agreed in the team.",
            by=author,
            now=self.now,
        )

    def _emergency_access(self) -> None:
        patient = self.made.patients["in-hand"]
        opened = emergency_access.open_record(
            who=emergency_access.WhoIsMeant(
                clinic_id=self.day.pk,
                birth_date=patient.birth_date,
                given_name=patient.given_name,
                family_name=patient.family_name,
            ),
            reason="The ward asks and nobody of the team answers",
            by=self._of_day("educator"),
            now=self.now,
        )
        self.names["access"] = str(opened.pk)

    def _staff(self) -> None:
        """Links to join the team: to somebody who has a sign-in, and one that was used."""
        admin = self._of_day("admin")
        physician = people.staff_of(self.night, "physician2")
        self.names["invited-known"] = _invited(
            self.day, physician.email or "", physician.name, admin, self.now
        )
        used = _invited(self.day, "used@by-day.example", "Una Ross", admin, self.now)
        staff_invitations.join(token=used, name="Una Ross", password="kin-watch-demo-2", now=self.now)
        self.names["invited-used"] = used
        self.names["invited"] = _invited(self.day, "joins@by-day.example", "Iris Cole", admin, self.now)
        closed = User.objects.create_user(
            email="closed@by-day.example", password=demo.PASSWORD, name="Cem Polat"
        )
        User.objects.filter(pk=closed.pk).update(is_active=False)

    def _guidance(self) -> None:
        """A page of guidance waits for a second reader; a clinic has begun its own of another."""
        author = User.objects.get(email="educator@harbor.example")
        page = GuidancePage.objects.get(slug="medicines", locale__language_code="en")
        review.submit(page=page, by=author, now=self.now)
        own = variants.begin(
            page=GuidancePage.objects.get(slug="crs", locale__language_code="en"),
            clinic_id=self.day.pk,
            by=self._of_day("educator"),
            now=self.now,
        )
        self.names |= {"page": str(page.pk), "variant": str(own.pk)}

    def _handover(self) -> None:
        """Last of all, so that the sheet holds what is open."""
        nurse = self._of_day()
        lines = handover_lines.open_lines(clinic=self.day, language="en", now=self.now)
        given = handovers.hand_over(
            clinic_id=self.day.pk,
            by=nurse,
            to_staff_id=people.role_of(self.day, "nurse2").pk,
            notes={lines[0].key: "His wife calls back at noon."},
            seen=[one.key for one in lines],
            now=self.now,
        )
        self.names["handover"] = str(given.pk)


def _rehearse(draft_id: uuid.UUID, by: User, now: datetime) -> ProtocolRehearsal:
    """To its end but for invented people, of whom a few stand for all: the rest takes minutes."""
    rehearsal = rehearsals.start(draft_id=draft_id, by=by, now=now)
    while rehearsal.finished_at is None or not rehearsal.cohort.get("draft"):
        rehearsals.rehearse_next_chunk(now=now)
        rehearsal.refresh_from_db()
    ProtocolRehearsal.objects.filter(pk=rehearsal.pk).update(simulated_at=now)
    rehearsals.mark_viewed(rehearsal=rehearsal, by=by, now=now)
    return rehearsal


def _invited(clinic: Clinic, email: str, name: str, by: User, now: datetime) -> str:
    sent = staff_invitations.invite(clinic_id=clinic.pk, email=email, name=name, role="nurse", by=by, now=now)
    return sent.url.rstrip("/").rsplit("/", 1)[1]


def _signed_in(user: User) -> dict[str, str]:
    """By the password, which they are not asked for again."""
    browser = Browser(HTTP_USER_AGENT=people.IPHONE)
    browser.post("/accounts/login/", {"login": user.email, "password": demo.PASSWORD})
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() + 24 * 3600}]
    session.save()
    return people.cookies_of(browser)


def _enrol(user: User) -> None:
    """One second factor of each kind."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "credential": _credential()}
    )


def _credential() -> dict[str, Any]:
    """Of a key that nobody holds, as a browser would have sent it."""
    key_id, flag = bytes(range(32)), AuthenticatorData.FLAG
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AuthenticatorData.create(
        sha256(b"127.0.0.1").digest(),
        flag.USER_PRESENT | flag.USER_VERIFIED | flag.ATTESTED,
        1,
        AttestedCredentialData.create(bytes(16), key_id, public),
    )
    client = b'{"type":"webauthn.create","challenge":"AA","origin":"http://127.0.0.1"}'
    sent = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    name = websafe_encode(key_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": sent,
        "clientExtensionResults": {},
    }
