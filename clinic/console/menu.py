"""The console's main pages, in the order of the top bar. A new page gets its line here."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.access import Permission


@dataclass(frozen=True)
class MenuEntry:
    """One page: `also` names further addresses on which it stays marked as the current one."""

    url_name: str
    label: str | Promise
    icon: str
    permission: Permission
    also: frozenset[str] = frozenset()

    def is_at(self, url_name: str) -> bool:
        return url_name == self.url_name or url_name in self.also


# Everything about one patient that has no page of its own in the bar.
_OF_A_PATIENT = frozenset(
    {
        "console_baseline",
        "console_caregiver_deletion",
        "console_clinic_transfer",
        "console_correct",
        "console_correct_told",
        "console_deletion",
        "console_enter_report",
        "console_facts",
        "console_home_check_baseline",
        "console_invite",
        "console_keypad_code",
        "console_note_call",
        "console_offer_clinic_transfer",
        "console_outcome_record",
        "console_outcomes",
        "console_patient",
        "console_patient_new",
        "console_pause",
        "console_record_event",
        "console_take_back_event",
        "console_told_advice",
        "console_windows",
    }
)
MENU = (
    MenuEntry(
        "console_worklist",
        _("Worklist"),
        "list",
        Permission.WATCH_CONSOLE,
        also=frozenset({"console_escalation"}),
    ),
    MenuEntry(
        "console_rota",
        _("Rota"),
        "calendar",
        Permission.WATCH_CONSOLE,
        also=frozenset(
            {
                "console_my_shifts",
                "console_shift_new",
                "console_weekly_new",
                "console_swap_new",
                "console_takeover",
                "console_staff",
                "console_staff_invite",
                "console_role_end",
                "console_factor",
                "console_staff_sessions",
            }
        ),
    ),
    MenuEntry(
        "console_handovers",
        _("Handover"),
        "forward",
        Permission.VIEW_PATIENTS,
        also=frozenset({"console_handover_new", "console_handover_sheet"}),
    ),
    MenuEntry(
        "console_patients",
        _("Patients"),
        "people",
        Permission.VIEW_PATIENTS,
        also=_OF_A_PATIENT | {"console_imports_waiting"},
    ),
    MenuEntry(
        "console_labs_due",
        _("Labs"),
        "temperature",
        Permission.VIEW_PATIENTS,
        also=frozenset({"console_risk", "console_labs", "console_risk_facts"}),
    ),
    MenuEntry(
        "console_paging",
        _("Paging"),
        "phone",
        Permission.WATCH_CONSOLE,
        also=frozenset({"console_my_channels", "console_paging_ladder"}),
    ),
    MenuEntry(
        "console_protocols",
        _("Protocols"),
        "card",
        Permission.READ_PROTOCOLS,
        also=frozenset(
            {
                "console_protocol_draft",
                "console_protocol_item",
                "console_protocol_wording",
                "console_protocol_version",
                "console_protocol_changes",
            }
        ),
    ),
    MenuEntry(
        "console_insights",
        _("Figures"),
        "chart",
        Permission.WATCH_CONSOLE,
        also=frozenset(
            {
                "console_ledger",
                "console_outcome_figures",
                "console_outcomes_due",
                "console_event_reviews",
            }
        ),
    ),
    MenuEntry(
        "console_setup",
        _("Set-up"),
        "settings",
        Permission.MANAGE_CLINIC,
        also=frozenset(
            {
                "console_clinic_facts",
                "console_holidays",
                "console_clinic_terms",
                "console_terms_agreed",
                "console_languages",
                "console_listeners",
                "console_listener_secret",
                "console_systems",
                "console_system_keys",
                "console_imports",
                "console_import",
            }
        ),
    ),
    MenuEntry("console_strain", _("Caregivers"), "people", Permission.SEE_STRAIN),
    MenuEntry(
        "console_audit",
        _("Audit"),
        "lock",
        Permission.VIEW_AUDIT,
        also=frozenset({"console_emergency_review"}),
    ),
)


def entries(permissions: frozenset[Permission]) -> tuple[MenuEntry, ...]:
    """What a person with these permissions may open."""
    return tuple(entry for entry in MENU if entry.permission in permissions)
