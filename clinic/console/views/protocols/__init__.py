"""Pages that change the protocol."""
