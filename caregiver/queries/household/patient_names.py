"""What the patients of one family are called where more than one could be meant."""

from collections.abc import Iterable
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


def _names(patients: Iterable[Patient], *, by_given_name: bool) -> dict[UUID, str]:
    people = {one.pk: (one.given_name, one.family_name, one.birth_date) for one in patients}
    shown = told_apart(people, by_given_name=by_given_name)
    return {
        pk: one.name
        if one.born is None
        else _("%(name)s, born %(day)s") % {"name": one.name, "day": date_format(one.born)}
        for pk, one in shown.items()
    }
