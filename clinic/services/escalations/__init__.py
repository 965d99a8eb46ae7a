"""An escalation from the score that opens it to the person who closes it."""
