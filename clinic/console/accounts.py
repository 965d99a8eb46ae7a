"""Staff sign-in through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody registers here: staff are added by their administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
