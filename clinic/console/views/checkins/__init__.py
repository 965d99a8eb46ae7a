"""Pages about those who report, not about patients."""
