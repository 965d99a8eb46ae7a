"""Django permissions that follow from a person's role at a clinic, so that the editor needs no groups."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from clinic.access import Permission, clinics_with

# What Wagtail asks for, by our permission. Nobody has "publish": going live is the review's doing.
_GRANTS = {
    Permission.EDIT_CONTENT: frozenset(
        {
            "wagtailadmin.access_admin",
            *(f"caregiver.{act}_guidancepage" for act in ("add", "change", "view", "lock", "unlock")),
            *(f"caregiver.{act}_picture" for act in ("add", "change", "view")),
        }
    ),
    Permission.APPROVE_RED_FLAGS: frozenset({"wagtailadmin.access_admin", "caregiver.view_guidancepage"}),
}


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
        return granted
