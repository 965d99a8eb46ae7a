"""What only the phone's side keeps: sign-in codes, unfinished check-ins, phones that send alone."""

from caregiver.models.checkin_draft import CheckinDraft
from caregiver.models.phone import Phone
from caregiver.models.sign_in_code import SignInCode

__all__ = ["CheckinDraft", "Phone", "SignInCode"]
