"""What of patients, families and texts goes by itself once its time is over. A legal hold stops it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import (
    ApiToken,
    CalendarFeed,
    CareTeamMember,
    Escalation,
    FamilyDevice,
    HandoverItem,
    Invitation,
    LifeEvent,
    PagerDrill,
    Patient,
    PhoneCode,
    Report,
    Shift,
    ShiftNotice,
    ShiftSwap,
    Staff,
    StaffInvitation,
    SystemAlarm,
    User,
)
from clinic.models.escalation import EscalationState
from clinic.models.report import ReportState
from clinic.queries.patients.deletions import obstacle_for_patient, open_holds
from clinic.rules.patients.life_events import OVER
from clinic.rules.patients.retention import days_before, years_before
from clinic.services.core.kept import Kind
from clinic.services.patients import erasure
from notifications.models import Consent, InboundSms, Message, OptOut

Find = Callable[[datetime], QuerySet[Any]]


def _after_years(setting: str, find: Find) -> Find:
    """What `find` finds before the moment that the setting says; nothing where it says 0."""
    return _before(setting, years_before, find)


def _after_days(setting: str, find: Find) -> Find:
    return _before(setting, days_before, find)


def _before(setting: str, count_back: Callable[[datetime, int], datetime], find: Find) -> Find:
    def expired(now: datetime) -> QuerySet[Any]:
        time = getattr(settings, setting)
        return find(count_back(now, time)) if time else find(now).none()

    return expired


def _records(moment: datetime) -> QuerySet[Patient]:
    """Care is over, nothing is open, and nothing has come or been written since."""
    of_patient: dict[str, Any] = {"patient": OuterRef("pk")}
    return Patient.objects.filter(
        ~Exists(open_holds().filter(**of_patient)),
        ~Exists(
            LifeEvent.objects.filter(Q(recorded_at__gte=moment) | Q(taken_back_at__gte=moment), **of_patient)
        ),
        ~Exists(
            Report.objects.filter(Q(received_at__gte=moment) | Q(state=ReportState.RECEIVED), **of_patient)
        ),
        ~Exists(
            Escalation.objects.filter(
                ~Q(state=EscalationState.RESOLVED) | Q(resolved_at__gte=moment), **of_patient
            )
        ),
        status__in=OVER,
        erased_at__isnull=True,
        is_synthetic=False,
        created_at__lt=moment,
    )


def _came_late(now: datetime) -> QuerySet[Patient]:
    """A report that was on its way when its patient was deleted."""
    answered = Report.objects.filter(patient=OuterRef("pk"), received_at__lte=now).exclude(answers={})
    return Patient.objects.filter(Exists(answered), erased_at__isnull=False)


def _erase_patients(rows: QuerySet[Patient], now: datetime) -> None:
    for patient in rows.select_for_update():
        if patient.erased_at is not None or not obstacle_for_patient(patient):
            erasure.erase_patient(patient=patient, by=None, now=now)


def _caregivers(moment: datetime) -> QuerySet[User]:
    """Everybody for whom they cared has been deleted, and their access ended long enough ago."""
    links = CareTeamMember.objects.filter(user=OuterRef("pk"))
    still = links.filter(
        Q(patient__erased_at__isnull=True) | Q(ended_at__isnull=True) | Q(ended_at__gte=moment)
    )
    waiting = Message.objects.filter(to=OuterRef("phone"), due_at__isnull=False)
    return User.objects.filter(
        Exists(links),
        ~Exists(still),
        ~Exists(Staff.objects.filter(user=OuterRef("pk"))),
        ~Exists(waiting),
        email__isnull=True,
        is_staff=False,
        erased_at__isnull=True,
    )


def _erase_caregivers(rows: QuerySet[User], now: datetime) -> None:
    for person in rows:
        erasure.erase_caregiver(person=person, by=None, now=now)


def _not_held(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Without the numbers of families of whose patients nothing may be deleted."""
    family = CareTeamMember.objects.filter(patient__holds__in=open_holds(), user__phone__isnull=False)
    invited = Invitation.objects.filter(patient__holds__in=open_holds())
    return rows.exclude(**{f"{column}__in": family.values("user__phone")}).exclude(
        **{f"{column}__in": invited.values("phone")}
    )


def _sent(moment: datetime) -> QuerySet[Any]:
    return _not_held(Message.objects.filter(created_at__lt=moment, due_at__isnull=True), "to")


def _received(moment: datetime) -> QuerySet[Any]:
    return _not_held(InboundSms.objects.filter(created_at__lt=moment), "from_phone")


def _invitations(moment: datetime) -> QuerySet[Invitation]:
    over = Q(redeemed_at__lt=moment) | Q(revoked_at__lt=moment) | Q(expires_at__lt=moment)
    return Invitation.objects.filter(over, ~Exists(open_holds().filter(patient=OuterRef("patient")))).exclude(
        phone=""
    )


def _family_devices(moment: datetime) -> QuerySet[FamilyDevice]:
    """The newest of each person stays: who has had one is not taken for somebody who never had any.

    One that came by a link alone says no such thing, so none stays for it.
    """
    newer = FamilyDevice.objects.filter(
        user=OuterRef("user"), first_seen_at__gt=OuterRef("first_seen_at"), opens_by_code=False
    )
    over = Q(ended_at__lt=moment) | Q(confirmed_at__isnull=True, last_seen_at__lt=moment)
    return FamilyDevice.objects.filter(over, Exists(newer) | Q(opens_by_code=True))


def _duty_alarms(moment: datetime) -> QuerySet[SystemAlarm]:
    on_a_sheet = HandoverItem.objects.filter(alarm=OuterRef("pk"))
    return SystemAlarm.objects.filter(~Exists(on_a_sheet), cleared_at__lt=moment)


def _ended_or_expired(model: Any) -> Find:
    return lambda moment: model.objects.filter(Q(expires_at__lt=moment) | Q(revoked_at__lt=moment))


def _forget_words(rows: QuerySet[Any], _now: datetime) -> None:
    rows.update(body="", other_way=None) if rows.model is Message else rows.update(body="")


def _forget_invited(rows: QuerySet[Any], _now: datetime) -> None:
    rows.update(name="", phone="", relation="")


_DUTY, _SIGN_INS = "RETENTION_DUTY_YEARS", "RETENTION_SIGN_INS_DAYS"

# In the order in which they go.
KINDS = (
    Kind("records", _after_years("RETENTION_RECORD_YEARS", _records), _erase_patients, at_once=1),
    Kind("came_late", _came_late, _erase_patients, at_once=1),
    Kind("caregivers", _after_days(_SIGN_INS, _caregivers), _erase_caregivers, at_once=1),
    Kind("texts_sent", _after_years("RETENTION_TEXTS_YEARS", _sent)),
    Kind("texts_received", _after_years("RETENTION_TEXTS_YEARS", _received)),
    Kind(
        "words_sent",
        _after_days("RETENTION_TEXT_WORDS_DAYS", lambda moment: _sent(moment).exclude(body="")),
        _forget_words,
    ),
    Kind(
        "words_received",
        _after_days("RETENTION_TEXT_WORDS_DAYS", lambda moment: _received(moment).exclude(body="")),
        _forget_words,
    ),
    Kind(
        "consents",
        _after_years(
            "RETENTION_CONSENTS_YEARS",
            lambda moment: _not_held(Consent.objects.filter(ended_at__lt=moment), "phone"),
        ),
    ),
    Kind(
        "opt_outs",
        _after_years(
            "RETENTION_CONSENTS_YEARS",
            lambda moment: _not_held(OptOut.objects.filter(ended_at__lt=moment), "phone"),
        ),
    ),
    Kind("invitations", _after_days("RETENTION_INVITATIONS_DAYS", _invitations), _forget_invited),
    Kind(
        "staff_invitations",
        _after_days("RETENTION_INVITATIONS_DAYS", _ended_or_expired(StaffInvitation)),
    ),
    Kind("api_tokens", _after_days(_SIGN_INS, _ended_or_expired(ApiToken))),
    Kind(
        "calendar_feeds",
        _after_days(_SIGN_INS, lambda moment: CalendarFeed.objects.filter(revoked_at__lt=moment)),
    ),
    Kind(
        "phone_codes", _after_days(_SIGN_INS, lambda moment: PhoneCode.objects.filter(expires_at__lt=moment))
    ),
    Kind(
        "browsers", _after_days(_SIGN_INS, lambda moment: UserSession.objects.filter(last_seen_at__lt=moment))
    ),
    Kind("family_devices", _after_days(_SIGN_INS, _family_devices)),
    Kind(
        "admin_log",
        _after_years("RETENTION_AUDIT_YEARS", lambda moment: LogEntry.objects.filter(action_time__lt=moment)),
    ),
    Kind("shift_notices", _after_years(_DUTY, lambda moment: ShiftNotice.objects.filter(ends_at__lt=moment))),
    Kind("test_pages", _after_years(_DUTY, lambda moment: PagerDrill.objects.filter(sent_at__lt=moment))),
    Kind("shifts", _after_years(_DUTY, lambda moment: Shift.objects.filter(ends_at__lt=moment))),
    Kind(
        "swaps",
        _after_years(_DUTY, lambda moment: ShiftSwap.objects.filter(ends_at__lt=moment, shift__isnull=True)),
    ),
    Kind("alarms", _after_years(_DUTY, _duty_alarms)),
)
