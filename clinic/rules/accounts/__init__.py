"""What is decided about sign-ins without a database."""
