"""A protocol's way from a draft to the version in force."""
