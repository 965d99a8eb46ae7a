"""What became of people: written down by staff, counted for the clinic, and read again."""
