"""What leaves for a family by itself, taken back in the transaction of what makes it wrong.

docs/events.md says for every kind of message what each event does to it; a test holds the list complete.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from clinic.models import CareTeamMember, Patient, User
from clinic.queries.checkins import shared_phones
from clinic.services.checkins import (
    family_help,
    keypad_calls,
    nights,
    plan,
    reminders,
    strain,
    transport,
)
from clinic.services.patients import invitations, preparation, word_back


@dataclass(frozen=True)
class Withdrawn:
    """How much of each: what was planned, texts that were in the outbox, links that nobody had used."""

    checkins: int = 0
    texts: int = 0
    invitations: int = 0

    def as_detail(self) -> dict[str, int]:
        """For the audit row."""
        return asdict(self)


def stop_asking(*, patient: Patient, since: datetime, now: datetime) -> Withdrawn:
    """Nobody at home is to report from then on. Runs in the caller's transaction, with the patient locked."""
    checkins, texts = plan.withdraw_owed(patient=patient, since=since, now=now)
    texts += nights.withdraw(patient=patient, now=now)
    transport.forget(patient=patient)
    texts += family_help.withdraw(patient=patient, now=now)
    texts += preparation.withdraw_trial_texts(patient=patient, now=now)
    texts += keypad_calls.withdraw(patient=patient, now=now)
    return Withdrawn(checkins, texts)


def stop_everything(*, patient: Patient, since: datetime, by: User, now: datetime) -> Withdrawn:
    """The same, and word back and links to join: nothing leaves for this family by itself any more."""
    stopped = stop_asking(patient=patient, since=since, now=now)
    revoked, links = invitations.withdraw_all(patient=patient, by=by, now=now)
    texts = stopped.texts + links + word_back.withdraw_about(patient=patient, now=now)
    return Withdrawn(stopped.checkins, texts, revoked)


def from_person(*, member: CareTeamMember, by: User, now: datetime) -> int:
    """Their access has ended: take back what waits for them, links to join too; returns how many texts.

    What has been sent once to a phone that somebody else of the family shares stays for that person.
    """
    strain.forget(member=member)
    texts = keypad_calls.withdraw_from(member=member, now=now)
    texts += invitations.withdraw_from(member=member, by=by, now=now)
    other = shared_phones.other_on(member)
    if other is not None:
        word_back.hand_over(member=member, to=other)
        return texts + reminders.withdraw_from(member=member, now=now, keeps_backups=True)
    return (
        texts
        + reminders.withdraw_from(member=member, now=now)
        + nights.withdraw_from(member=member, now=now)
        + family_help.withdraw_from(member=member, now=now)
        + preparation.withdraw_trial_texts_from(member_ids=[member.pk], now=now)
        + word_back.withdraw_from(member=member, now=now)
    )
