"""What is known of those whom the hospital's systems tell of, and imports as people read them."""
