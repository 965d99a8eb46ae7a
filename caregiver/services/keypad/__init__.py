"""A check-in by telephone keypad, from the first ring to the sent report."""
