"""The five levels as a family reads them in a list. The advice itself is in the protocol."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.rules.core.enums import Level

LEVEL_WORDS: dict[Level, str | Promise] = {
    Level.EMERGENCY: _("Emergency"),
    Level.URGENT: _("Call now"),
    Level.SAME_DAY: _("Call today"),
    Level.WATCH: _("Check again"),
    Level.NONE: _("No alert"),
}
