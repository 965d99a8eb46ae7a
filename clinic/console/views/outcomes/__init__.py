"""Figures and the ledger."""
