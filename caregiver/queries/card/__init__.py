"""The emergency card."""
