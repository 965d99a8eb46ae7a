"""38.2 as on the thermometer, never 38,2 beside it; 14 ago 2025, as days of this year are written."""

DATE_FORMAT = "j b Y"
DATETIME_FORMAT = "j b Y, H:i"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
