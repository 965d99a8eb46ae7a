"""Who is paged next, by which channel, and what is held back."""
