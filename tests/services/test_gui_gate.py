"""Who gets through to the pages: our own pages only, and with the password where one is set."""

import asyncio
import base64

import pytest
from suspension_services.gui.gate import Gate
from suspension_services.gui.web import WebSettings


async def inner(scope, receive, send):
    """Say that somebody has come through."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


def ask(gate: Gate, kind: str = "http", **headers: str) -> list[dict]:
    sent: list[dict] = []

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": kind, "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    asyncio.run(gate(scope, receive, send))
    return sent


def is_let_through(gate: Gate, **headers: str) -> bool:
    [first, *_] = ask(gate, **headers)
    [socket] = ask(gate, "websocket", **headers)
    passed = first["status"] == 200
    assert (socket["type"] == "websocket.accept") is passed, "websockets are let through alike"
    return passed


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("127.0.0.1:8080", True), ("localhost:8080", True), ("[::1]:8080", True),
        ("192.168.1.20:8080", True), ("bench.workshop:8080", True), ("BENCH.workshop", True),
        ("attacker.example:8080", False), ("localhost.attacker.example", False), ("", False),
    ],
)  # fmt: skip
def test_only_names_of_this_machine_are_answered(host: str, passes: bool):
    assert is_let_through(Gate(inner, names=["bench.workshop"]), host=host) is passes


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("http://127.0.0.1:8080", True),
        ("https://attacker.example", False),
        ("http://127.0.0.1:9999", False),
        ("null", False),
    ],
)
def test_pages_of_others_cannot_use_ours(origin: str, passes: bool):
    assert is_let_through(Gate(inner), host="127.0.0.1:8080", origin=origin) is passes


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"workshop:{password}".encode()).decode()


def test_with_a_password_there_is_no_way_around_it():
    gate = Gate(inner, password="geheim ü")
    host = {"host": "127.0.0.1"}
    assert not is_let_through(gate, **host)
    refused = ask(gate, **host)[0]
    assert refused["status"] == 401
    assert dict(refused["headers"])[b"www-authenticate"].startswith(b"Basic ")
    for wrong in ("Basic !", "Basic /w==", "Bearer x", basic("geheim"), basic("")):
        assert not is_let_through(gate, **host, authorization=wrong)
    for cookie in ("suspension=guess", "suspension=", "=;;", "other=1"):
        assert not is_let_through(gate, **host, cookie=cookie)
    assert is_let_through(gate, **host, authorization=basic("geheim ü"))


def test_a_cookie_stands_for_the_password_afterwards():
    gate = Gate(inner, password="secret")
    answer = ask(gate, host="127.0.0.1", authorization=basic("secret"))[0]
    cookie = dict(answer["headers"])[b"set-cookie"].decode()
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert is_let_through(gate, host="127.0.0.1", cookie=cookie.partition(";")[0])
    assert not is_let_through(
        Gate(inner, password="secret"), host="127.0.0.1", cookie=cookie.partition(";")[0]
    ), "of another run"


def test_beyond_this_machine_a_password_is_asked_for_unless_it_is_waived():
    with pytest.raises(ValueError, match="set a password in SUSPENSION_GUI_PASSWORD"):
        WebSettings.parse("0.0.0.0:8080").check(allow_anonymous=False)
    WebSettings.parse("0.0.0.0:8080").check(allow_anonymous=True)
    WebSettings.parse("0.0.0.0:8080", password="x").check(allow_anonymous=False)
    for local in ("127.0.0.1:80", "localhost:80", "[::1]:80"):
        WebSettings.parse(local).check(allow_anonymous=False)


@pytest.mark.parametrize("address", ["8080", "host:", "host:http", "host:70000", ":80"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(ValueError, match="write HOST:PORT"):
        WebSettings.parse(address)


def test_a_port_in_use_is_named():
    with WebSettings.parse("127.0.0.1:0").listen() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"port {port} of 127.0.0.1 cannot be used: .*--listen"):
            WebSettings.parse(f"127.0.0.1:{port}").listen()
