"""What only the phone's side keeps: sign-in codes and unfinished check-ins."""

from caregiver.models.checkin_draft import CheckinDraft
from caregiver.models.sign_in_code import SignInCode

__all__ = ["CheckinDraft", "SignInCode"]
