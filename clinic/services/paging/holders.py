"""Asks whoever had an escalation, alone and by text, when it has become worse."""

from datetime import datetime

from clinic.models import Escalation, Page, Staff, User
from clinic.queries.core import staff_roles
from clinic.queries.rota import on_call
from clinic.rules.paging.channels import Channel
from clinic.services.paging import rings, sending
from notifications.queries import is_opted_out, takes_no_texts
from notifications.rules.purposes import Service


def to_ask_first(*, escalation: Escalation, user: User) -> Staff | None:
    """Their place at the clinic; None where they have left, may not act, or no text can reach them."""
    found = staff_roles.clinicians(escalation.clinic_id).select_related("clinic").filter(user=user).first()
    return found if found and _takes_texts(found) else None


def ask(*, page: Page, escalation: Escalation, now: datetime) -> bool:
    """Send the page that asks them; False where it would not reach them, so that the chain begins at once.

    Never held back: it is one text, and everybody else waits for its answer.
    """
    staff = to_ask_first(escalation=escalation, user=page.staff.user) if page.staff else None
    if staff is None:
        return False
    rings.lock_phone(staff)
    page.staff, page.phone, page.channel = staff, str(staff.phone), Channel.SMS
    page.began_at, page.code = now, sending.new_code(page.phone)
    message = sending.text_holder(page=page, staff=staff, now=now)
    sending.mark_sent(page=page, message=message, now=now)
    return True


def _takes_texts(staff: Staff) -> bool:
    phone = str(staff.phone)
    works = on_call.is_reachable(staff) and not takes_no_texts(phone)
    return works and not is_opted_out(phone, Service.PAGING)
