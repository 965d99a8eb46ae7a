"""Django permissions that follow from a person's role at a clinic, so that the editor needs no groups."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from caregiver.queries.guidance import rights
from clinic.access import Permission, clinics_with

_VIEW = frozenset(
    {"wagtailadmin.access_admin", "caregiver.view_guidancepage", "caregiver.view_guidancevariant"}
)
# What Wagtail asks for, by our permission. Nobody has "publish": going live is the review's doing. Nor has
# anybody "add" for a variant: it is begun from a shared page. Whose variant it is, the gate asks.
_GRANTS = {
    Permission.EDIT_CONTENT: _VIEW
    | {
        *(f"caregiver.{act}_guidancevariant" for act in ("change", "lock", "unlock")),
        *(f"caregiver.{act}_picture" for act in ("add", "view")),
    },
    Permission.APPROVE_RED_FLAGS: _VIEW,
}
# Of the clinics that keep the shared guidance. Its pictures are on everybody's pages.
_OF_KEEPERS = frozenset(
    {
        *(f"caregiver.{act}_guidancepage" for act in ("add", "change", "lock", "unlock")),
        "caregiver.change_picture",
    }
)


class RoleBackend(BaseBackend):
    """Answers `has_perm` from clinic/access.py; signs nobody in."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        granted: set[str] = set()
        for permission, names in _GRANTS.items():
            if clinics_with(user_obj, permission).exists():
                granted |= names
        if rights.may_write_shared(user_obj):
            granted |= _OF_KEEPERS
        return granted
