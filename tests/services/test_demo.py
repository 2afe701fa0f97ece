"""The demo as a user runs it: processes, a broker, and what is printed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from suspension_protocol import channels, models
from suspension_services.access import Access
from suspension_services.broker import EmbeddedBroker
from topicwire import Client

from tests.mosquitto import Mosquitto, free_port
from tests.services.bench import read_page

COMMAND = [sys.executable, "-m", "suspension_services"]
QUICK = ["--speed", "30", "--duration", "20"]


@contextmanager
def demo(*options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "demo", *QUICK, *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def named(process: subprocess.Popen[str], service: str) -> psutil.Process:
    [found] = [child for child in descendants(process) if service in child.cmdline()]
    return found


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    pytest.fail(f"{text!r} was never printed")


def assert_all_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []


def assert_four_results(output: str) -> None:
    for wheel, verdict in [
        ("front left", "passed"), ("front right", "passed"),
        ("rear left", "passed"), ("rear right", "failed"),
    ]:  # fmt: skip
        assert f"{wheel}: test started" in output
        [row] = [line for line in output.splitlines() if line.startswith(f"│ {wheel} ")]
        assert verdict in row
    assert "left/right rear: " in output
    assert "(over 30 %)" in output


def test_four_wheels_on_the_embedded_broker_and_nothing_left_behind():
    with demo() as process:
        wait_for_line(process, "front left: test started")
        children = descendants(process)
        assert process.stdout is not None
        output = "front left: test started\n" + process.stdout.read()
        assert process.wait(60) == 0, output
    assert_four_results(output)
    assert len(children) == 6, "broker, simulator, bridge, processing, orchestrator, console"
    assert_all_gone(children)


def test_four_wheels_on_a_real_broker_beyond_loopback_without_a_password(mosquitto: Mosquitto):
    # The same listener under a name that is none of loopback's.
    broker = f"mqtt://0.0.0.0:{mosquitto.port}"
    with demo("--broker", broker, "--allow-anonymous") as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert_four_results(output)


# The first and the last that is started; the demo treats all alike.
@pytest.mark.parametrize("service", ["simulator", "orchestrator"])
def test_a_service_that_dies_is_named_and_ends_the_demo(service):
    with demo() as process:
        wait_for_line(process, "front left: test started")
        children = descendants(process)
        named(process, service).kill()
        assert process.stdout is not None
        output = process.stdout.read()
        assert process.wait(30) == 1
    assert f"the {service} has ended with status -9:" in output
    assert "connected to mqtt://127.0.0.1:" in output, "the end of its log"
    assert_all_gone(children)


@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGINT, "embedded broker at"), (signal.SIGTERM, "front left: test started")],
)
def test_interrupting_ends_everything(number, moment):
    with demo() as process:
        wait_for_line(process, moment)
        children = descendants(process)
        os.kill(process.pid, number)
        assert process.wait(30) == 128 + number
    assert_all_gone(children)


def test_with_the_gui_there_is_a_page_until_it_is_interrupted():
    with demo("--gui") as process:
        assert process.stdout is not None
        lines = (re.search(r"http://[^;\s]+", line) for line in process.stdout)
        url = next(found.group() for found in lines if found is not None)
        assert "Suspension tester" in read_page(f"{url}/en")
        children = descendants(process)
        assert named(process, "gui") in children
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    assert_all_gone(children)


def test_without_a_broker_it_says_so():
    url = f"mqtt://127.0.0.1:{free_port()}"
    done = subprocess.run(
        [*COMMAND, "run", "simulator", "--broker", url],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"cannot connect to {url}: " in done.stderr
    assert "is the broker running?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("service", ["processing", "console"])
def test_beyond_loopback_a_password_is_asked_for_unless_it_is_waived(service, mosquitto: Mosquitto):
    # The same listener under a name that is none of loopback's.
    command = [*COMMAND, "run", service, "--broker", f"mqtt://0.0.0.0:{mosquitto.port}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert "server 'plain' (mqtt://{host}:1883) asks for a user name and a password" in done.stderr
    assert "(here: user and password in --broker, or --allow-anonymous)" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_embedded_broker_listens_on_loopback_only_and_frees_its_port():
    others = set(psutil.Process().children(recursive=True))
    with EmbeddedBroker() as broker:
        own = set(psutil.Process().children(recursive=True)) - others
        listening = [
            connection.laddr
            for child in own
            for connection in child.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", broker.port)]
        with Client(broker.url) as client:
            assert client.mqtt_version == "5"
        port = broker.port
    with EmbeddedBroker(port) as again:
        assert again.is_running
        with pytest.raises(OSError, match=str(port)), EmbeddedBroker(port):
            pass


def test_a_recording_of_full_size_passes_the_embedded_broker():
    from suspension_protocol.publishers import RawDataCompletePublisher
    from suspension_protocol.subscribers import RawDataCompleteSubscriber

    samples = 60_000
    raw = models.RawData(
        test_id="t", position=models.WheelPosition.FRONT_LEFT,
        time=[i / 1000 for i in range(samples)],
        platform_position=[i % 7 / 10 for i in range(samples)],
        tire_force=[3500.5 + i % 11 for i in range(samples)],
        static_weight=3500.0, sampling_rate=1000.0, timestamp=time.time(),
    )  # fmt: skip
    arrived = threading.Event()
    with EmbeddedBroker() as broker, Client(broker.url) as client:

        @RawDataCompleteSubscriber(client)
        def check(message, context):
            if message == raw:
                arrived.set()

        RawDataCompletePublisher(client).publish(raw).wait(20)
        assert arrived.wait(20)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("mqtt://localhost", True), ("mqtt://127.0.0.1:1", True), ("mqtt://[::1]", True),
        ("mqtt://127.0.0.1:1,[::1]:2", True), ("mqtt://broker.example", False),
        ("mqtt://10.0.0.1", False), ("mqtt://127.0.0.1:1,10.0.0.1", False),
    ],
)  # fmt: skip
def test_only_loopback_is_trusted_without_signatures(url, local):
    assert Access(broker=url).options().get("allow_unsigned") is local
    assert channels.TEST_START.signing == "required"
