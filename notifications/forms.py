"""What a webhook may say, and a browser that asks for pushes.

Lengths and letters only: a status that is new to us must still be stored.
"""

from django import forms
from django.core.validators import RegexValidator

_SID = RegexValidator(r"\A[A-Za-z0-9-]{1,64}\Z")
_WORD = RegexValidator(r"\A[A-Za-z_-]{1,30}\Z")
_CODE = RegexValidator(r"\A[0-9]{1,10}\Z")
_DIGITS = RegexValidator(r"\A[0-9*#]{1,10}\Z")
_PHONE = RegexValidator(r"\A\+?[0-9]{3,15}\Z")
_BASE64 = RegexValidator(r"\A[A-Za-z0-9_=-]+\Z")


class StatusForm(forms.Form):
    MessageSid = forms.CharField(validators=[_SID])
    MessageStatus = forms.CharField(validators=[_WORD])
    ErrorCode = forms.CharField(validators=[_CODE], required=False)


class CallStatusForm(forms.Form):
    CallSid = forms.CharField(validators=[_SID])
    CallStatus = forms.CharField(validators=[_WORD])
    ErrorCode = forms.CharField(validators=[_CODE], required=False)


class CallForm(forms.Form):
    """A call that asks what to say; with digits once somebody has pressed them."""

    CallSid = forms.CharField(validators=[_SID])
    Digits = forms.CharField(validators=[_DIGITS], required=False)
    # Stands in the address that we gave ourselves, which is signed like the rest.
    asked = forms.IntegerField(min_value=0, max_value=9, required=False)


class InboundForm(forms.Form):
    MessageSid = forms.CharField(validators=[_SID])
    From = forms.CharField(validators=[_PHONE])
    To = forms.CharField(validators=[_PHONE], required=False)
    Body = forms.CharField(max_length=5000, required=False, strip=False)
    MessagingServiceSid = forms.CharField(max_length=64, required=False)


class DeviceForm(forms.Form):
    """What a browser tells of itself when it asks to be notified.

    The keys are those of RFC 8291: a point of 65 bytes and a secret of 16.
    """

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(min_length=87, max_length=88, validators=[_BASE64])
    auth = forms.CharField(min_length=22, max_length=24, validators=[_BASE64])
    label = forms.CharField(max_length=80, required=False)
