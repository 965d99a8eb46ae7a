"""What the patients of one family are called where more than one could be meant."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.access import AnyUser, patients_cared_for_by
from clinic.models import Patient
from clinic.rules.patients.names import told_apart


def of_caregiver(*, by: AnyUser) -> dict[UUID, str]:
    """Everybody whom this person looks after, by as little as tells them apart."""
    return short(patients_cared_for_by(by))


def short(patients: Iterable[Patient]) -> dict[UUID, str]:
    """The given name of each; more only where two bear the same."""
    return _names(patients, by_given_name=True)


def whole(patients: Iterable[Patient]) -> dict[UUID, str]:
    """The full name of each, with the date of birth where two bear the same."""
    return _names(patients, by_given_name=False)


def namesakes(patients: Iterable[Patient]) -> frozenset[UUID]:
    """Those whom their full name does not tell from another, and their date of birth does."""
    return frozenset(pk for pk, one in told_apart(_people(patients)).items() if one.born is not None)


def _people(patients: Iterable[Patient]) -> dict[UUID, tuple[str, str, date | None]]:
    return {one.pk: (one.given_name, one.family_name, one.birth_date) for one in patients}


def _names(patients: Iterable[Patient], *, by_given_name: bool) -> dict[UUID, str]:
    shown = told_apart(_people(patients), by_given_name=by_given_name)
    return {
        pk: one.name
        if one.born is None
        else _("%(name)s, born %(day)s") % {"name": one.name, "day": date_format(one.born)}
        for pk, one in shown.items()
    }
