"""Forms of the pages with the same name."""
