"""The web server of the GUI: pages, reports, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from nicegui import ui
from topicwire.brokers import is_local

from suspension_services.gui import report
from suspension_services.gui.catalogue import CATALOGUE, preferred
from suspension_services.gui.desk import Desk
from suspension_services.gui.gate import Gate
from suspension_services.gui.pages.history_page import HistoryPage
from suspension_services.gui.pages.test_page import TestPage
from suspension_services.gui.records import Record
from suspension_services.gui.texts import Texts
from suspension_services.logs import get_logger

log = get_logger(__name__)

_STATIC = Path(__file__).parent / "pages" / "static"
_HEAD = """\
<link rel="stylesheet" href="/static/style.css">
<meta name="theme-color" content="#14202b">
<script>
// As the system is, until somebody chooses otherwise.
const dark = matchMedia("(prefers-color-scheme: dark)");
const choose = () => {
  const chosen = localStorage.getItem("theme");
  document.documentElement.dataset.theme = chosen ?? (dark.matches ? "dark" : "light");
};
choose();
dark.addEventListener("change", choose);
</script>
"""
_RECONNECT = 30.0  # s that a page may be away from the server without being built anew


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where the pages are. `port` 0 takes a free one; `opens` opens a browser.

    With a `password` browsers are asked for it; `certificate` and `key` are files for HTTPS.
    `names` are those of this machine that browsers may use, besides its own and its addresses.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    opens: bool = False
    password: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls,
        listen: str,
        *,
        opens: bool = False,
        password: str | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
        names: tuple[str, ...] = (),
    ) -> Self:
        """Take the address as HOST:PORT; raises `ValueError` for what is none."""
        host, _, port = listen.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            raise ValueError(f"{listen!r} is no address for the pages; write HOST:PORT")
        return cls(
            host=host.strip("[]"), port=int(port), opens=opens, password=password or None,
            certificate=certificate, key=key, names=names,
        )  # fmt: skip

    @property
    def address(self) -> str:
        """The host as it is written in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host

    def check(self, *, allow_anonymous: bool) -> None:
        """Raise `ValueError` for pages that everybody in the network could start a test from.

        So do a certificate and a key that cannot be used.
        """
        if self.password is None and not allow_anonymous and not is_local(f"ws://{self.address}"):
            raise ValueError(
                f"pages at {self.host} can be opened by others, who could start a test: set a "
                "password in SUSPENSION_GUI_PASSWORD, or say --allow-anonymous"
            )
        if self.certificate is None and self.key is not None:
            raise ValueError("--certificate-key is of no use without --certificate")
        if self.certificate is not None:
            _check_certificate(self.certificate, self.key)

    def listen(self) -> socket.socket:
        """Take the port; raises `OSError` if it is in use."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            raise OSError(
                f"port {self.port} of {self.host} cannot be used: {error.strerror}; "
                "another one can be given with --listen"
            ) from error


def _check_certificate(certificate: Path, key: Path | None) -> None:
    for option, file in (("--certificate", certificate), ("--certificate-key", key)):
        try:
            if file is not None:
                file.open("rb").close()
        except OSError as error:
            raise ValueError(f"{option} {file} cannot be read: {error.strerror}") from error

    def refuse() -> str:
        raise ValueError(f"the key in {key or certificate} has a password; give one without")

    try:
        # OpenSSL would ask the terminal for the password.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate, key, password=refuse
        )
    except ssl.SSLError as error:
        raise ValueError(
            f"{certificate} cannot be used for HTTPS ({error.reason or error}): --certificate "
            "takes the certificate with its chain, --certificate-key its key, both as PEM"
        ) from error


class _Server(uvicorn.Server):
    """A server that leaves the signals to the service it is part of, and tells when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        await self._on_ready()


async def serve(desk: Desk, settings: WebSettings, listener: socket.socket) -> None:
    """Serve the pages at a socket until it is cancelled."""
    application = FastAPI(openapi_url=None)
    _add_routes(application, desk)
    for texts in CATALOGUE.values():
        _add_pages(desk, texts)
    ui.run_with(  # pyright: ignore[reportUnknownMemberType] - of NiceGUI
        application, title="", favicon=_STATIC / "favicon.svg", tailwind=False, dark=None,
        reconnect_timeout=_RECONNECT, show_welcome_message=False,
    )  # fmt: skip
    scheme = "http" if settings.certificate is None else "https"
    url = f"{scheme}://{settings.address}:{listener.getsockname()[1]}"

    async def tell() -> None:
        log.info("pages", url=url)
        if settings.opens and _has_screen():
            await asyncio.to_thread(webbrowser.open, url)

    server = _Server(
        uvicorn.Config(
            Gate(application, names=settings.names, password=settings.password),
            log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=1,
            ssl_certfile=settings.certificate, ssl_keyfile=settings.key,
        ),
        tell,
    )  # fmt: skip
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def _has_screen() -> bool:
    # Without one, Python would open a browser of the terminal, and take that away from the user.
    variables = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, variables))


def _add_routes(application: FastAPI, desk: Desk) -> None:
    application.mount("/static", StaticFiles(directory=_STATIC))

    @application.get("/")
    def find_language(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        texts = CATALOGUE.get(request.cookies.get("language", "")) or preferred(
            request.headers.get("accept-language", "")
        )
        return RedirectResponse(f"/{texts.language}")

    @application.get("/report/{language}/test/{test_id}.pdf")
    def report_test(language: str, test_id: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        record = desk.history.find(test_id)
        return _report(language, [] if record is None else [record], whole=False)

    @application.get("/report/{language}/visit/{visit_id}.pdf")
    def report_visit(language: str, visit_id: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        return _report(language, list(desk.history.of_visit(visit_id).values()), whole=True)


def _report(language: str, records: list[Record], *, whole: bool) -> Response:
    texts = CATALOGUE.get(language)
    judged = {record.position: record for record in records if record.stage.is_verdict}
    if texts is None or not judged:
        found = texts or CATALOGUE["en"]
        return Response(found.not_found, status_code=404, media_type="text/plain; charset=utf-8")
    label = next(iter(judged.values())).label
    content = report.build(judged, label, texts, whole=whole)
    headers = {"content-disposition": 'inline; filename="suspension-test.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _add_pages(desk: Desk, texts: Texts) -> None:
    for path, name, make in (
        ("", texts.nav_test, TestPage), ("/history", texts.nav_history, HistoryPage),
    ):  # fmt: skip

        def build(make: type[TestPage] | type[HistoryPage]) -> None:
            ui.add_head_html(_HEAD)
            make(desk, texts)

        ui.page(
            f"/{texts.language}{path}", title=f"{name} · {texts.title}",
            language="de" if texts.language == "de" else "en-US",
        )(partial(build, make))  # fmt: skip
