"""What the messages app decides without a database, a clock or a network."""
