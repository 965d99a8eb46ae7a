"""The check-in by telephone keypad, as rules: digits in, the next question out."""
