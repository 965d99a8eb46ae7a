"""One module per concern; dev, test and prod put them together."""
