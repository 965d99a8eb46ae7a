"""Pages that change how a clinic pages."""
