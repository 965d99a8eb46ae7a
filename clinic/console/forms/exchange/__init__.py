"""What is brought in from the hospital."""
