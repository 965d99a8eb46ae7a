"""Who is on shift at a moment."""
