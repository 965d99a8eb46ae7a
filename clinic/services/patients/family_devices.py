"""The browsers of a family: which are known, who says so of a new one, and how one ends.

A code alone shows only who holds a number. So it lets somebody report at once and read what they are told
about that, and nothing else waits for less than a known device of theirs, somebody who looks after the same
people, or the clinic (docs/adr/0033). A link alone shows only who was given it: it opens less than a code.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.access import NotAllowed, get_device_of_caregiver, get_family_device, require_managing
from clinic.models import CareTeamMember, FamilyDevice, SystemAlarm, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients import family_devices as query
from clinic.rules.patients.device_kinds import kind_of
from clinic.rules.patients.life_events import OVER
from clinic.services.core import alarms, audit, devices
from clinic.services.core.tokens import hash_of
from notifications.queries import push_targets
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox

# How often somebody's devices tell that they are in use.
SEEN_EVERY = timedelta(hours=1)
# A family hears of so many new devices of one person in a day; all of them stand on its pages.
TOLD_A_DAY = 3
NOTICE_LASTS = timedelta(hours=12)
# The clinic hears of a new device to which the family has said nothing for so long.
FAMILY_ANSWERS_WITHIN = timedelta(days=1)
LONGEST_REASON = 200
# What shows that it is them: a code to their number, a link to join, the first one of somebody who looked
# after nobody before, or the mark of a browser that has shown them pages (core/known_devices.py).
Arrival = Literal["code", "link", "first_link", "mark"]
_SECRET = re.compile(r"[\w-]{32,64}", re.ASCII)


class ReasonNeeded(Exception):
    """Staff say how they know that it is them."""


def is_secret(text: str) -> bool:
    """Whether a cookie's text is what we once gave a browser, by its form."""
    return _SECRET.fullmatch(text) is not None


@row_scope.everything()
@transaction.atomic
def arrive(*, user: User, browser: str, user_agent: str, arrival: Arrival, now: datetime) -> FamilyDevice:
    """Somebody of a family is signed in on the browser with this secret: the row for it, made if need be.

    It is known where there is nothing yet to protect it with: the first of everybody with this number; and
    where somebody of the same family and number has it as known, for it is the same phone. Any other waits,
    and their devices and family are told. A link makes none the first: where there is nothing to protect it
    with, it waits for the code that goes to their number, which tells them as well.
    """
    # Of two first sign-ins at once the second waits here, and is not the first.
    people = list(User.objects.select_for_update(no_key=True).filter(_same_number(user)).order_by("pk"))
    browser_hash = hash_of(browser)
    device = FamilyDevice.objects.filter(user=user, browser_hash=browser_hash, ended_at=None).first()
    is_new = device is None
    if device is None:
        device = FamilyDevice(
            user=user,
            browser_hash=browser_hash,
            kind=kind_of(user_agent),
            first_seen_at=now,
            last_seen_at=now,
        )
    if device.confirmed_at is None:
        because = _known_because(people, device, arrival)
        if because:
            device.confirmed_at, device.confirmed_by, device.sent = now, user, []
        device.opens_by_code = not because and (device.opens_by_code or _may_open_by_code(people, arrival))
        if because or is_new:
            device.save()
            detail = {"device": str(device.pk), "because": because or "waits"}
            audit.record_about_caregiver(user, "family_device.arrived", user, now, detail)
        if is_new and device.waits and not device.opens_by_code:
            _tell(device, now)
    note_seen(device=device, now=now)
    return device


def find(*, device_id: str | None, user: User) -> FamilyDevice | None:
    """The device that a session names, ended or not; None where it is not this person's."""
    return FamilyDevice.objects.filter(pk=device_id, user=user).first() if device_id else None


def has_ended(*, browser: str) -> bool:
    """Whether the browser with this secret was somebody's, and is nobody's any more."""
    rows = FamilyDevice.objects.filter(browser_hash=hash_of(browser))
    return rows.exists() and not rows.filter(ended_at__isnull=True).exists()


def note_seen(*, device: FamilyDevice, now: datetime) -> None:
    """It is in use; noted once an hour."""
    if now - device.last_seen_at >= SEEN_EVERY:
        FamilyDevice.objects.filter(pk=device.pk).update(last_seen_at=now)


def confirm(*, device_id: UUID, by: User, now: datetime) -> bool:
    """It is theirs, says a device of their own or somebody who looks after everybody whom they look after.

    False where somebody has answered already. NotVisible, NotAllowed.
    """
    visible = get_family_device(by, device_id)
    if not query.may_confirm(by=by, person=visible.user):
        raise NotAllowed("family_device")
    because = "own_device" if visible.user_id == by.pk else "family"
    return _confirm(visible.pk, by, now, because=because)


def refuse(*, device_id: UUID, by: User, now: datetime) -> bool:
    """ "This was not us": it ends, and staff hear of it. False where it was answered already. NotVisible."""
    visible = get_family_device(by, device_id)
    return visible.waits and _end(visible.pk, by, now, is_refused=True)


def end_own(*, device_id: UUID, by: User, now: datetime) -> bool:
    """One of their own is used no more. NotVisible; nobody ends another's known device."""
    visible = get_family_device(by, device_id)
    if visible.user_id != by.pk:
        raise NotAllowed("family_device")
    return _end(visible.pk, by, now)


def confirm_by_clinic(*, member_id: int, device_id: UUID, reason: str, by: User, now: datetime) -> bool:
    """Staff have made sure who it is. False where somebody has answered already. NotVisible, NotAllowed."""
    visible = get_device_of_caregiver(by, member_id, device_id)
    require_managing(by, CareTeamMember.objects.select_related("patient").get(pk=member_id).patient)
    if not reason.strip():
        raise ReasonNeeded
    return _confirm(visible.pk, by, now, because="clinic", reason=reason.strip()[:LONGEST_REASON])


def end_by_clinic(*, member_id: int, device_id: UUID, by: User, now: datetime) -> bool:
    """One device of a caregiver ends: a phone was given away, or was not theirs. NotVisible, NotAllowed."""
    visible = get_device_of_caregiver(by, member_id, device_id)
    require_managing(by, CareTeamMember.objects.select_related("patient").get(pk=member_id).patient)
    return _end(visible.pk, by, now)


def end_all(*, user: User, by: User | None, now: datetime) -> None:
    """Every device of a person whose phones are all signed out. Runs in the transaction of that."""
    alive = FamilyDevice.objects.filter(user=user, ended_at__isnull=True)
    ended = [str(pk) for pk in alive.values_list("pk", flat=True)]
    if ended:
        alive.update(ended_at=now, ended_by=by or user, sent=[])
        audit.record_about_caregiver(user, "family_device.ended", by or user, now, {"devices": ended})
        _clear_alarms(user, by, now)


def report_unanswered(*, now: datetime) -> int:
    """Staff hear of new devices that no family has answered for a day, once of each; returns how many."""
    since = now - FAMILY_ANSWERS_WITHIN
    unanswered = FamilyDevice.objects.filter(
        confirmed_at__isnull=True,
        ended_at__isnull=True,
        opens_by_code=False,
        first_seen_at__lte=since,
        first_seen_at__gt=since - FAMILY_ANSWERS_WITHIN,
    )
    return sum(_report_once(device, now) for device in unanswered.select_related("user"))


def _report_once(device: FamilyDevice, now: datetime) -> bool:
    members = [str(pk) for pk in _links_of(device.user).values_list("pk", flat=True)]
    told = SystemAlarm.objects.filter(
        kind=AlarmKind.DEVICE_WAITS, subject__in=members, raised_at__gte=device.first_seen_at
    )
    if not members or told.exists():
        return False
    _alarm(device.user, AlarmKind.DEVICE_WAITS, now)
    return True


def note_push(*, device_id: UUID, subscription_id: UUID) -> None:
    """Notices were asked for here; they end with the device."""
    FamilyDevice.objects.filter(pk=device_id).update(push_subscription=subscription_id)


def _known_because(people: Iterable[User], device: FamilyDevice, arrival: Arrival) -> str:
    """Why it needs nobody's word, as a code for the audit; "" where it does."""
    if arrival == "mark":
        return "mark"
    if arrival == "code" and (device.opens_by_code or not _proven(people).exists()):
        return "code" if device.opens_by_code else "first"
    same_phone = _proven(_sharing(people, device.user)).filter(browser_hash=device.browser_hash)
    is_known = same_phone.filter(ended_at__isnull=True, confirmed_at__isnull=False).exists()
    return "same_phone" if is_known else ""


def _sharing(people: Iterable[User], user: User) -> QuerySet[User]:
    """Those of a number who share the phone as one family; a number that was passed on is two strangers'."""
    cared_for = user.care_links.filter(ended_at__isnull=True).values("patient")
    family = CareTeamMember.objects.filter(patient__in=cared_for, ended_at__isnull=True)
    return User.objects.filter(pk__in=[one.pk for one in people]).filter(
        Q(pk=user.pk) | Q(pk__in=family.values("user"))
    )


def _may_open_by_code(people: Iterable[User], arrival: Arrival) -> bool:
    """The clinic opens all that it could show just now, or no code to this number was ever typed."""
    return arrival == "first_link" or (arrival == "link" and not _proven(people).exists())


def _proven(people: Iterable[User]) -> QuerySet[FamilyDevice]:
    """All that were ever signed in by more than a link."""
    return FamilyDevice.objects.filter(user__in=people, opens_by_code=False)


@row_scope.everything()
@transaction.atomic
def _confirm(device_id: UUID, by: User, now: datetime, *, because: str, reason: str = "") -> bool:
    device = FamilyDevice.objects.select_for_update(of=("self",)).select_related("user").get(pk=device_id)
    if not device.waits:
        return False
    device.confirmed_at, device.confirmed_by, device.sent = now, by, []
    device.confirmed_reason, device.opens_by_code = reason, False
    device.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_reason", "opens_by_code", "sent"])
    detail = {"device": str(device.pk), "because": because}
    audit.record_about_caregiver(device.user, "family_device.confirmed", by, now, detail)
    _clear_alarms(device.user, by, now)
    return True


@row_scope.everything()
@transaction.atomic
def _end(device_id: UUID, by: User, now: datetime, *, is_refused: bool = False) -> bool:
    """With it the same browser of whoever else has the number: it is one phone."""
    wanted = FamilyDevice.objects.select_related("user").get(pk=device_id)
    rows = FamilyDevice.objects.select_for_update(of=("self",)).select_related("user").order_by("pk")
    people = User.objects.filter(_same_number(wanted.user))
    ended = False
    for device in rows.filter(user__in=people, browser_hash=wanted.browser_hash, ended_at=None):
        if is_refused and not device.waits:
            continue
        device.ended_at, device.ended_by, device.is_refused, device.sent = now, by, is_refused, []
        device.save(update_fields=["ended_at", "ended_by", "is_refused", "sent"])
        if device.push_subscription:
            devices.remove_of(owner=device.user, device_id=device.push_subscription, by=by, now=now)
        action = "family_device.refused" if is_refused else "family_device.ended"
        audit.record_about_caregiver(device.user, action, by, now, {"device": str(device.pk)})
        _clear_alarms(device.user, by, now)
        if is_refused:
            _alarm(device.user, AlarmKind.DEVICE_REFUSED, now)
        ended = True
    return ended


def _same_number(user: User) -> Q:
    return Q(pk=user.pk) | (Q(phone=user.phone) if user.phone else Q())


def _links_of(user: User) -> QuerySet[CareTeamMember]:
    rows = CareTeamMember.objects.filter(user=user, ended_at__isnull=True)
    return rows.select_related("patient__clinic").order_by("started_at", "pk")


def _alarm(user: User, kind: AlarmKind, now: datetime) -> None:
    for link in _links_of(user):
        alarms.raise_alarm(clinic_id=link.patient.clinic_id, kind=kind, subject=link.pk, now=now)


def _clear_alarms(user: User, by: User | None, now: datetime) -> None:
    """Nothing of theirs waits for the clinic any more."""
    waiting = FamilyDevice.objects.filter(user=user, confirmed_at__isnull=True, ended_at__isnull=True)
    if waiting.exists():
        return
    for link in CareTeamMember.objects.filter(user=user).select_related("patient"):
        alarms.clear(
            clinic_id=link.patient.clinic_id, kind=AlarmKind.DEVICE_WAITS, subject=link.pk, now=now, by=by
        )


def _tell(device: FamilyDevice, now: datetime) -> None:
    """Their number, their other devices and the family. Where nobody of these can say yes, the clinic."""
    user = device.user
    ways = query.ways_to_confirm(user=user)
    if not (ways.own_device or ways.family):
        _alarm(user, AlarmKind.DEVICE_WAITS, now)
    lately = FamilyDevice.objects.filter(user=user, first_seen_at__gt=now - timedelta(days=1))
    if lately.count() > TOLD_A_DAY:
        return
    links = list(_links_of(user))
    if not links:
        return
    _queue_notice(device, user, links[0], now, is_own=True)
    told = {str(user.phone)}
    for link in links:
        if link.patient.status in OVER:
            continue
        others = CareTeamMember.objects.filter(
            patient=link.patient, ended_at__isnull=True, user__is_active=True, user__email__isnull=True
        )
        for other in others.exclude(user=user).select_related("user").order_by("started_at", "pk"):
            if str(other.user.phone) not in told:
                told.add(str(other.user.phone))
                _queue_notice(device, other.user, link, now, is_own=False)


def _queue_notice(
    device: FamilyDevice, person: User, link: CareTeamMember, now: datetime, *, is_own: bool
) -> None:
    """To their devices; and by text, where it is their own number or no device rings."""
    pushed = [("push", str(target.id)) for target in push_targets(person.pk)]
    texted = [("sms", str(person.phone))] if person.phone and (is_own or not pushed) else []
    at = now if is_own else _may_be_told_from(person, now)
    for channel, to in (*pushed, *texted):
        outbox.queue(
            to=to,
            body=_notice(person, link, is_own=is_own),
            purpose="reply",
            dedupe_key=f"family-device:{device.pk}:{to}",
            service="codes",
            expires_at=at + NOTICE_LASTS,
            not_before=at,
            language=person.language,
            channel=channel,
            now=now,
        )


def _may_be_told_from(person: User, now: datetime) -> datetime:
    """Nobody else is woken: what they would read stays shut until somebody has answered."""
    zone = ZoneInfo(person.time_zone)
    return after_quiet_hours(now, zone=zone, quiet_from=person.quiet_from, quiet_until=person.quiet_until)


def _notice(person: User, link: CareTeamMember, *, is_own: bool) -> str:
    """No name stands in it: who it is stands on the page."""
    with translation.override(person.language):
        words = {"brand": link.patient.clinic.sms_brand, "url": f"{settings.PUBLIC_BASE_URL}/phones/"}
        if is_own:
            return _("%(brand)s: a new phone has signed in as you. Was it you? Answer here: %(url)s") % words
        return (
            _("%(brand)s: somebody you know here has a new phone. Is it really them? Answer here: %(url)s")
            % words
        )
