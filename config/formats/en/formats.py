"""Nov 30, 2026: as days without a year are written beside it."""

DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = "M j, Y, P"
