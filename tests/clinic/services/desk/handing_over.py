"""What two colleagues do at the change of shift."""

from datetime import timedelta

from clinic.queries.desk import handovers as query
from clinic.services.desk import handovers

MINUTE = timedelta(minutes=1)


def give(by, to, now, notes=None):
    clinic = to.clinic
    draft = query.draft(user=by, clinic_slug=clinic.slug, now=now)
    return handovers.hand_over(
        clinic_id=clinic.pk,
        by=by,
        to_staff_id=to.pk,
        notes=notes or {},
        seen={line.key for line in draft.lines},
        now=now,
    )


def sign(item, by, now):
    return handovers.sign(handover_id=item.handover_id, item_id=item.pk, by=by, now=now)


def items(handover):
    return list(handover.items.order_by("position"))


def late(handover):
    return handover.given_at + 15 * MINUTE
