"""A caregiver has another number: it is theirs from now on, and what waits for them goes there.

What was sent to the old number stays on record with it. Devices stay signed in: the person is the same.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import CareTeamMember, FormerNumber, Invitation, Night, Patient, Reminder, User, WordBack
from clinic.models.checkin import ReminderState
from clinic.models.night import NightState
from clinic.queries.checkins import shared_phones
from clinic.queries.core import recipients
from clinic.services.checkins.reminders import EXPIRES_AFTER
from clinic.services.core import audit, released_numbers
from clinic.services.patients import preparation
from clinic.services.reports.intake import call_targets
from notifications.rules.recipients import Refusal
from notifications.services import outbox


class CannotBeTexted(Exception):
    """A text does not reach this number: `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class SameNumber(Exception):
    """It is their number already."""


class NumberOfStranger(Exception):
    """Somebody has the number who looks after nobody together with this person: the clinic must see to it."""


def require_possible(*, user: User, phone: str) -> None:
    """SameNumber, CannotBeTexted. Says nothing about who else has the number."""
    if str(user.phone or "") == phone:
        raise SameNumber
    reason = recipients.why_not(phone)
    if reason is not None:
        raise CannotBeTexted(reason)


def change(*, user: User, phone: str, now: datetime) -> int:
    """The number that a code has just proven; returns how many texts that wait go there.

    Two people of a family may share a phone. SameNumber, CannotBeTexted, NumberOfStranger.
    """
    require_possible(user=user, phone=phone)
    patients = Patient.objects.filter(care_team__user=user, care_team__ended_at__isnull=True)
    if _belongs_to_stranger(user, phone):
        raise NumberOfStranger
    with transaction.atomic():
        # Whatever queues a text for these families waits, or is found below.
        list(patients.select_for_update(of=("self",), no_key=True).order_by("pk"))
        old, alone = str(user.phone or ""), _where_nobody_shares_phone(user)
        user.phone = phone
        user.save(update_fields=["phone"])
        if not old:
            return 0
        FormerNumber.objects.create(user=user, phone=old, until=now)
        moved = _move_texts(user, alone, old, phone, now)
        _move_invitations(user, old, phone, now)
        released_numbers.release(old=old, now=now)
        _tell_old_number(user, old, now)
        audit.record_about_caregiver(user, "caregiver.number_changed", user, now, {"texts_moved": moved})
        return moved


def _belongs_to_stranger(user: User, phone: str) -> bool:
    own = user.care_links.filter(ended_at__isnull=True).values("patient")
    holders = User.objects.filter(phone=phone).exclude(pk=user.pk)
    family = CareTeamMember.objects.filter(patient__in=own, ended_at__isnull=True).values("user")
    return holders.exclude(pk__in=family).exists()


def _where_nobody_shares_phone(user: User) -> list[UUID]:
    """The patients of whose family nobody else reads the same texts on this phone."""
    links = user.care_links.filter(ended_at__isnull=True).select_related("user")
    return [link.patient_id for link in links if shared_phones.other_on(link) is None]


def _move_texts(user: User, alone: list[UUID], old: str, to: str, now: datetime) -> int:
    """Theirs alone: what waits for somebody else on the old phone stays. A test text to it is taken back."""
    reminders = Reminder.objects.filter(
        caregiver=user, state=ReminderState.QUEUED, due_at__gt=now - EXPIRES_AFTER
    )
    nights = Night.objects.filter(patient__in=alone, state__in=[NightState.ASKED, NightState.TOLD])
    words = WordBack.objects.filter(
        user=user, escalation__patient__in=alone, queued_at__gt=now - EXPIRES_AFTER
    )
    prefixes = [
        *(f"reminder:{pk}" for pk in reminders.values_list("pk", flat=True)),
        *(f"night:{pk}:{user.pk}" for pk in nights.values_list("pk", flat=True)),
        *(f"word:{pk}" for pk in words.values_list("pk", flat=True)),
    ]
    members = user.care_links.values_list("pk", flat=True)
    preparation.withdraw_trial_texts_from(member_ids=members, now=now)
    return sum(outbox.redirect_keyed(prefix=one, old=old, to=to, now=now) for one in prefixes)


def _move_invitations(user: User, old: str, to: str, now: datetime) -> None:
    """A link that this person has not used yet, to another patient, is theirs at the new number too."""
    open_links = Invitation.objects.filter(person=user, redeemed_at__isnull=True, revoked_at__isnull=True)
    for invitation in open_links:
        outbox.redirect_keyed(prefix=f"invite:{invitation.pk}", old=old, to=to, now=now)
    open_links.update(phone=to)


def _tell_old_number(user: User, old: str, now: datetime) -> None:
    """A person who has not asked for this must hear of it, where they can still be reached."""
    link = user.care_links.filter(ended_at__isnull=True).select_related("patient__clinic").first()
    if link is None:
        return
    clinic = link.patient.clinic
    with translation.override(user.language):
        [office] = call_targets(clinic=clinic, kinds=("clinic",))
        body = _("%(brand)s: your number here was changed. Was it not you? Call %(phone)s.") % {
            "brand": clinic.sms_brand,
            "phone": office.display,
        }
    outbox.queue(
        to=old,
        body=body,
        purpose="code",
        dedupe_key=f"number-changed:{user.pk}:{now.isoformat()}",
        service="codes",
        expires_at=now + EXPIRES_AFTER,
        language=user.language,
        now=now,
    )
