import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False, False)),
        ("smtp+tls://mail.example", ("mail.example", 587, "", "", True, False)),
        ("smtp+ssl://mail.example", ("mail.example", 465, "", "", False, True)),
        ("smtps://mail.example:2587", ("mail.example", 2587, "", "", True, False)),
        (
            "smtp+tls://me%40clinic:pa%2Fss@mail.example",
            ("mail.example", 587, "me@clinic", "pa/ss", True, False),
        ),
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
    ],
)
def test_mail_server_of_an_address(url, read):
    assert tuple(env.email_server(url).values()) == read


@pytest.mark.parametrize(
    "url", ["consolemail://", "memorymail://x", "mail.example", "smtp://", "smtp://user:s3cret@mail:port", ""]
)
def test_address_that_is_no_mail_server_is_refused_without_its_secret(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read") as refused:
        env.email_server(url)

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("address", ["%2Frun%2Fpostgresql/", "/"])
def test_folder_with_a_socket_is_a_host(address):
    query = "" if address != "/" else "?host=/run/postgresql"

    read = env.database(f"postgres://kinwatch:a%2Fb@{address}kinwatch{query}")

    assert (read["NAME"], read["PASSWORD"]) == ("kinwatch", "a/b")
    assert read["HOST"] or read["OPTIONS"]["host"] == "/run/postgresql"
