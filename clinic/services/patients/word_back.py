"""Word back to the family: somebody has it, we called and nobody answered, it is closed.

It leaves with the act that makes it true, in the same transaction, and holds no word about health. What must
wait for the end of somebody's quiet hours is looked at again then: whether it is still so, whether they still
look after this patient, and whether anything may be sent at all.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import CareTeamMember, Escalation, Patient, User, WordBack
from clinic.models.escalation import Cause, EscalationState
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.models.word_back import WordBackChannel as Channel
from clinic.models.word_back import WordBackKind as Kind
from clinic.queries.checkins import contact_order, holds, nights
from clinic.queries.checkins.shared_phones import one_per_phone
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import OVER
from clinic.services.reports import intake
from notifications.queries import push_targets
from notifications.rules.purposes import handling_of
from notifications.rules.timing import after_quiet_hours
from notifications.services import outbox

logger = logging.getLogger(__name__)

# What the family sent, or asked for, by itself. Of a check-in that was missed it knows nothing yet.
_ASKED_BY_FAMILY = Q(report__isnull=False) | Q(cause__in=[Cause.WORRY, Cause.PHONE_LEVEL])
# What one word answers: that they called for help, or that they were called.
_TURNS = {
    Kind.TAKEN: (EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED),
    Kind.UNREACHED: (EventKind.CALLED_IN_VAIN,),
    Kind.CLOSED: (EventKind.OPENED,),
}
_SETTING = {Kind.TAKEN: "hears_taken", Kind.UNREACHED: "hears_unreached", Kind.CLOSED: "hears_closed"}


def send(*, escalation: Escalation, kind: Kind, now: datetime) -> int:
    """Send word to everybody of the family who wants it; returns to how many it goes or will go.

    Runs inside the act's transaction, which holds the lock on the escalation. The same word goes once to each
    for each time that the escalation opened, rose or worsened, or that nobody answered a call. Closing takes
    back earlier words that have not left.
    """
    if kind is Kind.CLOSED:
        withdraw(escalation=escalation, kinds=(Kind.TAKEN, Kind.UNREACHED), now=now)
    if not _is_for_family(escalation, kind):
        return 0
    turns = escalation.events.filter(kind__in=_TURNS[kind]).order_by("-at", "-pk")
    turn = turns.values_list("pk", flat=True).first()
    links = CareTeamMember.objects.filter(patient=escalation.patient_id, ended_at__isnull=True)
    people = [link.user for link in links.select_related("user").order_by("started_at", "pk")]
    return sum(_send_to(person, escalation, kind, turn or 0, now) for person in _once_a_phone(people, kind))


def _once_a_phone(people: list[User], kind: Kind) -> list[User]:
    """Who hears: of two who would get the same text on one phone the first."""
    hear = [(person, _channels(person, kind)) for person in people]
    texted = [person for person, channels in hear if any(channel == "sms" for channel, _to in channels)]
    others = [person for person, channels in hear if channels and person not in texted]
    return [*one_per_phone(texted), *others]


def withdraw(*, escalation: Escalation, kinds: Collection[Kind], now: datetime) -> None:
    """This is not so any more: take back what has not left. Runs inside the act's transaction."""
    _take_back(escalation.words_back.filter(kind__in=list(kinds)), now)


def withdraw_from(*, member: CareTeamMember, now: datetime) -> int:
    """This person does not look after that patient any more: take back what has not left."""
    return _take_back(
        WordBack.objects.filter(user=member.user_id, escalation__patient=member.patient_id), now
    )


def hand_over(*, member: CareTeamMember, to: User) -> None:
    """Somebody else on the same phone stays: what waits for both is theirs now."""
    words = WordBack.objects.filter(user=member.user_id, escalation__patient=member.patient_id)
    theirs = WordBack.objects.filter(
        user=to, escalation=OuterRef("escalation"), kind=OuterRef("kind"), turn=OuterRef("turn")
    )
    words.filter(~Exists(theirs)).update(user=to)


def withdraw_about(*, patient: Patient, now: datetime) -> int:
    """This patient's family hears nothing of this kind any more; returns how many were taken back."""
    return _take_back(WordBack.objects.filter(escalation__patient=patient), now)


def _take_back(words: QuerySet[WordBack], now: datetime) -> int:
    words.filter(due_at__isnull=False).update(due_at=None)
    queued = words.filter(queued_at__gt=now - handling_of("news").lasts).values_list("pk", flat=True)
    return sum(outbox.take_back_keyed(prefix=_key(pk), now=now) for pk in list(queued))


def queue_due(*, now: datetime) -> int:
    """Send what has waited for the end of quiet hours; returns how many. One that fails stops no other."""
    due = WordBack.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    sent = 0
    for word_id in list(due.values_list("pk", flat=True)[:500]):
        try:
            sent += _queue_if_still_so(word_id, now)
        except Exception:
            logger.exception("a word back cannot be queued", extra={"word_back_id": word_id})
    return sent


@transaction.atomic
def _queue_if_still_so(word_id: int, now: datetime) -> bool:
    # Escalation before its rows, as in every act.
    found = Escalation.objects.select_for_update(of=("self",)).filter(words_back=word_id)
    escalation = found.first()
    word = WordBack.objects.select_for_update().filter(pk=word_id, due_at__lte=now).first()
    if escalation is None or word is None:
        return False
    word.due_at = None
    person: User = word.user
    kind = Kind(word.kind)
    links = person.care_links.filter(patient=escalation.patient_id, ended_at__isnull=True)
    if links.exists() and _is_so(escalation, kind) and _is_for_family(escalation, kind):
        word.queued_at = now if _queue(person, escalation, word, now) else None
    word.save(update_fields=["due_at", "queued_at"])
    return word.queued_at is not None


def _is_so(escalation: Escalation, kind: Kind) -> bool:
    if kind is Kind.CLOSED:
        return escalation.state == EscalationState.RESOLVED
    if kind is Kind.TAKEN:
        return escalation.state == EscalationState.ACKNOWLEDGED
    last = escalation.contacts.order_by("-at", "-pk").first()
    return escalation.state != EscalationState.RESOLVED and last is not None and not last.reached


def _is_for_family(escalation: Escalation, kind: Kind) -> bool:
    """Nothing of a test, of a former patient, as the made-up one is, or of one who has died; nor while a
    person must read what theirs wrote. Of somebody in hospital they hear what became of what they sent.
    """
    patient: Patient = escalation.patient
    if escalation.is_drill or patient.status in OVER:
        return False
    if holds.is_held(patient.pk):
        return False
    return kind is Kind.UNREACHED or escalation.events.filter(_ASKED_BY_FAMILY).exists()


def _send_to(person: User, escalation: Escalation, kind: Kind, turn: int, now: datetime) -> bool:
    if not _channels(person, kind):
        return False
    word, _created = WordBack.objects.get_or_create(
        escalation=escalation, user=person, kind=kind, turn=turn, defaults={"created_at": now}
    )
    if word.queued_at is not None or word.due_at is not None:
        return False
    at = _may_be_told_from(person, escalation, kind, now)
    if at > now:
        word.due_at = at
    elif _queue(person, escalation, word, now):
        word.queued_at = now
    word.save(update_fields=["due_at", "queued_at"])
    return True


def _may_be_told_from(person: User, escalation: Escalation, kind: Kind, now: datetime) -> datetime:
    """Now, or the end of their quiet hours.

    Whoever has just called for help waits for the answer, at any hour; that it is closed can wait. Who has
    said that they are awake tonight has no quiet hours tonight.
    """
    if kind is not Kind.CLOSED and _waits_for_answer(escalation):
        return now
    if nights.watcher_id(patient=escalation.patient, at=now) == person.pk:
        return now
    zone = ZoneInfo(person.time_zone)
    return after_quiet_hours(now, zone=zone, quiet_from=person.quiet_from, quiet_until=person.quiet_until)


def _waits_for_answer(escalation: Escalation) -> bool:
    return Level(escalation.level).is_pressing or escalation.events.filter(cause=Cause.WORRY).exists()


def _channels(person: User, kind: Kind) -> tuple[tuple[str, str], ...]:
    """By what and where to they hear of this, as they chose; empty where nothing goes out."""
    if not (person.is_active and getattr(person, _SETTING[kind])):
        return ()
    targets = push_targets(person.pk) if person.hears_back_by == Channel.PUSH else []
    if targets:
        return tuple(("push", target.id) for target in targets)
    # Whose last device is gone has not asked for silence.
    wants_text = person.hears_back_by != Channel.NOT_AT_ALL
    return (("sms", str(person.phone)),) if wants_text and contact_order.accepts_reminders(person) else ()


def _queue(person: User, escalation: Escalation, word: WordBack, now: datetime) -> bool:
    channels = _channels(person, Kind(word.kind))
    for channel, to in channels:
        outbox.queue(
            to=to,
            body=_text_body(person, escalation, Kind(word.kind), stops=channel == "sms"),
            purpose="news",
            dedupe_key=_key(word.pk) + to,
            service="reminders",
            expires_at=None,
            language=person.language,
            channel=channel,
            now=now,
        )
    return bool(channels)


def _key(word_id: int) -> str:
    return f"word:{word_id}:"


def _text_body(person: User, escalation: Escalation, kind: Kind, *, stops: bool) -> str:
    with translation.override(person.language):
        clinic = escalation.clinic
        [line] = intake.call_targets(clinic=clinic, kinds=("line",))
        words = _wording(kind) % {
            "brand": clinic.sms_brand,
            "phone": line.display,
            "url": f"{settings.PUBLIC_BASE_URL}/",
        }
        stop = _("Reply STOP to end these texts.")
        return f"{words} {stop}" if stops else words


def _wording(kind: Kind) -> str:
    if kind is Kind.TAKEN:
        return _("%(brand)s: somebody here has what you sent. Still do what the page told you. %(url)s")
    if kind is Kind.UNREACHED:
        return _("%(brand)s: we called and nobody answered. Please call %(phone)s. %(url)s")
    return _("%(brand)s: we are done with what you sent. If anything changes, tell us at once: %(url)s")
