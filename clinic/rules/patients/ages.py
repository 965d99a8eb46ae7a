"""How old somebody is."""

from datetime import date


def age_on(born: date, day: date) -> int:
    """Whole years; somebody born on 29 February grows older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
