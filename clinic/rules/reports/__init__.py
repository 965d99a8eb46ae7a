"""What single reports hold: charts, home checks, and when two differ."""
