"""Who may write and who may approve which guidance text.

A shared page belongs to the clinics that keep the shared guidance, a variant to its own clinic alone.
"""

from django.db.models import QuerySet

from caregiver.models import GuidancePage, GuidanceText, GuidanceVariant
from clinic.access import Permission, clinics_with
from clinic.models import Clinic, User


def may_write(by: User, text: GuidanceText) -> bool:
    """Whether the person writes at this text."""
    return _has(by, text, Permission.EDIT_CONTENT)


def may_write_shared(by: User) -> bool:
    """Whether the person writes at the pages that all clinics share."""
    return _keepers(by, Permission.EDIT_CONTENT).exists()


def may_review(by: User, text: GuidanceText) -> bool:
    """Whether the person reads this text for others; `needs_physician` asks for more."""
    return may_write(by, text) or may_sign(by, text)


def may_sign(by: User, text: GuidanceText) -> bool:
    """Whether the person signs what only a physician signs."""
    return _has(by, text, Permission.APPROVE_RED_FLAGS)


def own_clinics(by: User) -> list[Clinic]:
    """The clinics whose variants the person may write, by name."""
    return list(clinics_with(by, Permission.EDIT_CONTENT).order_by("name", "pk"))


def variants_of(by: User) -> QuerySet[GuidanceVariant]:
    """The variants that the person may open: of clinics where they write or sign."""
    rows = GuidanceVariant.objects.filter(clinic__in=desk_clinics(by).values("pk"))
    return rows.select_related("clinic", "locale")


def desk_clinics(by: User) -> QuerySet[Clinic]:
    """The clinics where the person writes or signs guidance."""
    return clinics_with(by, Permission.EDIT_CONTENT) | clinics_with(by, Permission.APPROVE_RED_FLAGS)


def texts_waiting_for(by: User) -> tuple[bool, QuerySet[GuidanceVariant]]:
    """Whether the person reads shared texts for others, and the variants among which they may."""
    reads_shared = any(
        _keepers(by, one).exists() for one in (Permission.EDIT_CONTENT, Permission.APPROVE_RED_FLAGS)
    )
    return reads_shared, variants_of(by)


def _has(by: User, text: GuidanceText, permission: Permission) -> bool:
    if isinstance(text, GuidancePage) or text.clinic_id is None:
        return _keepers(by, permission).exists()
    return clinics_with(by, permission).filter(pk=text.clinic_id).exists()


def _keepers(by: User, permission: Permission) -> QuerySet[Clinic]:
    return clinics_with(by, permission).filter(keeps_shared_guidance=True)
