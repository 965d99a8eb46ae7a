"""A protocol document: reading it, what it holds, and what it must satisfy."""
