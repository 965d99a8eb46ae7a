"""What every other query may ask: roles of staff, languages, how far the lists have moved."""
