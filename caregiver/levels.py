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
# Of a report that the clinic has closed: what it said, and no order any more.
WORDS_OF_THEN: dict[Level, str | Promise] = {
    Level.EMERGENCY: _("We said: emergency"),
    Level.URGENT: _("We said: call now"),
    Level.SAME_DAY: _("We said: call today"),
    Level.WATCH: _("We said: check again"),
    Level.NONE: LEVEL_WORDS[Level.NONE],
}
