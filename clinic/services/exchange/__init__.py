"""What the hospital's systems send: looked at first, taken by services of a patient's life, taken back."""
