"""A check-in from its first step to its result."""
