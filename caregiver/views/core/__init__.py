"""What all caregiver pages share."""
