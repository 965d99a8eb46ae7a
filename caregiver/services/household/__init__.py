"""The go-home drill as the family sends it."""
