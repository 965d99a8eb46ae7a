"""When check-ins fall, and which night it is."""
