"""Who may open the pages: no page of somebody else, and beyond this machine nobody without a
password.

A browser sends requests to this server for any page that it shows, and whoever gets through can
have a heavy machine move. So requests have to come from our own pages (the header `Origin`, which
browsers set and scripts cannot), and have to be for an address that is ours (`Host`: a page of
somebody else can have its own name lead to this machine, known as DNS rebinding).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_COOKIE = "suspension"


class Gate:
    """An ASGI application that lets through to another what may come through.

    `names` are those by which this machine is known besides its addresses, `password` what is
    asked for with HTTP's basic authentication (None: nothing). Browsers send that once; a cookie
    stands for it afterwards, because not all of them send it for websockets.
    """

    def __init__(
        self, inner: Application, *, names: Iterable[str] = (), password: str | None = None
    ) -> None:
        self._inner = inner
        host = socket.gethostname().lower()
        self._names = {"localhost", host, f"{host}.local", *(name.lower() for name in names)}
        self._password = password
        self._token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request or a websocket, as ASGI says."""
        if scope["type"] not in ("http", "websocket"):
            await self._inner(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        if not self._is_ours(headers):
            await _refuse(scope, receive, send, 403, "This is not the address of this machine.")
        elif self._password is None or self._has_cookie(headers):
            await self._inner(scope, receive, send)
        elif self._has_password(headers):
            await self._inner(scope, receive, self._with_cookie(scope, send))
        else:
            await _refuse(scope, receive, send, 401, "A password is needed.")

    def _is_ours(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "")
        if not self._is_named(urlsplit(f"//{host}").hostname or ""):
            return False
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == host

    def _is_named(self, name: str) -> bool:
        try:
            ip_address(name)
        except ValueError:
            return name.lower() in self._names
        return True

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self._token)

    def _has_password(self, headers: dict[str, str]) -> bool:
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            _, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self._password is not None and _same(password, self._password)

    def _with_cookie(self, scope: Scope, send: Send) -> Send:
        secure = "; Secure" if scope["scheme"] in ("https", "wss") else ""
        cookie = f"{_COOKIE}={self._token}; Path=/; HttpOnly; SameSite=Strict{secure}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"set-cookie", cookie.encode())]
            await send(message)

        return send_with_cookie


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="Suspension tester", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
