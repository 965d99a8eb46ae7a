"""The families that are made for pictures, each under the key by which screens and stories name it."""

from dataclasses import dataclass

# In which pictures of families are taken: a link works once, so each has one of its own.
VIEW_LANGUAGES = ("en", "es", "ar", "vi", "zh-hans")
DAY, NIGHT, OTHER = "by-day", "by-night", "own-terms"


@dataclass(frozen=True)
class Family:
    """One patient and whoever reports for them; `day` counts from the infusion."""

    key: str
    clinic: str
    patient: str
    caregiver: str
    relation: str = "wife"
    day: int = 12
    is_home: bool = True


FAMILIES = (
    Family("emergency-day", DAY, "Arthur Quinn", "Martha Quinn"),
    Family("emergency-night", NIGHT, "Victor Brandt", "Olga Brandt"),
    Family("urgent-day", DAY, "Louise Perrin", "Marc Perrin", "husband", day=45),
    Family("urgent-night", NIGHT, "Hannah Stein", "Jonas Stein", "son", day=45),
    Family("in-hand", DAY, "Oscar Lund", "Freya Lund"),
    Family("called", DAY, "Paula Reyes", "Diego Reyes", "husband"),
    Family("unreached", DAY, "Edwin Marsh", "Clara Marsh", day=45),
    Family("silent", DAY, "Yusuf Demir", "Aylin Demir", "daughter"),
    Family("unsent", DAY, "Greta Vogel", "Lukas Vogel", "son", day=45),
    Family("closed", DAY, "Wilma Jansen", "Jan Jansen", "husband", day=45),
    Family("begun", DAY, "Felix Moreau", "Camille Moreau"),
    Family("died", DAY, "Winston Clarke", "Beverly Clarke"),
    Family("ended", DAY, "Harriet Stone", "Philip Stone", "husband", day=180),
    Family("second-reading", DAY, "Ines Carvalho", "Rui Carvalho", "son", day=20),
    Family("preparing", DAY, "Leonard Fisk", "Gail Fisk", day=-3, is_home=False),
    Family("sent-test", DAY, "Norma Blythe", "Ross Blythe", "husband", day=5, is_home=False),
    Family("shared-phone", DAY, "Kemal Aydin", "Sibel Aydin"),
    Family("new-phone", DAY, "Curtis Coleman", "Yvonne Coleman"),
    Family("put-right", DAY, "Agnes Novotny", "Petr Novotny", "son"),
    Family("told", DAY, "Isaac Mensah", "Abena Mensah"),
    Family("at-night", NIGHT, "Beatriz Silva", "Manuel Silva", "husband", day=3),
    Family("two-patients", DAY, "Rashid Haddad", "Leila Haddad", "daughter", day=60),
    Family("nobody", DAY, "Thelma Boyd", "Carl Boyd", "brother"),
    Family("tired", DAY, "Chidi Okoye", "Ngozi Okoye"),
    Family("worried-day", DAY, "Roland Meyer", "Ute Meyer"),
    Family("worried-night", NIGHT, "Stefan Kraus", "Heidi Kraus"),
    Family("worry-seen", DAY, "Pearl Simmons", "Otis Simmons", "husband"),
    Family("card", DAY, "Gustav Lindholm", "Astrid Lindholm"),
    Family("written", DAY, "Eleni Pappas", "Nikos Pappas", "husband"),
    Family("stopped", DAY, "Myra Feld", "Ben Feld", "son"),
    Family("terms", OTHER, "Albert Moss", "Rosie Moss"),
    Family("links", DAY, "Simon Achebe", "Grace Achebe"),
    Family("no-report", DAY, "Ida Berg", "Karl Berg", "husband", day=1),
    Family("too-many", DAY, "Milan Horvat", "Ana Horvat"),
    Family("kept", DAY, "Julian Frost", "Nadia Frost"),
    Family("moved", DAY, "Teresa Rossi", "Paolo Rossi", "son", day=40),
    Family("offered", DAY, "Hugo Larsen", "Signe Larsen", day=40),
)
# Who has no family of their own: others who help, and whoever follows a link.
_MORE = (
    *("new-phone-other", "at-night-other", "tired-other", "join", "join-terms"),
    *(f"join-{language}" for language in VIEW_LANGUAGES),
    *("join-used", "join-expired", "join-replaced", "join-revoked"),
)
_KEYS = (*(one.key for one in FAMILIES), *_MORE)


def phone_of(key: str) -> str:
    """Of the numbers that are kept for fiction."""
    return f"+1857555{100 + _KEYS.index(key):04}"
