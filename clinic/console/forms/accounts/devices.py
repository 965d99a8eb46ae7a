"""What a browser tells about itself when it asks to be notified."""

from django import forms
from django.core.validators import RegexValidator

_BASE64 = RegexValidator(r"\A[A-Za-z0-9_=-]+\Z")


class DeviceForm(forms.Form):
    """The keys are those of RFC 8291: a point of 65 bytes and a secret of 16."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(min_length=87, max_length=88, validators=[_BASE64])
    auth = forms.CharField(min_length=22, max_length=24, validators=[_BASE64])
    label = forms.CharField(max_length=80, required=False)
