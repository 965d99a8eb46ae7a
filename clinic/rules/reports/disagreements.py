"""When two reports speak of the same moment. No number here decides how serious anything is."""

from datetime import timedelta

# Feature D14: two people who look at the same patient within the hour should see the same.
SAME_MOMENT = timedelta(minutes=60)
