"""The name that a page carries: the clinic's neutral one, with TEST before it for the weekly test."""

from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Escalation


def of(escalation_id: UUID) -> str:
    """In the language in force. A test never pages as if it were real."""
    row = Escalation.objects.select_related("clinic", "patient").get(pk=escalation_id)
    brand = row.clinic.sms_brand
    return _("TEST %(brand)s") % {"brand": brand} if row.patient.is_synthetic else brand
