"""The socket asks for the second factor as the pages do."""

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.test import Client

from config.asgi import application
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(nurse):
    client = Client()
    client.force_login(nurse)
    return client


async def accepted(browser):
    cookie = f"sessionid={browser.cookies['sessionid'].value}".encode()
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver"), (b"cookie", cookie)]
    socket = Socket(application, "/ws/console/", headers, [])
    connected, _ = await socket.connect()
    if connected:
        await socket.disconnect()
    return connected


def show_factor(browser, nurse, *, in_session):
    Authenticator.objects.create(user=nurse, type=Authenticator.Type.TOTP, data={"secret": "x"})
    if in_session:
        session = browser.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password"}, {"method": "mfa"}]
        session.save()


async def test_password_alone_opens_the_socket_in_the_demo_only(browser, settings):
    assert await accepted(browser)

    settings.DEMO = False

    assert not await accepted(browser)


@pytest.mark.parametrize("in_session", [True, False])
async def test_factor_must_have_been_shown_in_this_very_session(browser, nurse, settings, in_session):
    settings.DEMO = False
    await sync_to_async(show_factor)(browser, nurse, in_session=in_session)

    assert await accepted(browser) is in_session
