"""The sample proxy, as it stands in deploy/, before a real web process."""

import datetime
import shutil
import ssl
import subprocess
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import HTTPAdapter
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.processes import PATIENCE, ROOT, Place, free_port, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
BUSY, SECOND, FLOODING = "127.0.0.2", "127.0.0.3", "127.0.0.4"

pytestmark = [pytest.mark.faults, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


def test_sample_proxy_keeps_clients_apart_and_the_inside_closed(place: Place) -> None:
    port = free_port()
    proxied = f"https://127.0.0.1:{port}"
    place.start_web(TRUSTED_PROXIES="127.0.0.1", PUBLIC_BASE_URL=proxied, METRICS_TOKEN="of-this-test-alone")
    certificate = make_certificate(place.folder)
    start_proxy(place, port, LOW_LIMITS)
    until(lambda: client(BUSY, certificate).get(f"{proxied}/health/live").ok, "the proxy")

    # Limits count the client, whatever it claims to be.
    guesses = [guess(BUSY, certificate, proxied, claims=f"198.51.100.{number}") for number in range(101)]
    assert guesses == [401] * 100 + [429]
    assert guess(SECOND, certificate, proxied, claims=BUSY) == 401

    # What is for the inside is closed, what is too large is turned away with words.
    token = {"Authorization": "Bearer of-this-test-alone"}
    assert client(SECOND, certificate).get(f"{proxied}/metrics", headers=token).status_code == 404
    assert requests.get(f"{place.base_url}/metrics", headers=token, timeout=10).status_code == 200
    large = client(SECOND, certificate).put(f"{proxied}/api/v1/reports/x/", data=b"1" * 400_000)
    assert (large.status_code, "911" in large.text) == (413, True)

    # The console's socket passes; a page of another site is refused by the web process.
    nurse = place.seed["staff"][0]
    headers = {"Authorization": f"Bearer {nurse['token']}"}
    context = ssl.create_default_context(cafile=certificate)
    address = f"wss://127.0.0.1:{port}/ws/console/"
    with connect(address, ssl=context, additional_headers=headers, open_timeout=PATIENCE) as socket:
        assert "hello" in str(socket.recv(timeout=PATIENCE))
    evil = Origin("https://evil.example")
    with pytest.raises(InvalidStatus) as refused:
        connect(address, ssl=context, origin=evil, additional_headers=headers, open_timeout=PATIENCE)
    assert refused.value.response.status_code == 403

    # Who floods is slowed down, and told what to do in an emergency; the others notice nothing.
    flood = client(FLOODING, certificate)
    answers = [flood.get(f"{proxied}/er/secret-of-a-card/") for _request in range(90)]
    refused = [answer.text for answer in answers if answer.status_code == 429 and "911" in answer.text]
    assert refused, {answer.status_code for answer in answers}
    assert client(SECOND, certificate).get(f"{proxied}/health/live").ok

    log = (place.folder / "access.log").read_text()
    assert f"{FLOODING} GET" in log
    assert "/er/..." in log and "secret-of-a-card" not in log


def guess(source: str, certificate: Path, proxied: str, claims: str) -> int:
    """What one wrong token gets, from a client that claims to be another."""
    headers = {"Authorization": "Bearer wrong", "X-Forwarded-For": claims, "X-Real-IP": claims}
    return client(source, certificate).get(f"{proxied}/api/v1/patients/", headers=headers).status_code


class _From(HTTPAdapter):
    """Sends from an address of its own; all of 127.0.0.0/8 is this machine."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__()

    def init_poolmanager(self, *args: object, **options: object) -> None:
        super().init_poolmanager(*args, source_address=(self.source, 0), **options)  # type: ignore[arg-type]


_clients: dict[str, requests.Session] = {}


def client(source: str, certificate: Path) -> requests.Session:
    if source not in _clients:
        _clients[source] = requests.Session()
        # Else a certificate bundle of the machine would be asked instead.
        _clients[source].trust_env = False
        _clients[source].verify = str(certificate)
        _clients[source].mount("https://", _From(source))
    return _clients[source]


# Where the sample names its one web process.
PLACE = "server 127.0.0.1:8000 fail_timeout=2s;"
# Limits that a short test reaches; the first place is that of pages.
LOW_LIMITS = {
    "rate=30r/s;": "rate=1r/s;",
    "location / {\n            limit_req zone=requests burst=300": (
        "location / {\n limit_req zone=requests burst=40"
    ),
}


SAMPLE = ROOT / "deploy/proxy/nginx.conf"


def start_proxy(place: Place, port: int, changes: Mapping[str, str], *, sample: Path = SAMPLE) -> None:
    """The sample with the ports, files and folders of this test, and what else is changed in it."""
    text = sample.read_text()
    for there, own in {
        "/run/nginx.pid": f"{place.folder}/nginx.pid",
        "/var/log/nginx/": f"{place.folder}/",
        "/etc/ssl/kinwatch/": f"{place.folder}/",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        PLACE: servers(place.port),
        "http {\n": f"http {{\n{temporary_folders(place.folder)}\n",
        **changes,
    }.items():
        assert there in text, there
        text = text.replace(there, own)
    config = place.folder / "proxy.conf"
    config.write_text(text)
    options = ["-e", f"{place.folder}/error.log", "-c", str(config)]
    checked = subprocess.run([str(NGINX), "-t", *options], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    place.start("proxy", [str(NGINX), *options, "-g", "daemon off; master_process off;"])


def servers(*ports: int) -> str:
    """The web processes on these ports, as the sample names its one."""
    return " ".join(PLACE.replace("8000", str(port)) for port in ports)


def temporary_folders(folder: Path) -> str:
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n".join(f"{name}_temp_path {folder}/temp-{name};" for name in names)


def make_certificate(folder: Path) -> Path:
    """Of this test alone, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path = folder / "fullchain.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path
