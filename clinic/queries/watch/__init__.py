"""Whether the engine moves."""
