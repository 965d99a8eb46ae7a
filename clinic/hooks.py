"""For whoever stands above the clinic. A listener is part of the act: if it fails, all does."""

from django.dispatch import Signal

# patient_id, now
# A patient's record is being emptied: whatever else is kept of them goes in the same transaction.
patient_erased = Signal()

# now
# Somebody asks what is missing. Each listener answers with setup.Missing rows of what it keeps itself.
setup_asked = Signal()

# user_id, phone (the number that goes with them; empty where somebody else has it too), now
# A caregiver is being taken out: the same.
person_erased = Signal()
