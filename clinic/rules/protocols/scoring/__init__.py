"""From answers to a level and the reasons for it."""
