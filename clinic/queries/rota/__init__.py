"""Who is on call, and the week as a calendar."""
