"""What only the phone's side keeps: codes, unfinished check-ins, phones that send alone, cards, guidance."""

from caregiver.models.card_link import CardLink
from caregiver.models.checkin_draft import CheckinDraft, DeviceDraft, Draft
from caregiver.models.guidance import GuidancePage, GuidanceText, Picture
from caregiver.models.guidance_edition import (
    Edition,
    EditionState,
    GuidanceEdition,
    GuidanceSearchMiss,
    GuidanceUse,
)
from caregiver.models.guidance_review import SecondPersonTask
from caregiver.models.guidance_variant import GuidanceVariant, VariantComparison, VariantEdition, VariantUse
from caregiver.models.phone import Phone
from caregiver.models.sign_in_code import SignInCode

__all__ = [
    "CardLink",
    "CheckinDraft",
    "DeviceDraft",
    "Draft",
    "Edition",
    "EditionState",
    "GuidanceEdition",
    "GuidancePage",
    "GuidanceSearchMiss",
    "GuidanceText",
    "GuidanceUse",
    "GuidanceVariant",
    "Phone",
    "Picture",
    "SecondPersonTask",
    "SignInCode",
    "VariantComparison",
    "VariantEdition",
    "VariantUse",
]
