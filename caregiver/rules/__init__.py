"""Pure readings of what a form sent."""
