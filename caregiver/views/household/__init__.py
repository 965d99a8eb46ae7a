"""Today, history, and what a family does besides reporting."""
