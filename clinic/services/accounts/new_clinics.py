"""A new clinic, from the operator's command line: its facts, its first administrator, its first protocol."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.models import Clinic, Staff, User
from clinic.models.patient import DEFAULT_PROTOCOL
from clinic.models.staff import Role
from clinic.protocols import default_document
from clinic.services.accounts import staff_invitations
from clinic.services.core import audit
from clinic.services.protocols import versions


class SignInShut(Exception):
    """The address belongs to somebody whose sign-in is closed: they cannot be the administrator."""


@dataclass(frozen=True)
class NewClinic:
    """What was made; `url` is the administrator's link, which works once, and this is its only copy."""

    clinic: Clinic
    administrator: User
    protocol_version: int
    url: str


@transaction.atomic
def create(*, clinic: Clinic, admin_email: str, admin_name: str, now: datetime) -> NewClinic:
    """Make the clinic with the default protocol in force, published in the administrator's name.

    Nobody is given a password: whoever opens the link chooses it. Somebody who signs in at another clinic
    already keeps theirs. ValidationError: a fact cannot be. SignInShut.
    """
    # Somebody has to look after the pages that all clinics share: whoever is first, until an operator says.
    clinic.keeps_shared_guidance = not Clinic.objects.exists()
    clinic.full_clean()
    clinic.save(force_insert=True)
    email = admin_email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=admin_name, time_zone=clinic.time_zone)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save(force_insert=True)
    elif not user.is_active:
        raise SignInShut
    Staff.objects.create(user=user, clinic=clinic, role=Role.ADMINISTRATOR, created_at=now)
    audit.record(
        action="clinic.added",
        by=None,
        now=now,
        clinic_id=clinic.pk,
        subject_type="clinic",
        subject_id=clinic.pk,
    )
    version = versions.publish_without_draft(
        clinic=clinic,
        code=DEFAULT_PROTOCOL,
        document=default_document(DEFAULT_PROTOCOL),
        by=user,
        second=None,
        now=now,
    )
    sent = staff_invitations.print_first(clinic=clinic, administrator=user, now=now)
    return NewClinic(clinic, user, version.number, sent.url)
