"""Addresses of staff sign-in: the parts of django-allauth that we use, each named here.

No sign-up and no password reset by e-mail: staff are invited by their administrator.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import path

from clinic.console.staff_only import not_for_family
from clinic.console.views.accounts import devices, directory, open_sessions, staff_invitations, tokens
from clinic.console.views.accounts.sign_in import home, sign_in
from clinic.console.views.desk import lock

urlpatterns = [
    path("", home, name="account_home"),
    path("pin/", lock.pin, name="account_pin"),
    path("pin/remove/", lock.remove_pin, name="account_remove_pin"),
    path("devices/", devices.add, name="account_add_device"),
    path("devices/<uuid:device_id>/remove/", devices.remove, name="account_remove_device"),
    path("tokens/", tokens.index, name="account_tokens"),
    path("tokens/new/", tokens.make, name="account_token_new"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="account_token_revoke"),
    path("invited/<str:token>/", staff_invitations.join, name="account_invited"),
    path("login/", sign_in, name="account_login"),
    path("oidc/<str:provider_id>/login/", not_for_family(directory.begin), name="openid_connect_login"),
    path(
        "oidc/<str:provider_id>/login/callback/",
        not_for_family(directory.come_back),
        name="openid_connect_callback",
    ),
    path("logout/", not_for_family(account.logout), name="account_logout"),
    path("inactive/", not_for_family(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", not_for_family(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", not_for_family(account.password_change), name="account_change_password"),
    path("2fa/", not_for_family(factors.index), name="mfa_index"),
    path("2fa/authenticate/", not_for_family(factors.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", not_for_family(factors.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", not_for_family(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", not_for_family(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        not_for_family(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        not_for_family(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", not_for_family(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", not_for_family(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        not_for_family(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        not_for_family(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/", not_for_family(webauthn.edit_webauthn), name="mfa_edit_webauthn"
    ),
    path("sessions/", not_for_family(sessions.list_usersessions), name="usersessions_list"),
    path("sessions/<int:session_id>/end/", open_sessions.end_own, name="account_end_session"),
]
