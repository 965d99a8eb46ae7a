"""A number that texts go to, refused where it is typed, with the reason."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from clinic.queries.core import recipients
from notifications.rules.recipients import Refusal

WHY_NOT = {
    Refusal.COUNTRY: _(
        "Texts do not go to this country. Enter a number of a country that your clinic texts to."
    ),
    Refusal.EXTENSION: _("A number with an extension cannot be texted. Enter a cell phone number."),
    Refusal.LANDLINE: _("This is a landline, and texts do not reach it. Enter a cell phone number."),
    Refusal.TOLL_FREE: _("This is a toll-free number, and texts do not reach it. Enter a cell phone number."),
    Refusal.PREMIUM: _("This is a premium-rate number. Enter a cell phone number."),
    Refusal.NO_PHONE: _("This is not a cell phone number. Enter one."),
    Refusal.OURS: _("This is the clinic's own number. Enter the person's cell phone number."),
    Refusal.NO_TEXTS: _("Texts have not reached this number. Ask for another cell phone number."),
}


class MobileField(PhoneNumberField):
    """Cleans to a number that can be texted."""

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        refused = recipients.why_not(number) if number else None
        if refused:
            raise ValidationError(WHY_NOT[refused], code=refused)
        return number
