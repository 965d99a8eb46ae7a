"""What ending a role does, in sentences: for the console, the operators' admin and the command."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models.rota import LayerName
from clinic.queries.desk.leaving import Leaving
from clinic.queries.rota import alarm_subjects
from clinic.rules.rota.shifts import Gap

# More would be a list that nobody reads.
GAPS_NAMED = 6


def what_ends(leaving: Leaving) -> list[str]:
    """What happens to what the person has, one sentence each; nothing for what they do not have."""
    counted = (
        (
            leaving.held,
            ngettext(
                "%(n)s alert that they have waits for somebody again at once.",
                "%(n)s alerts that they have wait for somebody again at once.",
                leaving.held,
            ),
        ),
        (
            leaving.owed,
            ngettext(
                "%(n)s answer as the second role is owed again, and its role is paged.",
                "%(n)s answers as the second role are owed again, and their role is paged.",
                leaving.owed,
            ),
        ),
        (
            leaving.weekly,
            ngettext("%(n)s weekly shift ends.", "%(n)s weekly shifts end.", leaving.weekly),
        ),
        (
            leaving.shifts,
            ngettext(
                "%(n)s single shift ends or is taken off.",
                "%(n)s single shifts end or are taken off.",
                leaving.shifts,
            ),
        ),
        (
            leaving.swaps,
            ngettext(
                "%(n)s request to swap a shift is closed.",
                "%(n)s requests to swap a shift are closed.",
                leaving.swaps,
            ),
        ),
        (
            leaving.handovers,
            ngettext(
                "%(n)s shift handover is not signed yet: the lead is paged now.",
                "%(n)s shift handovers are not signed yet: the lead is paged now.",
                leaving.handovers,
            ),
        ),
    )
    found = [words % {"n": number} for number, words in counted if number]
    if leaving.is_listed:
        found.append(_("They are taken off the standing list."))
    found.append(
        _("They are signed out everywhere. Programs, calendars and devices that use their sign-in stop.")
        if leaving.is_last_role
        else _("They keep their sign-in, because they have a role at another clinic.")
    )
    return found


def gaps_made(leaving: Leaving) -> list[str]:
    """The gaps that it leaves, worst first, by the clinic's clock; empty where it leaves none."""
    found = []
    if leaving.nobody_left:
        found.append(_("Nobody is left who can be paged now: only the 24-hour line would be called."))
    found += [
        _("No %(role)s is left who can be paged now.") % {"role": role} for role in leaving.roles_left_empty
    ]
    if leaving.is_last_administrator:
        found.append(_("No administrator is left, so nobody hears of gaps and nobody can fill them."))
    zone = leaving.staff.clinic.time_zone
    found += [_gap_words(gap, zone) for gap in leaving.gaps[:GAPS_NAMED]]
    more = len(leaving.gaps) - GAPS_NAMED
    if more > 0:
        found.append(ngettext("And %(n)s more gap.", "And %(n)s more gaps.", more) % {"n": more})
    return found


def _gap_words(gap: Gap, zone: str) -> str:
    return _("%(layer)s: nobody from %(begins)s to %(ends)s.") % {
        "layer": LayerName(gap.layer).label,
        "begins": alarm_subjects.day_and_clock(gap.starts_at, zone),
        "ends": alarm_subjects.day_and_clock(gap.ends_at, zone),
    }
