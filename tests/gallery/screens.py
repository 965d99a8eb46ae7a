"""What a screen is, and in which forms it is worth a picture.

Not the full product: a screen is shown in what could break it. Everybody reads in the language of the view,
whatever is their own.
"""

from dataclasses import dataclass, field

from tests.gallery.phones import VIEW_LANGUAGES

LANGUAGES = VIEW_LANGUAGES
PHONES_UP_TO = 500


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

    @property
    def is_phone(self) -> bool:
        return self.width < PHONES_UP_TO and self.media != "print"


@dataclass(frozen=True)
class Screen:
    """One address, or the first link on it that holds `follow`, as one person sees it.

    Without an address it goes on from the screen before it. `press`: what is pressed on the way, as
    selectors; "field := words" is filled in, or ticked. `arrives`: the address in the end, if another;
    * stands for any part. `status`: of the page in the end.
    """

    name: str
    path: str
    # A number, an e-mail address, or another name under which somebody is signed in; "" is a visitor.
    person: str
    views: tuple[View, ...]
    follow: str = ""
    press: tuple[str, ...] = field(default=())
    arrives: str = ""
    status: int = 200
    # What is folded stands open.
    unfolded: bool = False
    # In a browser of its own, so that nothing that is done in it is left for others.
    fresh: bool = False
    # The cookie that is lost before the last press; * for all.
    loses: str = ""
    # The desk is locked.
    locked: bool = False
    # Without a signal, so many days after the last one.
    offline_days: int | None = None
    # Which clinic state it belongs to: how many alerts are open.
    open: int = 3

    @property
    def is_library(self) -> bool:
        """Nothing on it is ours."""
        return self.path.startswith("/admin/")


# As wide as A4 between its margins.
PAPER = View(720, media="print")
# Nobody prints what passes: an error, a step on the way.
PASSING = (
    View(360),
    View(320, "dark"),
    View(390, forced=True),
    View(320, language="es"),
    View(360, language="ar"),
)
PHONE = (*PASSING, PAPER)
MORE_LANGUAGES = (*PHONE, View(360, language="vi"), View(360, language="zh-hans"))
# It speaks English, to whoever stands there with whatever device.
EMERGENCY_ROOM = (View(360), View(320, "dark"), View(390, forced=True), View(1440), PAPER)
DESK = (
    View(1440),
    View(1440, "dark"),
    View(1440, forced=True),
    View(1440, language="es"),
    View(320),
    View(390, "dark", language="es"),
    PAPER,
)
# A library's pages, in our colours nowhere.
LIBRARY = (View(1440), View(1440, "dark"), View(1440, language="es"))

NOBODY = ""
