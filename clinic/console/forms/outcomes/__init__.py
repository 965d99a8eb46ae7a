"""Forms about what became of people, and what is read again."""
