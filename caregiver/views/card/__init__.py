"""The emergency card's pages."""
