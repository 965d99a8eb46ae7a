"""What must be translated, and what is missing: the texts of the source beside a language's catalogue."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

APPS = ("caregiver", "clinic", "config", "notifications")
# Only staff, educators, operators and programs read these. Everything else may reach a family.
STAFF_ONLY = (
    "caregiver/cms",
    "caregiver/models/guidance",
    "caregiver/services/guidance/overdue.py",
    "caregiver/services/guidance/review_notices.py",
    "caregiver/templates/caregiver/cms",
    "caregiver/templates/wagtailadmin",
    "caregiver/wagtail_hooks.py",
    "clinic/admin.py",
    "clinic/api",
    "clinic/console",
    "clinic/levels.py",
    "clinic/management",
    "clinic/models",
    "clinic/queries",
    "clinic/services/accounts/new_browsers.py",
    "clinic/services/accounts/own_notices.py",
    "clinic/services/accounts/passwords.py",
    "clinic/services/rota/test_pages.py",
    "clinic/services/desk/handovers.py",
    "clinic/services/desk/takeovers.py",
    "clinic/services/answers/page_replies.py",
    "clinic/services/paging/brand.py",
    "clinic/services/paging/same_day.py",
    "clinic/services/paging/sending.py",
    "clinic/services/rota/coverage.py",
    "clinic/services/rota/leavers.py",
    "clinic/services/rota/notices.py",
    "clinic/services/answers/shift_replies.py",
    "clinic/services/answers/text_alarms.py",
    "clinic/services/patients/printed_record.py",
    "clinic/services/patients/watchers.py",
    "clinic/services/core/other_ways.py",
    "clinic/services/core/staff_texts.py",
    "clinic/services/rota/swaps.py",
    "clinic/services/watch/presence.py",
    "clinic/services/watch/provider_outages.py",
    "clinic/templates",
    "clinic/templatetags",
    "config/management",
    "config/settings",
    "config/templates/429.html",
    "config/templates/account",
    "config/templates/mfa",
    "config/templates/usersessions",
    "notifications/demo_views.py",
    "notifications/labels.py",
    "notifications/models",
    # Spoken, by voices that there are for English and Spanish.
    "notifications/services/calls.py",
    "notifications/templates",
    "notifications/views.py",
)
# Texts of staff pages that families see as well.
FAMILY_TOO = (
    "clinic/queries/patients/care_team.py",
    "clinic/queries/reports/problems.py",
    "clinic/queries/reports/status.py",
    "clinic/models/disease.py",
    "clinic/models/report.py",
    "clinic/models/staff.py",
)
# Staff choose among these, so their pages are translated too; the other languages are for families.
WHOLE = ("es",)
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@cache
def texts_of_the_source() -> Catalog:
    """What `make messages` finds, without the gettext programs; each text with the places that show it."""
    found = Catalog()
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                place = str(path.relative_to(settings.BASE_DIR))
                for line, text, context in _texts_of(path):
                    found.add(text, locations=[(place, line)], context=context)
    return found


def needed(language: str) -> list[Message]:
    """The texts that a language needs: all of them, or those that families read."""
    texts = [message for message in texts_of_the_source() if message.id]
    return texts if language in WHOLE else [message for message in texts if _is_for_families(message)]


def missing(language: str) -> list[Message]:
    """What is needed and not there, empty, or marked fuzzy."""
    known = catalogue(language)
    return [message for message in needed(language) if not _is_done(message, known)]


def catalogue(language: str) -> Catalog:
    """The language's catalogue as it stands in the source tree."""
    path = settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    return read_po(StringIO(path.read_text()), locale=to_locale(language), abort_invalid=True)


def _is_done(message: Message, known: Catalog) -> bool:
    entry = known.get(message.id[0] if message.pluralizable else message.id, context=message.context)
    if entry is None or entry.fuzzy or entry.pluralizable != message.pluralizable:
        return False
    forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    return all(forms)


def _is_for_families(message: Message) -> bool:
    return any(
        place.startswith(FAMILY_TOO) or not place.startswith(STAFF_ONLY) for place, _ in message.locations
    )


def _texts_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        # What is left of a template looks like Python, except for how its lines are indented.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).split("\n"))
    for line, text, _, context in extract("python", BytesIO(source.encode()), keywords=FUNCTIONS):
        yield line, tuple(text) if isinstance(text, tuple) else text, context
