"""The five levels as staff say them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.rules.core.enums import Level

LEVEL_WORDS: dict[Level, str | Promise] = {
    Level.EMERGENCY: _("Emergency"),
    Level.URGENT: _("Urgent"),
    Level.SAME_DAY: _("Same day"),
    Level.WATCH: _("Watch"),
    Level.NONE: _("No alert"),
}
