"""A service with tracing sends its spans to a collector, over HTTP and by OTLP."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from suspension_protocol.apps import Gui
from suspension_protocol.models import ServiceState, ServiceStatus, SystemAction, SystemCommand
from suspension_services.access import Access
from suspension_services.processing import Processing
from suspension_services.service import ServiceSettings

from tests.broker import free_port
from tests.inbox import Collection, Inbox
from tests.mosquitto import Mosquitto

COMMAND = [sys.executable, "-m", "suspension_services", "run", "processing"]


class Collector(Collection[tuple[str, Span]]):
    """A collector of OpenTelemetry's: it keeps the spans, each with the service it is of."""

    def __init__(self) -> None:
        super().__init__()
        keep = self._keep

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                keep(self.path, self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Collector:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _keep(self, path: str, body: bytes) -> None:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.add((f"{names['service.namespace']}/{names['service.name']}", span))


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        yield made


@pytest.fixture
def broker(start_mosquitto) -> Mosquitto:
    return start_mosquitto()


def is_online(found: list) -> bool:
    return any(m.status is ServiceState.ONLINE for m, _ in found if isinstance(m, ServiceStatus))


def run_once(broker: Mosquitto, *options: str, **environment: str) -> tuple[int, str]:
    """Run a service until it is online, and have it shut down; return status and log."""
    inbox = Inbox()
    with (
        Gui(broker.url, allow_unsigned=True) as gui,
        subprocess.Popen(
            [*COMMAND, "--broker", broker.url, "--log-format", "json", *options],
            stderr=subprocess.PIPE, text=True, env=environment,
        ) as process,
    ):  # fmt: skip
        try:
            gui.on.processing_status(inbox)
            inbox.wait_until(lambda _: is_online(inbox.items), 30)
            shutdown = SystemCommand(command=SystemAction.SHUTDOWN, timestamp=time.time())
            gui.send.system_command(shutdown).wait(10)
            _, log = process.communicate(timeout=30)
        finally:
            process.kill()
    return process.returncode, log


def test_a_service_sends_its_traces_to_a_collector(broker: Mosquitto, collector: Collector):
    status, log = run_once(
        broker, "--tracing", "--stats-interval", "60", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_RESOURCE_ATTRIBUTES="service.namespace=bench-7",
    )  # fmt: skip
    assert status == 0
    assert {service for service, _ in collector.items} == {"bench-7/processing"}
    spans = {span.name: span for _, span in collector.items}
    assert {
        "publish suspension/processing/status", "publish suspension/system/heartbeat",
        "process suspension/system/command",
    } <= set(spans)  # fmt: skip
    assert spans["process suspension/system/command"].kind == Span.SPAN_KIND_CONSUMER
    (figures,) = [one for one in map(json.loads, log.splitlines()) if one.get("kind") == "stats"]
    assert figures["client"] == "processing-1"
    assert figures["channels"]["processingStatus"]["acknowledged"] >= 3


def test_no_collector_is_there(broker: Mosquitto):
    nobody = f"http://127.0.0.1:{free_port()}"
    status, log = run_once(
        broker, SUSPENSION_TRACING="1", OTEL_EXPORTER_OTLP_ENDPOINT=nobody,
    )  # fmt: skip
    assert status == 0
    events = [json.loads(line) for line in log.splitlines()]
    assert [one["event"] for one in events if one["event"] in ("online", "offline")] == [
        "online", "offline",
    ]  # fmt: skip
    # It does not hold up the end, nor what the others are told.
    assert any(one["logger"].startswith("opentelemetry.") for one in events)


class Records(Collection[logging.LogRecord], logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        Collection.__init__(self)
        logging.Handler.__init__(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.add(record)


def test_figures_are_logged_again_and_again(broker: Mosquitto, caplog: pytest.LogCaptureFixture):
    records = Records()
    caplog.set_level(logging.INFO, "topicwire.stats")
    logging.getLogger("topicwire.stats").addHandler(records)

    async def run() -> None:
        service = Processing(Access(broker=broker.url), ServiceSettings(stats_interval=0.05))
        await service.start()
        await asyncio.to_thread(records.wait_for, 3)
        await service.close()

    try:
        asyncio.run(run())
    finally:
        logging.getLogger("topicwire.stats").removeHandler(records)
    last = vars(records.items[-1])
    assert last["client"] == "processing-1"
    assert last["channels"]["processingStatus"]["acknowledged"] >= 4, "the last word is counted"


@pytest.mark.parametrize(
    "package", ["opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter"]
)
def test_without_the_packages_it_says_what_to_install(package: str):
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from suspension_services.cli import app; app()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "processing", "--tracing"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"tracing needs {package}" in done.stderr
    assert "pip install 'suspension-services[tracing]'" in done.stderr
    assert "Traceback" not in done.stderr
