"""Pages of one escalation, and what can be done there."""
