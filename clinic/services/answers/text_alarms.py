"""Raises alarms for staff about texts: one that a family sent, one that failed, a sender, the budget."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import CareTeamMember, Clinic, Staff
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients import family_texts
from clinic.queries.rota import on_call
from clinic.services.checkins import reminders
from clinic.services.core import alarms, staff_texts

_BY_KIND = {
    "stop": AlarmKind.OPTED_OUT,
    "review": AlarmKind.STOP_ASKED,
    "text": AlarmKind.TEXT_RECEIVED,
}
# A person must read these at once. Until one has, nothing automatic is sent to that family.
_AT_ONCE = {"urgent": AlarmKind.HELP_ASKED, "death": AlarmKind.DEATH_TOLD}
# What a START makes needless.
_ENDED_BY_START = (AlarmKind.OPTED_OUT, AlarmKind.STOP_ASKED)
_BY_PROBLEM = {
    "opted_out": AlarmKind.OPTED_OUT,
    "bad_number": AlarmKind.NUMBER_BAD,
    "unreachable": AlarmKind.NUMBER_SILENT,
    "blocked": AlarmKind.NUMBER_SILENT,
}


def raise_for_text(*, from_phone: str, kind: str, inbound_id: object, now: datetime) -> None:
    """Every clinic that this phone's person belongs to hears of it; the text itself stays in the inbox.

    `kind` is stop, review, start, help, text, urgent, death or reaction.
    """
    if kind in _AT_ONCE:
        _cry(from_phone, _AT_ONCE[kind], inbound_id, now)
    families = list(_family_links(from_phone, mourning=kind == "text"))
    if kind == "start":
        for clinic_id, subject in families:
            for ended in _ENDED_BY_START:
                alarms.clear(clinic_id=clinic_id, kind=ended, subject=subject, now=now)
    elif kind in _BY_KIND:
        for clinic_id, subject in families:
            alarms.raise_alarm(clinic_id=clinic_id, kind=_BY_KIND[kind], subject=subject, now=now)
    if kind in {"stop", "review"}:
        _raise_for_staff(from_phone, now)


def raise_for_failed_text(*, to: str, problem: str, now: datetime) -> None:
    """A text did not arrive and is not tried again: somebody must reach this person another way."""
    if problem not in _BY_PROBLEM:
        return
    for clinic_id, subject in _family_links(to):
        alarms.raise_alarm(clinic_id=clinic_id, kind=_BY_PROBLEM[problem], subject=subject, now=now)
    _raise_for_staff(to, now)


def raise_for_failed_sender(*, now: datetime) -> None:
    """The account or a sender does not work. It serves every clinic, so every clinic hears of it."""
    _raise_at_every_clinic(AlarmKind.TEXTS_HELD, now)


def raise_for_budget(*, percent: int, now: datetime) -> None:
    """So much of the month's texts is used."""
    _raise_at_every_clinic(AlarmKind.BUDGET_OUT if percent >= 100 else AlarmKind.BUDGET_LOW, now)


def _raise_at_every_clinic(kind: AlarmKind, now: datetime) -> None:
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        alarms.raise_alarm(clinic_id=clinic_id, kind=kind, subject="", now=now)


def _family_links(phone: str, *, mourning: bool = False) -> Iterable[tuple[UUID, int]]:
    """One of this person's links in each clinic; to patients who have died only if words are to be read.

    Whether our texts reach that family is nobody's task any more.
    """
    links = CareTeamMember.objects.filter(user__phone=phone, ended_at__isnull=True)
    if not mourning:
        links = links.exclude(patient__status=PatientStatus.DIED)
    return dict(links.values_list("patient__clinic_id", "pk")).items()


def _cry(phone: str, kind: AlarmKind, inbound_id: object, now: datetime) -> None:
    """A task on every console of each patient's clinic, a text to who is on call, and silence of ours."""
    told = set()
    # Of two people on one phone nobody can tell who wrote: one task a patient, which names both.
    links = {link.patient_id: link for link in reversed(family_texts.writers(phone, now=now))}
    for link in links.values():
        clinic_id = link.patient.clinic_id
        alarms.raise_alarm(clinic_id=clinic_id, kind=kind, subject=link.pk, now=now)
        reminders.hold(patient=link.patient, now=now)
        if clinic_id not in told:
            told.add(clinic_id)
            _text_on_call(clinic_id, inbound_id, now)


def _text_on_call(clinic_id: UUID, inbound_id: object, now: datetime) -> None:
    reachable = [one for one in on_call.staff_in_order(clinic_id, now) if on_call.is_reachable(one)]
    for staff in reachable[:1]:
        staff_texts.text_person(
            staff=staff,
            words=lambda: _("A family's text needs a person now. Read it at the top of the console:"),
            key=f"family-text:{inbound_id}:{clinic_id}",
            path="/console/",
            now=now,
        )


def _raise_for_staff(phone: str, now: datetime) -> None:
    for staff in Staff.objects.filter(phone=phone, ended_at__isnull=True):
        alarms.raise_alarm(clinic_id=staff.clinic_id, kind=AlarmKind.STAFF_NUMBER, subject=staff.pk, now=now)
