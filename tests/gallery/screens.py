"""Which screens there are, who sees them, and in which forms each is worth a picture.

Not the full product: a screen is shown in what could break it. Everybody reads in the language of the view,
whatever is their own.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class View:
    """How wide, in which language, and what the person has set on their device."""

    width: int
    scheme: str = "light"
    forced: bool = False
    media: str = "screen"
    language: str = "en"

    @property
    def name(self) -> str:
        more = [
            *([self.language] if self.language != "en" else []),
            self.scheme,
            *(["forced"] if self.forced else []),
            *([self.media] if self.media == "print" else []),
        ]
        return "-".join([str(self.width), *more])


@dataclass(frozen=True)
class Screen:
    """One address, or the first link on it that holds `follow`, as one person sees it.

    Without an address it goes on from the screen before it. `press`: what is pressed on the way, as
    selectors; "field := words" is filled in. `arrives`: the address in the end, if another;
    * stands for any part.
    """

    name: str
    path: str
    person: str
    views: tuple[View, ...]
    follow: str = ""
    press: tuple[str, ...] = field(default=())
    arrives: str = ""
    # What is folded stands open.
    unfolded: bool = False
    # Which clinic state it belongs to: how many alerts are open.
    open: int = 3


# As wide as A4 between its margins.
PAPER = View(720, media="print")
PHONE = (
    View(360),
    View(320, "dark"),
    View(390, forced=True),
    View(320, language="es"),
    View(360, language="ar"),
    PAPER,
)
MORE_LANGUAGES = (*PHONE, View(360, language="vi"), View(360, language="zh-hans"))
DESK = (
    View(1440),
    View(1440, "dark"),
    View(1440, forced=True),
    View(1440, language="es"),
    View(320),
    View(390, "dark", language="es"),
    PAPER,
)
LANGUAGES = ("en", "es", "ar", "vi", "zh-hans")

JUNE, OMAR, GRACE = "+16175550131", "+16175550133", "+16175550134"
ELENA, SALMA, NGOZI, MINH = "+16175550141", "+16175550191", "+16175550144", "+16175550143"
NURSE = "nurse@harbor.example"
PHYSICIAN, EDUCATOR, ADMIN = "physician@harbor.example", "educator@harbor.example", "admin@harbor.example"
SOCIAL = "social@harbor.example"
KARIN, LI_NA, ADAM, DENISE = "+16175550145", "+16175550146", "+16175550147", "+16175550148"
NOBODY = ""

# {George} is that patient's id.
STAFF_SCREENS = (
    *(Screen(f"worklist-{n}", "/console/", NURSE, DESK, open=n) for n in (0, 3, 41, 200)),
    Screen("alert", "/console/", NURSE, DESK, follow="/console/escalations/"),
    Screen("alert-unfolded", "/console/", NURSE, DESK, follow="/console/escalations/", unfolded=True),
    Screen("patients", "/console/patients/", NURSE, DESK),
    Screen("patients-200", "/console/patients/", NURSE, DESK, open=200),
    Screen("patient-day-4", "/console/patients/{Maria}/", NURSE, DESK),
    Screen("patient-day-38", "/console/patients/{Samuel}/", NURSE, DESK),
    Screen("patient-year-1", "/console/patients/{Helen}/", NURSE, DESK),
    Screen("patient-before", "/console/patients/{Walter}/", NURSE, DESK),
    Screen("patient-unfolded", "/console/patients/{Samuel}/", NURSE, DESK, unfolded=True),
    Screen("patient-unfolded-lead", "/console/patients/{George}/", ADMIN, DESK, unfolded=True),
    Screen("patient-admitted", "/console/patients/{Irene}/", NURSE, DESK),
    Screen("windows", "/console/patients/{George}/windows/", PHYSICIAN, DESK),
    Screen(
        "keypad-code",
        "/console/patients/{George}/",
        NURSE,
        DESK,
        press=('form[action*="/keypad/code/"] button',),
        arrives="/console/patients/{George}/keypad/code/",
        unfolded=True,
    ),
    Screen("patient-new", "/console/patients/new/", NURSE, DESK),
    Screen("note-call", "/console/patients/{George}/calls/", NURSE, DESK),
    Screen("enter-report", "/console/patients/{George}/told/", NURSE, DESK),
    Screen("patient-delete", "/console/patients/{Samuel}/delete/", ADMIN, DESK),
    Screen("risk", "/console/patients/{George}/risk/", PHYSICIAN, DESK),
    Screen("risk-facts", "/console/patients/{George}/risk/facts/before/", NURSE, DESK),
    Screen("labs", "/console/patients/{George}/labs/", NURSE, DESK),
    Screen("labs-due", "/console/labs/", NURSE, DESK),
    Screen("outcomes-patient", "/console/patients/{Robert}/outcomes/", NURSE, DESK),
    Screen("outcome-form", "/console/patients/{Robert}/outcomes/1/30/", NURSE, DESK),
    Screen("outcomes-due", "/console/outcomes/due/", NURSE, DESK),
    Screen("events", "/console/outcomes/events/", PHYSICIAN, DESK),
    Screen("outcome-figures", "/console/outcomes/", PHYSICIAN, DESK),
    Screen("figures-4-weeks", "/console/insights/?weeks=4", NURSE, DESK),
    *(
        Screen(f"figures-{slug}", "/console/insights/", f"nurse@{slug}.example", DESK)
        for slug in ("day-0", "day-1", "day-7")
    ),
    Screen("outcome-figures-with-curves", "/console/outcomes/?month={month}", PHYSICIAN, DESK),
    Screen("strain", "/console/caregivers/", SOCIAL, DESK),
    Screen("from-the-hospital", "/console/from-the-hospital/", ADMIN, DESK),
    Screen("from-the-hospital-waiting", "/console/from-the-hospital/waiting/", ADMIN, DESK),
    Screen("import-preview", "/console/from-the-hospital/{preview}/", ADMIN, DESK),
    Screen("import-taken", "/console/from-the-hospital/{taken}/", ADMIN, DESK),
    Screen("account", "/accounts/", NURSE, DESK),
    Screen("pin", "/accounts/pin/", NURSE, DESK),
    Screen("second-factor", "/accounts/2fa/", NURSE, DESK),
    Screen("password", "/accounts/password/change/", NURSE, DESK),
    Screen("tokens", "/accounts/tokens/", NURSE, DESK),
    Screen("systems-that-read", "/console/systems/", ADMIN, DESK),
    Screen("shift-new", "/console/rota/shifts/new/", ADMIN, DESK),
    Screen("weekly-new", "/console/rota/weekly/new/", ADMIN, DESK),
    Screen("devices", "/accounts/sessions/", NURSE, DESK),
    Screen("outcome-figures-day-0", "/console/outcomes/", "nurse@day-0.example", DESK),
    Screen("worklist-day-0", "/console/", "nurse@day-0.example", DESK),
    Screen("patients-day-0", "/console/patients/", "nurse@day-0.example", DESK),
    Screen("ledger", "/console/ledger/", NURSE, DESK),
    Screen("handovers", "/console/handover/", NURSE, DESK),
    Screen("handover-new", "/console/handover/new/", NURSE, DESK),
    Screen("rota", "/console/rota/", NURSE, DESK),
    Screen("my-shifts", "/console/rota/mine/", NURSE, DESK),
    Screen("paging", "/console/paging/", ADMIN, DESK),
    Screen("setup", "/console/setup/", ADMIN, DESK),
    Screen("clinic-facts", "/console/setup/clinic/", ADMIN, DESK),
    Screen("holidays", "/console/setup/holidays/", ADMIN, DESK),
    Screen("terms-own", "/console/setup/terms/", ADMIN, DESK),
    Screen("terms-agreed", "/console/setup/terms/agreed/", ADMIN, DESK),
    Screen("other-systems", "/console/other-systems/", ADMIN, DESK),
    Screen("languages", "/console/languages/", ADMIN, DESK),
    Screen("staff", "/console/staff/", ADMIN, DESK),
    Screen("staff-invite", "/console/staff/invite/", ADMIN, DESK),
    Screen("emergency-access", "/console/emergency/", EDUCATOR, DESK),
    Screen("audit", "/console/audit/", ADMIN, DESK),
    Screen("protocols", "/console/protocols/", PHYSICIAN, DESK),
    Screen("rules", "/console/protocols/", PHYSICIAN, DESK, follow="/protocols/versions/"),
    Screen("rules-changes", "/console/protocols/versions/{version}/changes/", PHYSICIAN, DESK),
    Screen("draft", "/console/protocols/drafts/{draft}/", PHYSICIAN, DESK),
    Screen("draft-item", "/console/protocols/drafts/{draft}/", PHYSICIAN, DESK, follow="temp"),
    Screen(
        "draft-wording",
        "/console/protocols/drafts/{draft}/",
        PHYSICIAN,
        DESK,
        follow="temp",
        press=('main a[href*="/wording/es/"]',),
        arrives="*/wording/es/",
    ),
    Screen("takeover", "/console/rota/now/primary/", NURSE, DESK),
    Screen("console-not-found", "/console/patients/00000000-0000-4000-8000-000000000000/", NURSE, DESK),
    Screen("staff-sign-in", "/accounts/login/", NOBODY, DESK),
    Screen("sent-messages", "/sent-messages/", NOBODY, DESK),
    Screen("cms", "/cms/", EDUCATOR, DESK),
    Screen("cms-new", "/cms/", EDUCATOR, DESK, follow="/cms/guidance"),
    Screen("cms-page", "/cms/", EDUCATOR, DESK, follow="/edit/"),
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
    Screen("home-quiet-day-12", "/", JUNE, (*MORE_LANGUAGES, View(1440))),
    Screen("home-due-day-4", "/", ELENA, PHONE),
    Screen("home-open-day-45", "/", OMAR, MORE_LANGUAGES),
    Screen("home-asked", "/", KARIN, MORE_LANGUAGES),
    Screen("home-in-hospital", "/", ADAM, MORE_LANGUAGES),
    Screen("home-paused", "/", LI_NA, PHONE),
    Screen("home-ended", "/", DENISE, PHONE),
    Screen("home-day-33", "/", MINH, PHONE),
    Screen("home-day-38", "/", NGOZI, PHONE),
    Screen("home-two-patients-year-1", "/", GRACE, PHONE),
    Screen("check-in-signs", "/check-in/{George}/", JUNE, MORE_LANGUAGES),
    *(
        Screen(f"check-in-{page}", "", JUNE, PHONE, press=acts, arrives=f"/check-in/{{George}}/{page}/")
        for page, acts in _on_the_way("98.2")
    ),
    *(
        Screen(
            f"check-in-centigrade-{page}",
            path,
            ELENA,
            PHONE,
            press=acts,
            arrives=f"/check-in/{{Maria}}/{page}/",
        )
        for (page, acts), path in zip(
            _on_the_way("36.7"), ("/check-in/{Maria}/", "", "", "", ""), strict=True
        )
    ),
    Screen("check-in-review", "/check-in/{George}/review/", JUNE, PHONE),
    Screen("history-day-12", "/history/", JUNE, PHONE),
    Screen("history-day-38", "/history/", NGOZI, PHONE),
    Screen("history-day-45", "/history/", SALMA, PHONE),
    Screen("result-quiet", "/history/", NGOZI, PHONE, follow="/reports/"),
    Screen("result-closed", "/history/", JUNE, MORE_LANGUAGES, follow="/reports/"),
    Screen("result-urgent", "/history/", OMAR, MORE_LANGUAGES, follow="/reports/"),
    Screen("worried", "/worried/{George}/00000000-0000-4000-8000-000000000001/", JUNE, PHONE),
    Screen("family", "/patient/{George}/family/", JUNE, PHONE),
    Screen("card", "/card/", JUNE, PHONE),
    Screen("you", "/patient/{George}/you/", JUNE, MORE_LANGUAGES),
    Screen("practice", "/practice/{George}/", JUNE, PHONE),
    Screen("number", "/settings/number/", JUNE, PHONE),
    Screen("writing", "/writing/{George}/", JUNE, PHONE),
    Screen("learn", "/learn/", JUNE, PHONE),
    Screen("guidance", "/learn/", JUNE, PHONE, follow="/learn/"),
    Screen("guidance-fever", "/learn/crs/", JUNE, PHONE),
    Screen("guidance-brain", "/learn/brain-effects/", ELENA, PHONE),
    Screen("guidance-versions", "/learn/crs/versions/", JUNE, PHONE),
    Screen("thinking-check", "/thinking-check/{George}/", JUNE, PHONE),
    Screen("settings", "/settings/", JUNE, MORE_LANGUAGES),
    Screen("phones", "/phones/", JUNE, PHONE),
    Screen("terms", "/terms/", JUNE, PHONE),
    Screen("sign-in", "/sign-in/", NOBODY, PHONE),
    Screen(
        "sign-in-code",
        "/sign-in/",
        NOBODY,
        PHONE,
        press=("input[name=phone] := {stranger}", "form:has(input[name=phone]) button"),
        arrives="/sign-in/code/",
    ),
    Screen("offline", "/offline/", JUNE, PHONE),
    Screen("not-found", "/learn/no-such-page/", JUNE, PHONE),
)
