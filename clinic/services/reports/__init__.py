"""Taking in what a family reports, and answering at once."""
