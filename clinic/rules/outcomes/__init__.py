"""The arithmetic of a clinic's figures."""
