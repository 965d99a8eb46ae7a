"""Pages about the clinic as a whole."""
