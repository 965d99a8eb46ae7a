"""Codes that show the card to an emergency room."""
