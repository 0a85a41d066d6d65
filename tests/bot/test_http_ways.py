"""The way to Telegram: through the proxies of the environment, and to nobody who only says to be Telegram."""

import asyncio
import ssl
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import ClientConnectorCertificateError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from telegram.error import NetworkError

from bot.http import _way
from tests.bot.servers import Listener, ask, listening, talking
from tests.chat import TOKEN

PROXY_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Returns what changes the environment, in which no proxy is named."""
    for name in PROXY_NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def test_a_proxy_is_asked(environment: pytest.MonkeyPatch) -> None:
    """It gets the whole address, and the password that stands in its own."""
    proxy = Listener()
    async with listening(proxy) as root:
        environment.setenv("HTTP_PROXY", f"http://me:secret@{root.split('/')[2]}")
        assert await ask(f"http://telegram.example/bot{TOKEN}") is True
    [asked] = proxy.requests
    assert asked.raw_path == f"http://telegram.example/bot{TOKEN}/sendMessage"
    assert asked.headers["Proxy-Authorization"] == f"Basic {b64encode(b'me:secret').decode()}"


async def test_a_tunnel_is_asked_for(environment: pytest.MonkeyPatch) -> None:
    """What is encrypted goes through the proxy, which reads none of it; its refusal is told, its password not."""
    asked = b""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    async with talking(talk) as root:
        environment.setenv("HTTPS_PROXY", f"http://me:secret@{root.split('/')[2]}")
        with pytest.raises(NetworkError, match="ClientHttpProxyError: 403") as caught:
            await ask(f"https://telegram.example/bot{TOKEN}")
    assert asked.startswith(b"CONNECT telegram.example:443 HTTP/1.1\r\n")
    assert TOKEN.encode() not in asked
    assert "secret" not in caught.value.message
    assert TOKEN not in caught.value.message


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://api.telegram.org/bot", None),
        ({"https_proxy": "http://p:3128"}, "https://api.telegram.org/bot", "http://p:3128"),
        ({"HTTPS_PROXY": "p:3128"}, "https://api.telegram.org/bot", "http://p:3128"),
        ({"HTTPS_PROXY": "https://p:3128"}, "https://api.telegram.org/bot", "https://p:3128"),
        ({"HTTP_PROXY": "http://p:3128"}, "https://api.telegram.org/bot", None),
        ({"ALL_PROXY": "http://p:3128"}, "https://api.telegram.org/bot", "http://p:3128"),
        ({"ALL_PROXY": "http://all", "HTTPS_PROXY": "http://p"}, "https://api.telegram.org/bot", "http://p"),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "a.example, telegram.org"}, "https://api.telegram.org/bot", None),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "*"}, "https://api.telegram.org/bot", None),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "bots.lan:8081"}, "http://bots.lan:8081/bot", None),
        ({"ALL_PROXY": "http://p", "NO_PROXY": "bots.lan:8082"}, "http://bots.lan:8081/bot", "http://p"),
        ({"ALL_PROXY": "http://p"}, "http://127.0.0.1:8081/bot", None),
        ({"ALL_PROXY": "http://p"}, "http://localhost:8081/bot", None),
    ],
)
def test_proxies_are_named_by_the_environment(
    environment: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    """As everywhere: for a scheme or for all, not for some hosts, and never for this machine itself."""
    for name, value in variables.items():
        environment.setenv(name, value)
    way = _way(url)
    assert (str(way.address), way.proxy and str(way.proxy)) == (url, proxy)


async def test_other_proxies_are_named_as_unknown(environment: pytest.MonkeyPatch) -> None:
    """SOCKS needs more than there is; who has set it learns why nothing works."""
    environment.setenv("ALL_PROXY", "socks5://127.0.0.1:9050")
    with pytest.raises(NetworkError, match="a proxy must speak HTTP, not socks5"):
        await ask(f"https://telegram.example/bot{TOKEN}")


def forged(file: Path) -> ssl.SSLContext:
    """Returns what a server needs to say that it is 127.0.0.1, and writes it down; nobody vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("has_authorities", [True, False])
async def test_a_forged_certificate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_authorities: bool
) -> None:
    """The token is told to nobody who cannot prove to be Telegram, also where the system has no authorities."""
    asked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()

    if not has_authorities:
        paths = ssl.get_default_verify_paths()._replace(cafile=None, capath=None)  # type: ignore[arg-type]  # typeshed has only str
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    async with talking(talk, forged(tmp_path / "forged.pem")) as root:
        with pytest.raises(NetworkError, match="self-signed") as caught:
            await ask(root)
    assert isinstance(caught.value.__cause__, ClientConnectorCertificateError)
    assert not asked.is_set()


async def test_whom_the_system_believes_is_believed(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    """Where another authority vouches for the Bot API, such as a company's own, the environment names it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{"ok":true,"result":true}\n')
        await writer.drain()

    async with talking(talk, forged(tmp_path / "own.pem")) as root:
        environment.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert await ask(root) is True
