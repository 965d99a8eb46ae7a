"""What only the phone's side keeps: codes, unfinished check-ins, phones that send alone, card links."""

from caregiver.models.card_link import CardLink
from caregiver.models.checkin_draft import CheckinDraft
from caregiver.models.phone import Phone
from caregiver.models.sign_in_code import SignInCode

__all__ = ["CardLink", "CheckinDraft", "Phone", "SignInCode"]
