"""How a clinic pages, and what it has paged."""
