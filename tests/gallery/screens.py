"""Which screens there are, who sees them, and in which forms each is worth a picture.

Not the full product: a screen is shown in what could break it. Whoever looks sees its language: each person
of the demo reads in their own.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class View:
    """How wide, and what the person has set on their device."""

    width: int
    scheme: str = "light"
    forced: bool = False
    media: str = "screen"

    @property
    def name(self) -> str:
        more = [
            self.scheme,
            *(["forced"] if self.forced else []),
            *([self.media] if self.media == "print" else []),
        ]
        return "-".join([str(self.width), *more])


@dataclass(frozen=True)
class Screen:
    """One address, or the first link on it that holds `follow`, as one person sees it.

    Without an address it goes on from the screen before it. `press`: what is pressed on the way, as
    selectors; "field := words" is filled in.
    """

    name: str
    path: str
    person: str
    views: tuple[View, ...]
    follow: str = ""
    press: tuple[str, ...] = field(default=())
    # Which clinic state it belongs to: how many alerts are open.
    open: int = 3


PHONE = (View(360), View(320, "dark"), View(390, forced=True))
PHONE_ONCE = (View(360),)
DESK = (View(1440), View(1440, "dark"), View(390))
DESK_ONCE = (View(1440), View(390))
WHOLE = (*DESK, View(390, "dark"), View(1440, forced=True))
# As wide as A4 between its margins.
PAPER = (View(720, media="print"),)

JUNE, DANIEL, OMAR, GRACE = "+16175550131", "+16175550132", "+16175550133", "+16175550134"
ELENA, SALMA, NGOZI, MINH = "+16175550141", "+16175550191", "+16175550144", "+16175550143"
NURSE, SPANISH_NURSE = "nurse@harbor.example", "nurse2@harbor.example"
PHYSICIAN, EDUCATOR, ADMIN = "physician@harbor.example", "educator@harbor.example", "admin@harbor.example"
SOCIAL = "social@harbor.example"
NOBODY = ""

# {George} is that patient's id.
STAFF_SCREENS = (
    *(
        Screen(f"worklist-{n}", "/console/", NURSE, WHOLE if n == 41 else DESK, open=n)
        for n in (0, 3, 41, 200)
    ),
    *(Screen(f"worklist-es-{n}", "/console/", SPANISH_NURSE, DESK_ONCE, open=n) for n in (3, 41)),
    Screen("alert", "/console/", NURSE, (*WHOLE, *PAPER), follow="/console/escalations/"),
    Screen("alert-es", "/console/", SPANISH_NURSE, DESK_ONCE, follow="/console/escalations/"),
    Screen("patients", "/console/patients/", NURSE, DESK),
    Screen("patients-200", "/console/patients/", NURSE, DESK_ONCE, open=200),
    Screen("patient-day-4", "/console/patients/{Maria}/", NURSE, DESK_ONCE),
    Screen("patient-day-38", "/console/patients/{Samuel}/", NURSE, (*WHOLE, *PAPER)),
    Screen("patient-year-1", "/console/patients/{Helen}/", NURSE, DESK_ONCE),
    Screen("patient-before", "/console/patients/{Walter}/", NURSE, DESK_ONCE),
    Screen("patient-es", "/console/patients/{Samuel}/", SPANISH_NURSE, DESK_ONCE),
    Screen("patient-new", "/console/patients/new/", NURSE, DESK_ONCE),
    Screen("note-call", "/console/patients/{George}/calls/", NURSE, DESK_ONCE),
    Screen("enter-report", "/console/patients/{George}/told/", NURSE, DESK_ONCE),
    Screen("patient-delete", "/console/patients/{Samuel}/delete/", ADMIN, DESK_ONCE),
    Screen("risk", "/console/patients/{George}/risk/", PHYSICIAN, DESK),
    Screen("risk-es", "/console/patients/{George}/risk/", SPANISH_NURSE, DESK_ONCE),
    Screen("risk-facts", "/console/patients/{George}/risk/facts/before/", NURSE, DESK_ONCE),
    Screen("labs", "/console/patients/{George}/labs/", NURSE, DESK),
    Screen("labs-due", "/console/labs/", NURSE, DESK),
    Screen("outcomes-patient", "/console/patients/{Robert}/outcomes/", NURSE, DESK),
    Screen("outcome-form", "/console/patients/{Robert}/outcomes/1/30/", NURSE, DESK),
    Screen("outcome-form-es", "/console/patients/{Robert}/outcomes/1/30/", SPANISH_NURSE, DESK_ONCE),
    Screen("outcomes-due", "/console/outcomes/due/", NURSE, DESK),
    Screen("events", "/console/outcomes/events/", PHYSICIAN, DESK_ONCE),
    Screen("outcome-figures", "/console/outcomes/", PHYSICIAN, DESK),
    Screen("figures-4-weeks", "/console/insights/?weeks=4", NURSE, (*WHOLE, *PAPER)),
    Screen("figures-es", "/console/insights/?weeks=13", SPANISH_NURSE, DESK_ONCE),
    *(
        Screen(f"figures-{slug}", "/console/insights/", f"nurse@{slug}.example", DESK_ONCE)
        for slug in ("day-0", "day-1", "day-7")
    ),
    Screen("strain", "/console/caregivers/", SOCIAL, DESK),
    Screen("from-the-hospital", "/console/from-the-hospital/", ADMIN, DESK),
    Screen("from-the-hospital-waiting", "/console/from-the-hospital/waiting/", ADMIN, DESK_ONCE),
    Screen("devices", "/accounts/sessions/", NURSE, DESK_ONCE),
    Screen("outcome-figures-day-0", "/console/outcomes/", "nurse@day-0.example", DESK_ONCE),
    Screen("worklist-day-0", "/console/", "nurse@day-0.example", DESK_ONCE),
    Screen("patients-day-0", "/console/patients/", "nurse@day-0.example", DESK_ONCE),
    Screen("ledger", "/console/ledger/", NURSE, DESK),
    Screen("handovers", "/console/handover/", NURSE, DESK_ONCE),
    Screen("handover-new", "/console/handover/new/", NURSE, (*DESK_ONCE, *PAPER)),
    Screen("rota", "/console/rota/", NURSE, DESK),
    Screen("my-shifts", "/console/rota/mine/", NURSE, DESK_ONCE),
    Screen("paging", "/console/paging/", ADMIN, DESK),
    Screen("setup", "/console/setup/", ADMIN, DESK_ONCE),
    Screen("clinic-facts", "/console/setup/clinic/", ADMIN, DESK_ONCE),
    Screen("holidays", "/console/setup/holidays/", ADMIN, DESK),
    Screen("terms-own", "/console/setup/terms/", ADMIN, DESK),
    Screen("terms-agreed", "/console/setup/terms/agreed/", ADMIN, DESK_ONCE),
    Screen("other-systems", "/console/other-systems/", ADMIN, DESK),
    Screen("languages", "/console/languages/", ADMIN, DESK_ONCE),
    Screen("staff", "/console/staff/", ADMIN, DESK),
    Screen("staff-invite", "/console/staff/invite/", ADMIN, DESK_ONCE),
    Screen("emergency-access", "/console/emergency/", EDUCATOR, DESK_ONCE),
    Screen("audit", "/console/audit/", ADMIN, DESK),
    Screen("protocols", "/console/protocols/", PHYSICIAN, DESK),
    Screen("rules", "/console/protocols/", PHYSICIAN, (*DESK, *PAPER), follow="/protocols/versions/"),
    Screen("rules-es", "/console/protocols/", SPANISH_NURSE, DESK_ONCE, follow="/protocols/versions/"),
    Screen("rules-changes", "/console/protocols/versions/{version}/changes/", PHYSICIAN, DESK),
    Screen("draft", "/console/protocols/drafts/{draft}/", PHYSICIAN, DESK),
    Screen("draft-item", "/console/protocols/drafts/{draft}/", PHYSICIAN, DESK, follow="temp"),
    Screen(
        "draft-wording",
        "/console/protocols/drafts/{draft}/",
        PHYSICIAN,
        DESK_ONCE,
        follow="temp",
        press=('main a[href*="/wording/es/"]',),
    ),
    Screen("takeover", "/console/rota/now/primary/", NURSE, DESK_ONCE),
    Screen("console-not-found", "/console/patients/00000000-0000-4000-8000-000000000000/", NURSE, DESK_ONCE),
    Screen("staff-sign-in", "/accounts/login/", NOBODY, DESK),
    Screen("sent-messages", "/sent-messages/", NOBODY, DESK_ONCE),
    Screen("cms", "/cms/", EDUCATOR, DESK),
    Screen("cms-new", "/cms/", EDUCATOR, DESK_ONCE, follow="/cms/guidance"),
    Screen("cms-page", "/cms/", EDUCATOR, DESK_ONCE, follow="/edit/"),
)

# From page to page of a check-in: what leads to each from the one before it.
NONE, GO = "button[value=none]", "button[value=go]"


def _on_the_way(temperature: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("temperature", (NONE,)),
        ("numbers", (f"input[name=temp_value] := {temperature}", NONE)),
        ("thinking", (GO,)),
        ("breathing", (NONE,)),
        ("body", (NONE,)),
    )


FAMILY_SCREENS = (
    Screen("home-quiet-day-12", "/", JUNE, (*PHONE, View(1440))),
    Screen("home-day-4-es", "/", ELENA, PHONE),
    Screen("home-open-day-45", "/", OMAR, PHONE),
    Screen("home-open-ar", "/", SALMA, PHONE),
    Screen("home-day-38", "/", NGOZI, PHONE_ONCE),
    Screen("home-two-patients-year-1", "/", GRACE, PHONE),
    Screen("home-vi", "/", MINH, PHONE_ONCE),
    Screen("check-in-signs", "/check-in/{George}/", JUNE, PHONE),
    Screen("check-in-signs-ar", "/check-in/{Aisha}/", SALMA, PHONE),
    *(Screen(f"check-in-{page}", "", JUNE, PHONE_ONCE, press=acts) for page, acts in _on_the_way("98.2")),
    Screen("check-in-signs-es", "/check-in/{Maria}/", ELENA, (View(320),)),
    *(
        Screen(f"check-in-{page}-es", "", ELENA, (View(320),), press=acts)
        for page, acts in _on_the_way("36.7")
    ),
    Screen("history-day-12", "/history/", JUNE, (*PHONE, *PAPER)),
    Screen("history-day-38", "/history/", NGOZI, PHONE),
    Screen("history-ar", "/history/", SALMA, PHONE_ONCE),
    Screen("result-quiet", "/history/", JUNE, PHONE, follow="/reports/"),
    Screen("result-urgent", "/history/", OMAR, (*PHONE, *PAPER), follow="/reports/"),
    Screen("result-urgent-ar", "/history/", SALMA, PHONE, follow="/reports/"),
    Screen("family", "/patient/{George}/family/", JUNE, PHONE),
    Screen("family-es", "/patient/{Maria}/family/", ELENA, PHONE_ONCE),
    Screen("card", "/card/", JUNE, (*PHONE, *PAPER)),
    Screen("card-ar", "/card/", SALMA, PHONE_ONCE),
    Screen("you", "/patient/{George}/you/", JUNE, PHONE),
    Screen("you-es", "/patient/{Maria}/you/", ELENA, PHONE_ONCE),
    Screen("you-ar", "/patient/{Aisha}/you/", SALMA, PHONE_ONCE),
    Screen("practice", "/practice/{George}/", JUNE, PHONE_ONCE),
    Screen("number", "/settings/number/", JUNE, PHONE_ONCE),
    Screen("writing", "/writing/{George}/", JUNE, PHONE_ONCE),
    Screen("learn", "/learn/", JUNE, PHONE),
    Screen("learn-es", "/learn/", ELENA, PHONE_ONCE),
    Screen("guidance", "/learn/", JUNE, (*PHONE, *PAPER), follow="/learn/"),
    Screen("guidance-ar", "/learn/", SALMA, PHONE_ONCE, follow="/learn/"),
    Screen("guidance-fever", "/learn/crs/", JUNE, PHONE_ONCE),
    Screen("guidance-brain", "/learn/brain-effects/", ELENA, PHONE_ONCE),
    Screen("guidance-versions", "/learn/crs/versions/", JUNE, PHONE_ONCE),
    Screen("thinking-check", "/thinking-check/{George}/", JUNE, PHONE_ONCE),
    Screen("settings", "/settings/", JUNE, PHONE),
    Screen("settings-es", "/settings/", ELENA, PHONE_ONCE),
    Screen("settings-ar", "/settings/", SALMA, PHONE_ONCE),
    Screen("phones", "/phones/", JUNE, PHONE_ONCE),
    Screen("terms", "/terms/", JUNE, PHONE_ONCE),
    Screen("sign-in", "/sign-in/", NOBODY, PHONE),
    Screen("offline", "/offline/", JUNE, PHONE_ONCE),
    Screen("not-found", "/learn/no-such-page/", JUNE, PHONE_ONCE),
)
