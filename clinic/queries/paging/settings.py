"""How a clinic pages, and how one person is paged."""

from dataclasses import dataclass
from datetime import datetime

from clinic.access import Permission, can, choose_clinic
from clinic.models import CallCode, Clinic, ProtocolVersion, Staff, User
from clinic.queries.paging import ladders
from clinic.queries.protocols.versions import rules_of
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging.channels import ChannelTurn
from clinic.rules.paging.ladder import Ladder, pages_staff
from clinic.rules.protocols.document.questions import in_language
from notifications.queries import push_targets


@dataclass(frozen=True)
class NamedRule:
    """A rule that can page, by its id and in words."""

    id: str
    words: str


@dataclass(frozen=True)
class PagingSettings:
    """One clinic's paging as this person may see it."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    ladder: Ladder
    rules: tuple[NamedRule, ...]
    turns: tuple[ChannelTurn, ...]
    phone: str
    can_be_paged: bool
    has_browser: bool
    names_in_order: tuple[str, ...]
    may_change: bool
    has_call_code: bool
    # Names of those on the chain who cannot answer a call where a code is asked for.
    without_call_code: tuple[str, ...]


def of_clinic(*, user: User, clinic_slug: str, now: datetime) -> PagingSettings:
    """That of the named clinic, or of the person's first one. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.WATCH_CONSOLE)
    staff = Staff.objects.select_related("user").get(user=user, clinic=clinic, ended_at__isnull=True)
    chain = [one for one in on_call.staff_in_order(clinic.pk, now) if on_call.is_reachable(one)]
    with_code = set(
        CallCode.objects.filter(user__in=[user.pk, *(one.user_id for one in chain)]).values_list(
            "user_id", flat=True
        )
    )
    return PagingSettings(
        clinic=clinic,
        clinics=clinics,
        ladder=ladders.of_clinic(clinic.pk),
        rules=_paging_rules(clinic, user.language),
        turns=ladders.chosen_turns(staff),
        phone=str(staff.phone.as_national) if staff.phone else "",
        can_be_paged=on_call.is_reachable(staff),
        has_browser=bool(push_targets(user.pk)),
        names_in_order=tuple(one.user.name for one in chain),
        may_change=can(user, Permission.MANAGE_PAGING, clinic),
        has_call_code=user.pk in with_code,
        without_call_code=tuple(one.user.name for one in chain if one.user_id not in with_code),
    )


def _paging_rules(clinic: Clinic, language: str) -> tuple[NamedRule, ...]:
    """The rules of the protocol in force that can make a report urgent or worse."""
    versions = ProtocolVersion.objects.filter(protocol__clinic=clinic, protocol__code="car-t")
    version = versions.order_by("-number").first()
    if version is None:
        return ()
    return tuple(
        NamedRule(rule.id, in_language(rule.whys, language))
        for rule in rules_of(version).rules
        if any(case.level and pages_staff(Level(case.level)) for case in rule.cases)
    )
