"""A label says one thing: what is needed in some cases is never called optional beside it."""

import pytest

from clinic.console.forms.accounts.emergency import OpenForm
from clinic.console.forms.escalations.acts import LowerForm, ResolveForm
from clinic.console.forms.patients.life_events import LifeEventForm
from clinic.console.forms.risk.answers import BelowForm
from clinic.queries.escalations.known import Nameable
from clinic.rules.core.enums import Level


@pytest.mark.parametrize(
    ("form", "name", "hint"),
    [
        (LifeEventForm(kinds=[]), "reason", "Needed where monitoring ends."),
        (BelowForm(subjects=[]), "text", "Needed for another reason."),
        (LowerForm(levels=[Level.WATCH], pages_now=True), "outcome", "Needed where the new level"),
        (ResolveForm(nameable=[Nameable("cough", "Cough")]), "note", "Needed where something is expected"),
        (OpenForm(clinics=()), "hospital_number", "Or both names below."),
    ],
)
def test_what_is_needed_in_some_cases_is_not_called_optional(form, name, hint):
    field = form[name].as_field_group()

    assert hint in field
    assert "(optional)" not in field


def test_a_last_note_is_optional_where_nothing_can_be_expected():
    assert "(optional)" in ResolveForm()["note"].as_field_group()
