"""38.2 as on the thermometer, never 38,2 beside it."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
