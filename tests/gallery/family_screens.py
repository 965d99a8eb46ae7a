"""Screens of families, and of the emergency room to which they show their card."""

from clinic.rules.reports.home_checks import STEPS
from tests.gallery.phones import phone_of
from tests.gallery.screens import EMERGENCY_ROOM, MORE_LANGUAGES, NOBODY, PASSING, PHONE, Screen, View

JUNE, OMAR, GRACE = "+16175550131", "+16175550133", "+16175550134"
ELENA, SALMA, NGOZI, MINH = "+16175550141", "+16175550191", "+16175550144", "+16175550143"
KARIN, LI_NA, ADAM, DENISE = "+16175550145", "+16175550146", "+16175550147", "+16175550148"

# From page to page of a check-in: what leads to each from the one before it.
NONE, GO, ALARM = "button[value=none]", "button[value=go]", "button[value=alarm]"
SEIZURE = "input[value=seizure] := yes"
TEMPERATURE = "input[name=temp_value] := {}"
CENTIGRADE = "input[name=temp_unit][value=C] := yes"
_A_WORRY = "00000000-0000-4000-8000-000000000002"


def _ask_for_code(number: str) -> tuple[str, str]:
    return f"input[name=phone] := {number}", "form:has(input[name=phone]) button"


def _on_the_way(temperature: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("temperature", (NONE,)),
        ("numbers", (f"input[name=temp_value] := {temperature}", NONE)),
        ("thinking", (GO,)),
        ("breathing", (NONE,)),
        ("body", (NONE,)),
    )


_OF_THE_DEMO = (
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
        press=_ask_for_code("{stranger-1}"),
        arrives="/sign-in/code/",
    ),
    Screen("offline", "/offline/", JUNE, PHONE),
    Screen("not-found", "/learn/no-such-page/", JUNE, PHONE, status=404),
)


def _first(name: str, key: str, views: tuple[View, ...] = PASSING) -> Screen:
    """What this family sees first."""
    return Screen(f"home-{name}", "/", phone_of(key), views)


def _result(name: str, key: str, report: str = "", views: tuple[View, ...] = PASSING) -> Screen:
    return Screen(f"result-{name}", f"/reports/{{{report or f'{key}-report'}}}/", phone_of(key), views)


def _check_in(name: str, key: str, *press: str, status: int = 200, arrives: str = "*") -> Screen:
    path = f"/check-in/{{{key}}}/"
    return Screen(name, path, phone_of(key), PASSING, press=press, status=status, arrives=path + arrives)


ALERT_SCREENS = (
    _first("emergency-day", "emergency-day", MORE_LANGUAGES),
    _first("emergency-night", "emergency-night", MORE_LANGUAGES),
    _first("emergency-taken", "in-hand"),
    _first("emergency-called", "called"),
    _first("urgent-day", "urgent-day"),
    _first("urgent-night", "urgent-night", MORE_LANGUAGES),
    _first("urgent-unreached", "unreached"),
    _first("silent", "silent"),
    _first("unsent", "unsent"),
    _first("two-patients-emergency", "two-patients"),
    _result("emergency-day", "emergency-day", views=MORE_LANGUAGES),
    _result("emergency-night", "emergency-night", views=MORE_LANGUAGES),
    _result("emergency-taken", "in-hand"),
    _result("urgent-day", "urgent-day", views=PHONE),
    _result("urgent-night", "urgent-night", views=MORE_LANGUAGES),
    *(
        Screen(f"worry-{name}", f"/worried/{{{key}}}/{{{key}-worry}}/", phone_of(key), PASSING)
        for name, key in (("day", "worried-day"), ("night", "worried-night"), ("seen", "worry-seen"))
    ),
)

HOME_SCREENS = (
    _first("no-report", "no-report"),
    _first("begun", "begun"),
    _first("second-reading", "second-reading"),
    _first("preparing", "preparing"),
    _first("at-night", "at-night", MORE_LANGUAGES),
    _first("after-death", "died", MORE_LANGUAGES),
    _first("nobody", "nobody"),
    _first("new-clinic", "moved"),
    _first("new-terms", "terms"),
    _first("shared-phone", "shared-phone"),
    _first("new-phone-of-mine", "new-phone"),
    _first("new-phone-of-family", "new-phone-other"),
    Screen("history-after-death", "/history/", phone_of("died"), PASSING),
    Screen("history-told", "/history/", phone_of("told"), PHONE),
    Screen("history-none", "/history/", phone_of("no-report"), PASSING),
    Screen("practice-first", "/practice/{preparing}/", phone_of("preparing"), PASSING),
    Screen("practice-sent", "/practice/{sent-test}/", phone_of("sent-test"), PASSING),
    Screen("you-tired", "/patient/{tired}/you/", phone_of("tired"), PASSING),
    Screen(
        "you-wrong",
        "/patient/{links}/you/",
        phone_of("links"),
        PASSING,
        press=("main form.form button",),
        status=422,
    ),
    Screen("terms-of-clinic", "/terms/", phone_of("terms"), PHONE),
)

# From step to step of the thinking check, each task done right.
_RIGHT = tuple((*(f"input[name={task}][value=right] := yes" for task in step.tasks), GO) for step in STEPS)

REPORT_SCREENS = (
    _check_in("check-in-begun", "begun"),
    Screen("check-in-one-more-thing", "/check-in/{begun}/breathing/?follow", phone_of("begun"), PASSING),
    _check_in("check-in-nothing-ticked", "links", ALARM, status=422),
    _check_in("check-in-temperature-unread", "links", NONE, TEMPERATURE.format(386), GO, status=422),
    _check_in("check-in-temperature-unit", "links", NONE, TEMPERATURE.format(98.6), CENTIGRADE, GO),
    Screen("check-in-urgent", "/check-in/{unsent}/numbers/", phone_of("unsent"), PASSING),
    Screen("check-in-review-urgent", "/check-in/{unsent}/review/", phone_of("unsent"), PASSING),
    _check_in("check-in-shared-phone", "shared-phone"),
    _check_in("check-in-nobody-chosen", "shared-phone", NONE, status=422),
    _result("own", "put-right", views=PHONE),
    Screen(
        "correct",
        "/reports/{put-right-report}/",
        phone_of("put-right"),
        PASSING,
        press=('form[action*="/correct/"] button',),
        arrives="/check-in/{put-right}/review/",
    ),
    _result("changed", "put-right", "changed-report"),
    _result("newer", "put-right", "newer-report"),
    _result("told", "told"),
    _result("told-wrong", "told", "told-wrong"),
    _result("told-mistake", "told", "told-mistake"),
    Screen("thinking-check-first", "/thinking-check/{preparing}/", phone_of("preparing"), PASSING),
    Screen("thinking-check-no-score", "/thinking-check/{links}/", phone_of("links"), PASSING),
    Screen(
        "thinking-check-asleep",
        "/thinking-check/{George}/",
        JUNE,
        PASSING,
        press=("main form .button-primary", "button[value=asleep]"),
    ),
    Screen(
        "thinking-check-1", "/thinking-check/{George}/", JUNE, PASSING, press=("main form .button-primary",)
    ),
    *(
        Screen(f"thinking-check-{number}", "", JUNE, PASSING, press=acts, arrives="/thinking-check/{George}/")
        for number, acts in enumerate(_RIGHT[:-1], start=2)
    ),
    Screen("thinking-check-done", "", JUNE, PASSING, press=_RIGHT[-1], arrives="/thinking-check/{George}/*/"),
    Screen("writing-two", "/writing/{written}/", phone_of("written"), PASSING),
    Screen(
        "writing-none",
        "/writing/{links}/",
        phone_of("links"),
        PASSING,
        press=("main form .button-primary",),
        status=422,
    ),
)

CARD_SCREENS = (
    Screen("card-opened", "/card/", phone_of("card"), PHONE),
    Screen(
        "card-code",
        "/card/",
        phone_of("card"),
        PASSING,
        press=('form[action*="/code/"] button',),
        arrives="/card/{card}/code/",
    ),
    Screen("emergency-room", "/er/{er}/", NOBODY, EMERGENCY_ROOM),
    Screen("emergency-room-ended", "/er/{er-ended}/", NOBODY, EMERGENCY_ROOM, status=410),
    Screen("emergency-room-too-often", "/er/no-such-code/", NOBODY, EMERGENCY_ROOM, status=429),
)

SIGN_IN_SCREENS = (
    Screen(
        "sign-in-wrong-number",
        "/sign-in/",
        NOBODY,
        PASSING,
        press=_ask_for_code("555"),
        status=422,
    ),
    Screen(
        "sign-in-wrong-code",
        "/sign-in/",
        NOBODY,
        PASSING,
        press=(*_ask_for_code("{stranger-2}"), "input[name=code] := 123456", "main form button"),
        arrives="/sign-in/code/",
        status=422,
    ),
    Screen(
        "sign-in-too-many-codes",
        "/sign-in/",
        NOBODY,
        PASSING,
        press=_ask_for_code("{stranger-3}") + ("main a.more", *_ask_for_code("{stranger-3}")) * 3,
        status=429,
    ),
    Screen("sign-in-lost-code", "/sign-in/?lost", NOBODY, PASSING),
    Screen(
        "sign-in-answers-kept",
        "/check-in/{links}/",
        phone_of("links"),
        PASSING,
        press=(NONE,),
        arrives="/sign-in/",
        fresh=True,
        loses="sessionid",
    ),
    Screen("sign-in-go-on", "/continue/", phone_of("kept"), PASSING),
    Screen("sign-in-who", "/sign-in/who/", "who", PASSING, fresh=True),
    Screen("join", "/join/{join}/", NOBODY, MORE_LANGUAGES),
    Screen("join-own-terms", "/join/{join-terms}/", NOBODY, PASSING, unfolded=True),
    Screen(
        "join-code",
        "/join/{join-now}/",
        NOBODY,
        PASSING,
        press=("main form .button-primary",),
        arrives="/sign-in/code/",
        fresh=True,
    ),
    Screen("join-without-code", "", NOBODY, PASSING, press=("main a.more",), arrives="/", fresh=True),
    *(
        Screen(f"join-{why}", f"/join/{{join-{why}}}/", NOBODY, PASSING, status=410)
        for why in ("used", "expired", "replaced", "revoked")
    ),
    Screen("join-unknown", "/join/no-such-link/", NOBODY, PASSING, status=404),
    Screen(
        "join-new-link",
        "/join/{join-used}/",
        NOBODY,
        PASSING,
        press=('form[action*="/resend/"] button',),
        arrives="/join/*/resend/",
    ),
    Screen("new-phone", "/", f"{phone_of('new-phone')} new", MORE_LANGUAGES),
    Screen("new-phone-shut", "/settings/", f"{phone_of('new-phone')} new", PASSING, status=403),
    Screen("new-phone-check-in", "/check-in/{new-phone}/", f"{phone_of('new-phone')} new", PASSING),
    Screen("new-phone-result", "/reports/{new-phone-sent}/", f"{phone_of('new-phone')} new", PASSING),
    Screen("phones-new", "/phones/", phone_of("new-phone"), PASSING),
    Screen("phones-of-family", "/phones/", phone_of("new-phone-other"), PASSING),
)

SETTINGS_SCREENS = (
    Screen("settings-stopped", "/settings/", phone_of("stopped"), PASSING),
    Screen(
        "settings-weak-code",
        "/settings/",
        JUNE,
        PASSING,
        press=("#keypad-code := 111111", 'form[action*="/keypad/"] button'),
        arrives="/settings/keypad/",
        status=422,
    ),
    Screen(
        "number-wrong",
        "/settings/number/",
        phone_of("links"),
        PASSING,
        press=("input[name=phone] := 555", "main form button"),
        status=422,
    ),
    Screen(
        "number-code",
        "/settings/number/",
        phone_of("links"),
        PASSING,
        press=("input[name=phone] := {new-number}", "main form button"),
        arrives="/settings/number/code/",
    ),
    Screen(
        "number-wrong-code",
        "",
        phone_of("links"),
        PASSING,
        press=("input[name=code] := 123456", "main form button"),
        arrives="/settings/number/code/",
        status=422,
    ),
    Screen(
        "guidance-answered",
        "/learn/crs/",
        JUNE,
        PASSING,
        press=("#choice-1 := yes", "#question form button"),
        arrives="/learn/crs/",
    ),
    Screen("guidance-large", "/learn/crs/?view=large", JUNE, PASSING),
)

TROUBLE_SCREENS = (
    Screen("not-theirs", "/patient/00000000-0000-4000-8000-000000000000/", JUNE, PASSING, status=404),
    Screen("not-found-visitor", "/no-such-page/", NOBODY, PASSING, status=404),
    _check_in("too-many-reports", "too-many", SEIZURE, ALARM, status=429),
    Screen(
        "signed-out-emergency",
        "/check-in/{links}/",
        phone_of("links"),
        PASSING,
        press=(SEIZURE, ALARM),
        fresh=True,
        loses="sessionid",
    ),
    Screen(
        "send-again",
        "/check-in/{links}/",
        phone_of("links"),
        PASSING,
        press=(NONE,),
        status=403,
        fresh=True,
        loses="csrftoken",
    ),
    Screen(
        "send-again-emergency",
        "/check-in/{links}/",
        phone_of("links"),
        PASSING,
        press=(SEIZURE, ALARM),
        status=403,
        fresh=True,
        loses="csrftoken",
    ),
    Screen(
        "no-cookies",
        "/join/{join}/",
        NOBODY,
        PASSING,
        press=("main form .button-primary",),
        status=403,
        fresh=True,
        loses="*",
    ),
    Screen(
        "no-cookies-emergency",
        "/check-in/{links}/",
        phone_of("links"),
        PASSING,
        press=(SEIZURE, ALARM),
        status=403,
        fresh=True,
        loses="*",
    ),
)


def _offline(name: str, path: str, *press: str, arrives: str = "", days: int = 0) -> Screen:
    return Screen(f"offline-{name}", path, JUNE, PASSING, press=press, arrives=arrives, offline_days=days)


OFFLINE_SCREENS = (
    _offline("home", "/"),
    _offline("check-in", "/check-in/{George}/", arrives="/check-in/{George}/red_flags/"),
    _offline("temperature", "", NONE, arrives="/check-in/{George}/temperature/"),
    _offline(
        "temperature-unread", "", TEMPERATURE.format(386), GO, arrives="/check-in/{George}/temperature/"
    ),
    _offline("emergency", "/check-in/{George}/", SEIZURE, ALARM, arrives="/reports/*/"),
    _offline("worried", f"/worried/{{George}}/{_A_WORRY}/"),
    _offline("waiting", "/"),
    _offline("card", "/card/"),
    _offline("learn", "/learn/"),
    _offline("guidance", "/learn/crs/"),
    _offline("needs-signal", "/settings/"),
    _offline("expired", "/check-in/{George}/", days=8),
)

FAMILY_SCREENS = (
    *_OF_THE_DEMO,
    *ALERT_SCREENS,
    *HOME_SCREENS,
    *REPORT_SCREENS,
    *CARD_SCREENS,
    *SIGN_IN_SCREENS,
    *SETTINGS_SCREENS,
    *TROUBLE_SCREENS,
    *OFFLINE_SCREENS,
)
