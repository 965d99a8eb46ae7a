"""The check-in's pages."""
