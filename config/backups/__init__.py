"""Back-up of the database, and the drill that shows that it would bring everything back."""
