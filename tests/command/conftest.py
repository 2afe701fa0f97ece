"""The command, run in this process against a mosquitto of its own."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from topicwire.command._app import make_app
from topicwire.command._catalogue import Catalogue
from topicwire.raw import RawClient, RawMessage
from typer.testing import CliRunner

from tests.mosquitto import Mosquitto

PACKAGE = Catalogue("suspension_protocol", "0.1.0")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the command has ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """What `--json` has written."""
        return [json.loads(line) for line in self.out.splitlines()]


def run_command(
    *arguments: str, catalogue: Catalogue = PACKAGE, text: str | None = None, **environment: str
) -> Ended:
    """Run the command with arguments, standard input and variables of the environment."""
    app = make_app(catalogue, list(arguments))
    result = CliRunner().invoke(app, list(arguments), input=text, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker on which nobody else leaves messages."""
    with Mosquitto(tmp_path_factory.mktemp("command")) as made:
        yield made


@pytest.fixture
def run(broker: Mosquitto) -> Run:
    """Run the command with this broker."""
    return lambda *arguments, **more: run_command(
        *arguments, **{"TOPICWIRE_URL": broker.url, **more}
    )


@pytest.fixture
def raw(broker: Mosquitto) -> Iterator[RawClient]:
    """A client that publishes anything."""
    with RawClient(broker.url, client_id=f"raw-{uuid.uuid4()}") as client:
        yield client


@contextmanager
def feeding(client: RawClient, *messages: RawMessage) -> Iterator[None]:
    """Publish messages again and again, because nobody says when somebody watches."""
    over = threading.Event()

    def feed() -> None:
        while not over.wait(0.02):
            for message in messages:
                client.publish(message).wait(5)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
