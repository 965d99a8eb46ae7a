"""Read only."""
