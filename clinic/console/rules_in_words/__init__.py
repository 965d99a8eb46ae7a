"""A protocol document as sentences: read by all staff, compared between versions, and edited word by word."""
