"""Check-ins that nobody answered, and whom of a family to ask."""
