"""What is missing before Kinwatch may be relied on: settings first, then each clinic's people and rules."""

import gettext
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, to_locale

from clinic.hooks import setup_asked
from clinic.models import Clinic, Staff
from clinic.models.staff import Role
from clinic.queries.patients import terms
from clinic.queries.protocols.versions import latest_version
from clinic.queries.rota import on_call

_STANDS_ABOVE = """
    SELECT rolsuper OR rolbypassrls OR EXISTS (
        SELECT 1 FROM pg_class WHERE oid = to_regclass('clinic_patient') AND pg_has_role(relowner, 'USAGE')
    ) FROM pg_roles WHERE rolname = current_user
"""
# So far ahead somebody must be on call at every moment.
COVERED_DAYS = 7
# Clocks of two machines differ by less where both are set by the network.
CLOCKS_DIFFER = timedelta(seconds=5)
_SENT_BY = {
    "codes": gettext_lazy("codes"),
    "reminders": gettext_lazy("reminders"),
    "paging": gettext_lazy("paging"),
}


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, and what to do. `alarms`: without it an alarm may reach nobody."""

    code: str
    what: str
    todo: str
    clinic: str = ""
    alarms: bool = True


def of_settings() -> tuple[Missing, ...]:
    """What the environment does not say. Asks nobody and reads no table."""
    return tuple(_of_provider()) + tuple(_of_other_ways()) + tuple(_of_directory())


def of_program() -> tuple[Missing, ...]:
    """What lies beside the code: the catalogues, which git does not hold compiled."""
    folder, source = settings.LOCALE_PATHS[0], settings.LANGUAGE_CODE
    lacking = [
        code
        for code, _name in settings.LANGUAGES
        if code != source and not gettext.find("django", str(folder), [to_locale(code)])
    ]
    if not lacking:
        return ()
    return (
        Missing(
            "no_catalogues",
            f"Texts are not compiled in: {', '.join(lacking)}. These families read English.",
            "Run make translations, and restart.",
        ),
    )


def of_clocks(*, here: datetime, there: datetime) -> tuple[Missing, ...]:
    """Whether this machine and the database agree on the time: shifts, pages and reminders go by it."""
    apart = abs(here - there)
    if apart < CLOCKS_DIFFER:
        return ()
    return (
        Missing(
            "clocks_differ",
            f"The clocks of this machine and of the database are {apart.total_seconds():.0f} s apart.",
            "Have both set by NTP: timedatectl set-ntp true.",
        ),
    )


def of_others(*, now: datetime) -> tuple[Missing, ...]:
    """What the apps above the clinic say of what they keep."""
    said: list[tuple[object, tuple[Missing, ...]]] = setup_asked.send(sender=None, now=now)  # type: ignore[assignment]
    return tuple(one for _receiver, missing in said for one in missing)


def clock_of_database() -> datetime:
    """What the database takes for now; on SQLite, which is in this process, the same clock."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def of_database() -> tuple[Missing, ...]:
    """Whether PostgreSQL holds the program's role back: it owns no table and stands above no policy."""
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_STANDS_ABOVE)
        stands_above = cursor.fetchone()[0]
    if not stands_above:
        return ()
    return (
        Missing(
            "no_second_wall",
            "The program signs in to the database as a role that nothing holds back between clinics.",
            "Make one that owns nothing: manage.py database_roles (docs/security.md).",
            alarms=False,
        ),
    )


def of_audit(*, rows_waiting: int) -> tuple[Missing, ...]:
    """Whether rows of the audit wait for the only one who may let them go."""
    if not rows_waiting:
        return ()
    return (
        Missing(
            "audit_kept_too_long",
            f"{rows_waiting} rows of the audit are older than RETENTION_AUDIT_YEARS, and the program may not "
            "delete them.",
            "Run manage.py apply_retention as the owner of the tables, once a year (docs/audit.md).",
            alarms=False,
        ),
    )


def of_clinics(*, now: datetime) -> tuple[Missing, ...]:
    """What the clinics lack, one after the other by name."""
    clinics = list(Clinic.objects.order_by("slug"))
    if not clinics:
        return (Missing("no_clinic", "There is no clinic.", "Make one: manage.py create_clinic."),)
    found = [missing for clinic in clinics for missing in _of_clinic(clinic, now)]
    unknown = {one.clinic for one in settings.OIDC_GROUPS} - {clinic.slug for clinic in clinics}
    if unknown:
        named = ", ".join(sorted(unknown))
        found.append(
            Missing(
                "directory_of_no_clinic",
                f"OIDC_GROUPS gives roles at a clinic that is not here: {named}.",
                "Write the clinics as create_clinic named them (--slug).",
                alarms=False,
            )
        )
    if not any(clinic.keeps_shared_guidance for clinic in clinics):
        found.append(
            Missing(
                "no_guidance_keeper",
                "No clinic writes the guidance that all clinics share: nobody can mend it.",
                "Check it for one of them in /admin/, under Clinics.",
                alarms=False,
            )
        )
    return tuple(found)


def _of_provider() -> Iterator[Missing]:
    if settings.DEMO:
        yield Missing(
            "demo",
            _("This is the demo: made-up people, and staff sign in with a password alone."),
            _("Set DJANGO_SETTINGS_MODULE=config.settings.prod."),
        )
    if settings.MESSAGE_PROVIDER != "twilio":
        yield Missing(
            "no_provider",
            _("Texts and calls go nowhere."),
            _("Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."),
        )
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if settings.MESSAGE_PROVIDER == "twilio" else ():
        if not getattr(settings, name):
            yield Missing(
                "no_keys",
                _("A key of the phone provider is missing."),
                _("Copy %(name)s from the Twilio console.") % {"name": name},
            )
    for name, sid in settings.TWILIO_MESSAGING_SERVICES.items():
        if not sid:
            yield Missing(
                f"no_service_{name}",
                _("There is no messaging service for %(name)s.") % {"name": _SENT_BY.get(name, name)},
                _("Make one with a number of its own and set %(setting)s.")
                % {"setting": f"TWILIO_MESSAGING_SERVICE_{name.upper()}"},
            )
    if not settings.TWILIO_VOICE_FROM:
        yield Missing(
            "no_voice_number",
            _("There is no number to call from: nobody is called."),
            _("Set TWILIO_VOICE_FROM."),
        )


def _of_other_ways() -> Iterator[Missing]:
    if not settings.EMAIL_SERVER:
        yield Missing(
            "no_second_way",
            _("There is no second way: when the phone provider fails, pages reach nobody."),
            _("Set EMAIL_URL, such as smtp+tls://user:password@mail.example:587, and EMAIL_FROM."),
        )
    if not settings.HEARTBEAT_URL:
        yield Missing(
            "no_outside_monitor",
            _("Nobody outside notices when everything stands still."),
            _("Set HEARTBEAT_URL to a check-in service that alarms after five minutes of silence."),
        )
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        yield Missing(
            "no_https",
            _("Links in pages do not lead to an https address."),
            _("Set PUBLIC_BASE_URL=https://…"),
        )
    if not settings.VAPID_PRIVATE_KEY:
        yield Missing(
            "no_push_key",
            _("Staff cannot be notified on their devices."),
            _("Make a key (docs/install.md) and set VAPID_PRIVATE_KEY."),
            alarms=False,
        )
    if not settings.AUDIT_CHECKPOINT:
        yield Missing(
            "no_audit_checkpoint",
            _("Whoever owns the database could rewrite the audit: its checkpoints stay in it."),
            _("Set AUDIT_CHECKPOINT to a file on another machine's disk, or to an https address."),
            alarms=False,
        )
    if not settings.PROXIES_ARE_KNOWN:
        yield Missing(
            "no_trusted_proxies",
            _("What a proxy says of clients and of https is ignored: behind one, all clients are one."),
            _("Set TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1, or to none without a proxy."),
            alarms=False,
        )
    if not settings.SECURITY_CONTACT:
        yield Missing(
            "no_security_contact",
            _("Whoever finds a hole is not told whom to tell: there is no /.well-known/security.txt."),
            _("Set SECURITY_CONTACT to an address that is read every working day (mailto:…)."),
            alarms=False,
        )
    if not settings.STAFF_CHECKS:
        yield Missing(
            "no_staff_checks",
            _("Nothing proves from week to week that pages get through."),
            _("Set STAFF_CHECKS=on."),
            alarms=False,
        )


def _of_directory() -> Iterator[Missing]:
    if settings.OIDC_ISSUER and not settings.OIDC_GROUPS:
        yield Missing(
            "no_directory_groups",
            _("No group of the hospital's directory gives a role: only who is invited gets in by it."),
            _("Set OIDC_GROUPS, such as river/nurse=Kinwatch Nurses; river/administrator=Kinwatch Leads."),
            alarms=False,
        )


def _of_clinic(clinic: Clinic, now: datetime) -> Iterator[Missing]:
    slug = clinic.slug
    if latest_version(clinic) is None:
        yield Missing(
            "no_protocol",
            "No protocol is published: no report is scored.",
            "Publish one: manage.py publish_protocol.",
            slug,
        )
    leads = Staff.objects.filter(
        clinic=clinic, role=Role.ADMINISTRATOR, ended_at__isnull=True, user__is_active=True
    )
    if not leads.exists():
        yield Missing(
            "no_administrator",
            "There is no administrator: nobody hears of gaps and outages.",
            "Make one: manage.py create_clinic for a new clinic; else an operator gives the role in /admin/.",
            slug,
        )
    elif settings.OIDC_ISSUER and not _has_emergency_account(leads):
        yield Missing(
            "no_emergency_account",
            "When the hospital's directory is down, no administrator can sign in.",
            "Invite one at an address that is not in the directory; they set a password and a second factor.",
            slug,
        )
    if leads.exists() and not leads.exclude(phone=None).exclude(phone="").exists():
        yield Missing(
            "no_lead_with_phone",
            "No administrator has a phone: they are told by e-mail alone.",
            "Add a number on Rota → My shifts.",
            slug,
            alarms=False,
        )
    yield from _of_own_settings(clinic, now)
    yield from _of_chain(clinic, now)


def _has_emergency_account(leads: QuerySet[Staff]) -> bool:
    """Whether one of them has a password: whoever has a role from the directory has none."""
    return any(one.user.has_usable_password() for one in leads.select_related("user"))


def _of_own_settings(clinic: Clinic, now: datetime) -> Iterator[Missing]:
    """What families read of the clinic: when somebody reads reports, and what they agree to."""
    opening = clinic.opening
    if not any(opening.weekly.values()):
        yield Missing(
            "no_staffed_hours",
            "No hours are known in which somebody reads reports: families are always told to call the line.",
            "Write them on Set-up → Numbers and hours.",
            clinic.slug,
            alarms=False,
        )
    if not clinic.keypad_phone:
        yield Missing(
            "no_keypad_number",
            "There is no number for check-ins by telephone keypad: families need a smartphone.",
            "Buy one, lead it here (docs/telephone.md), and write it on Set-up → Numbers and hours.",
            clinic.slug,
            alarms=False,
        )
    today = now.astimezone(opening.zone).date()
    if not any(one.last >= today for one in opening.holidays):
        yield Missing(
            "no_holidays",
            "No holiday is known: on such a day families are told that somebody reads.",
            "Enter those of the coming year on Set-up → Holidays.",
            clinic.slug,
            alarms=False,
        )
    lacking = terms.lacking_languages(clinic)
    if lacking:
        yield Missing(
            "no_terms",
            f"Terms of use and privacy notice of the clinic are missing in: {', '.join(lacking)}.",
            "Publish them on Set-up → Terms and privacy.",
            clinic.slug,
            alarms=False,
        )


def _of_chain(clinic: Clinic, now: datetime) -> Iterator[Missing]:
    """Who would be paged now, and whether somebody is for the days to come."""
    people = [staff for staff in on_call.staff_in_order(clinic.pk, now) if on_call.is_reachable(staff)]
    if not people:
        yield Missing(
            "empty_chain",
            "Nobody is on call: a page goes to the clinic's line alone.",
            "Put people on the rota or on the standing list.",
            clinic.slug,
        )
    elif not on_call.is_covered(clinic=clinic, now=now, days=COVERED_DAYS):
        yield Missing(
            "rota_gap",
            "In the coming week there is time in which nobody on call has a number that is proven.",
            "Fill it on the rota, with people whose number is verified and tested.",
            clinic.slug,
            alarms=False,
        )
    unproven = sum(staff.phone_verified_at is None for staff in people)
    if unproven:
        yield Missing(
            "unverified_number",
            f"{unproven} of {len(people)} people on call have not verified their number.",
            "Each does it on Rota → My shifts.",
            clinic.slug,
        )
    without = sum(not staff.user.email for staff in people)
    if without:
        yield Missing(
            "no_email",
            f"{without} of {len(people)} people on call have no e-mail address: no second way to them.",
            "Add it in /admin/.",
            clinic.slug,
        )
