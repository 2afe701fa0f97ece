"""What `topicwire verify` does: the contract of an app from a document, and a broker to watch."""

from __future__ import annotations

import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from topicwire import ClientOptions, TlsFiles
from topicwire.testing import Contract, Report, Watch, verify

from topicwire_codegen.generate import generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be verified, in the words of the command line."""

    app: str
    broker: str
    spec: Path
    package: str | None
    seconds: float
    until_complete: bool
    sender: str | None
    filters: tuple[str, ...]
    keys: Path | None
    ca: Path | None
    certificate: Path | None
    key: Path | None
    mqtt: str | None
    convert: bool


def run(wanted: Wanted) -> Report:
    """Watch until the time is over, or the user has seen enough.

    Raises `SpecError`, `LookupError` for an app or a package that there is not, and what a client
    raises that does not get a connection.
    """
    if wanted.package is not None:
        contract = Contract.of_package(wanted.package, wanted.app)
    else:
        contract = contract_of(wanted.spec, wanted.app, convert=wanted.convert)
    options: ClientOptions = {}
    if wanted.ca or wanted.certificate or wanted.key:
        options["tls"] = TlsFiles(ca=wanted.ca, certificate=wanted.certificate, key=wanted.key)
    if wanted.mqtt is not None:
        options["mqtt_version"] = "5" if wanted.mqtt == "5" else "3.1.1"
    with _interruptible() as stop:
        watch = Watch(
            seconds=wanted.seconds,
            until_complete=wanted.until_complete,
            filters=wanted.filters,
            keys=wanted.keys,
            sender=wanted.sender,
            stop=stop,
        )
        return verify(wanted.broker, contract, watch, **options)


def contract_of(spec: Path, app: str, *, convert: bool = False) -> Contract:
    """Return what an app of a document may send.

    The package is generated and imported, so that messages are judged by the models that
    programs use. Raises `SpecError`, and `LookupError` for an app that there is not.
    """
    # Whatever was imported before under a name would stay.
    package = f"verified_{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory(prefix="topicwire-verify-") as folder:
        output = Path(folder) / "package"
        generate(
            spec, output, package, conventions=False, official=False, write=True, convert=convert
        )
        sys.path.insert(0, str(output / "src"))
        try:
            return Contract.of_package(package, app)
        finally:
            sys.path.remove(str(output / "src"))


@contextmanager
def _interruptible() -> Generator[threading.Event]:
    """Give an event that the first Ctrl-C sets instead of ending the program."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
