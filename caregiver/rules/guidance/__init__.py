"""What makes a guidance page right, and which one fits."""
