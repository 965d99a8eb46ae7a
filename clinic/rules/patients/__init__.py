"""Facts of a patient that are counted: age, and how long to stay near."""
