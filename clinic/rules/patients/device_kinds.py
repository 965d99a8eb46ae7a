"""Which browser on which system: as much as a family needs to tell its phones apart."""

# The first that fits: many name others beside themselves.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def shown_kind(kind: str) -> str:
    """As it stands on a page, in any language; empty where it is none that we know."""
    return " · ".join(filter(None, kind.split("|")))


def kind_of(user_agent: str) -> str:
    """Both as names, such as "Chrome|Android"; either may be empty where it is none that we know."""
    return "|".join(
        next((name for mark, name in names if mark in user_agent), "") for names in (_BROWSERS, _SYSTEMS)
    )
