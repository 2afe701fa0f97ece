"""The files of services/deploy, started as they are but for their paths and ports."""

import configparser
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from suspension_protocol import models
from suspension_protocol.apps import Gui
from topicwire import ConnectionFailed, PublishRejected, TlsFiles

from tests.broker import free_port
from tests.certificates import make_certificates
from tests.mosquitto import Mosquitto
from tests.services.bench import Watcher
from tests.suspension_spec import SPEC

DEPLOY = Path(__file__).parents[2] / "services" / "deploy"
GUIDE = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
BENCH = ("simulator", "bridge", "processing", "orchestrator")
SERVICES = (*BENCH, "gui")


class Configured(Mosquitto):
    """mosquitto with the very configuration of the Pi, its paths and ports rewritten."""

    def __init__(self, folder: Path, rewrites: dict[str, str], port: int) -> None:
        super().__init__(folder, port=port)
        text = (DEPLOY / "mosquitto.conf").read_text()
        for old, new in rewrites.items():
            assert old in text, old
            text = text.replace(old, new)
        # Debian's build would change to a user that may not read the test's folder.
        root = ("user root",) if os.geteuid() == 0 else ()
        self._settings = (*text.splitlines(), *root)


def unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "systemd" / f"suspension-{name}.service")
    return parser


def environment_files(name: str) -> list[str]:
    text = (DEPLOY / "systemd" / f"suspension-{name}.service").read_text()
    return [
        line.removeprefix("EnvironmentFile=")
        for line in text.splitlines()
        if line.startswith("EnvironmentFile=")
    ]


@dataclass
class Pi:
    """What runs: the broker with its ports, and the processes of the units."""

    broker: Configured
    tls_port: int
    websocket_port: int
    gui_port: int
    folder: Path
    passwords: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]]
    metrics: dict[str, int]

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @property
    def tls(self) -> TlsFiles:
        return TlsFiles(ca=self.folder / "certificates" / "ca.pem")

    def logs(self) -> str:
        return "\n".join(
            (self.folder / f"{name}.log").read_text()[-3000:] for name in self.processes
        )


def start_unit(pi: Pi, name: str, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    command = unit(name)["Service"]["ExecStart"]
    pi.metrics[name] = free_port()
    for variable in ("SUSPENSION_BUS", "SUSPENSION_LISTEN"):
        command = command.replace(f"${{{variable}}}", variables[variable])
    words = shlex.split(command)
    assert words[:3] == ["/opt/suspension/bin/suspension", "run", name]
    port = words.index("--metrics-port") + 1
    words[port] = str(pi.metrics[name])
    for old in ("/var/lib/suspension", "/run/suspension"):
        words = [word.replace(old, str(pi.folder)) for word in words]
    with (pi.folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "suspension_services", *words[1:]],
            env={"PATH": os.environ["PATH"], **variables}, stdout=log, stderr=log,
        )  # fmt: skip


def follow_the_guide(folder: Path) -> None:
    """Make passwords, access rules and keys with the commands of docs/deploy.md."""
    [block] = re.findall(r"On the machine that has the generator:\n\n```sh\n(.*?)```", GUIDE, re.S)
    shutil.copy(SPEC, folder / "asyncapi.yaml")
    for line in block.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "topicwire"
        subprocess.run(
            [sys.executable, "-m", "topicwire_codegen", *arguments],
            cwd=folder, check=True, timeout=60, stdout=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def pi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pi]:
    folder = Path(tmp_path_factory.mktemp("pi"))
    ports = [free_port() for _ in range(4)]
    (folder / "certificates").mkdir()
    make_certificates(folder / "certificates")
    follow_the_guide(folder)
    passwords = json.loads((folder / "access" / "credentials.json").read_text())
    for name in ("broker", "data"):
        (folder / name).mkdir()
    rewrites = {
        "/run/mosquitto/mosquitto.pid": str(folder / "data" / "pid"),
        "/etc/mosquitto/suspension/mosquitto.passwd": str(folder / "access/mosquitto.passwd"),
        "/etc/mosquitto/suspension/mosquitto.acl": str(folder / "access/mosquitto.acl"),
        "/etc/mosquitto/suspension/server.crt": str(folder / "certificates/server.pem"),
        "/etc/mosquitto/suspension/server.key": str(folder / "certificates/server.key"),
        "/var/lib/mosquitto/": f"{folder / 'data'}/",
        "listener 1883 127.0.0.1": f"listener {ports[0]} 127.0.0.1",
        "listener 8883": f"listener {ports[1]}",
        "listener 8884": f"listener {ports[2]}",
    }
    with Configured(folder / "broker", rewrites, ports[0]) as broker:
        pi = Pi(broker, *ports[1:], folder, passwords, {}, {})
        try:
            for name in SERVICES:
                pi.processes[name] = start_unit(pi, name, variables_of(pi, name))
            yield pi
            for process in pi.processes.values():
                process.terminate()
            ended = [process.wait(30) for process in pi.processes.values()]
            assert ended == [0] * len(SERVICES), pi.logs()
        finally:
            for process in pi.processes.values():
                if process.poll() is None:
                    process.kill()
                    process.wait()


def variables_of(pi: Pi, name: str) -> dict[str, str]:
    """Return what the environment files of a unit say, with the paths and ports of the test."""
    common, of_app = environment_files(name)
    assert common == "/etc/suspension/common.env"
    lines = (DEPLOY / "suspension.env").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(variables) == {
        "TOPICWIRE_URL", "TOPICWIRE_SIGNING_KEYS", "SUSPENSION_BUS", "SUSPENSION_LISTEN"
    }  # fmt: skip
    assert variables["SUSPENSION_LISTEN"] == "127.0.0.1:8080", "nobody else, unless it is wanted"
    app = Path(of_app).stem
    return {
        "TOPICWIRE_URL": pi.broker.url,
        "TOPICWIRE_SIGNING_KEYS": str(pi.keys),
        "SUSPENSION_BUS": f"virtual:{pi.folder / 'bench.sock'}",  # there is no can0 here
        "SUSPENSION_LISTEN": f"127.0.0.1:{pi.gui_port}",
        "SUSPENSION_GUI_PASSWORD": "workshop",
        "TOPICWIRE_USERNAME": app,
        "TOPICWIRE_PASSWORD": pi.passwords[app],
    }


def watch(pi: Pi) -> Watcher:
    watcher = Watcher(
        f"mqtts://localhost:{pi.tls_port}", pi.keys,
        tls=pi.tls, username="gui", password=pi.passwords["gui"],
    )  # fmt: skip
    watcher.start()
    return watcher


def test_the_units_carry_out_a_test_for_a_user_interface_over_tls(pi: Pi):
    watcher = watch(pi)
    try:
        watcher.wait_online(*BENCH)
        test_id = watcher.start_test(models.WheelPosition.FRONT_LEFT, duration=2.5)
        completed = watcher.wait_completed(test_id)
        assert completed.state is models.TestState.COMPLETED, pi.logs()
        assert completed.result is True
    finally:
        watcher.close()
    for name in SERVICES:
        text = read_metrics(pi.metrics[name])
        assert "topicwire_connected 1.0" in text
        assert f'suspension_service_state{{service="{name}",' in text
    assert '"event": "phase"' in (pi.folder / "orchestrator.log").read_text(), "JSON logs"


def test_the_pages_are_there_for_those_who_know_the_password(pi: Pi):
    url = f"http://127.0.0.1:{pi.gui_port}/en"
    wait_until_connected(pi.metrics["gui"], reconnects=False)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url, timeout=10)
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, "anybody", "workshop")
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
    with opener.open(url, timeout=10) as answer:
        assert "Suspension tester" in answer.read().decode()
    assert 'suspension_service_state{service="gui",' in read_metrics(pi.metrics["gui"])


def test_a_user_interface_gets_in_over_a_websocket(pi: Pi):
    arrived = threading.Event()
    url = f"wss://localhost:{pi.websocket_port}/mqtt"
    with Gui(
        url, client_id="browser", tls=pi.tls, username="gui", password=pi.passwords["gui"],
        signing=pi.keys,
    ) as gui:  # fmt: skip

        @gui.on.hardware_status
        def see(message, context):
            arrived.set()

        assert arrived.wait(10)


@pytest.mark.parametrize("password", [None, "wrong"])
def test_nobody_gets_in_without_the_password(pi: Pi, password):
    options = {} if password is None else {"username": "gui", "password": password}
    with pytest.raises(ConnectionFailed):
        Gui(
            pi.broker.url, client_id="intruder", signing=pi.keys, mqtt_version="5",
            allow_anonymous=True, **options,
        ).connect(3)  # fmt: skip


def test_the_network_reaches_the_encrypted_listeners_only(pi: Pi):
    with socket.create_connection(("127.0.0.1", pi.tls_port)):
        pass
    text = (DEPLOY / "mosquitto.conf").read_text()
    plain = [line for line in text.splitlines() if line.startswith("listener 1883")]
    assert plain == ["listener 1883 127.0.0.1"]
    assert text.count("certfile ") == text.count("keyfile ") == 2


def test_an_app_cannot_say_what_is_not_its_own(pi: Pi):
    from suspension_protocol.publishers import ResultsProcessedPublisher

    result = models.TestResult(
        event="test_result", test_id="forged", wheel_id=models.WheelPosition.FRONT_LEFT,
        overall_pass=True, timestamp=1.0,
    )  # fmt: skip
    with Gui(
        pi.broker.url, client_id="forger", username="gui", password=pi.passwords["gui"],
        signing=pi.keys,
    ) as gui:  # fmt: skip
        delivery = ResultsProcessedPublisher(gui.client).publish(result)
        with pytest.raises(PublishRejected):
            delivery.wait(10)


def test_what_the_broker_keeps_outlives_its_power(pi: Pi):
    # It saves a second after the last change.
    assert {"autosave_on_changes true", "autosave_interval 1", "persistence true"} <= set(
        (DEPLOY / "mosquitto.conf").read_text().splitlines()
    )
    watcher = watch(pi)
    watcher.wait_online(*BENCH)
    watcher.close()
    wait_for_save(pi.folder / "data" / "mosquitto.db")
    pi.broker.kill()
    pi.broker.start()
    for name in SERVICES:
        wait_until_connected(pi.metrics[name])
    watcher = watch(pi)
    try:
        watcher.wait_online(*BENCH)
        test_id = watcher.start_test(models.WheelPosition.REAR_LEFT, duration=2.5)
        assert watcher.wait_completed(test_id).state is models.TestState.COMPLETED, pi.logs()
    finally:
        watcher.close()


def read_metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def wait_until_connected(port: int, *, reconnects: bool = True) -> None:
    """Wait until a service has found its broker (again), as its metrics say."""
    for _ in range(300):
        try:
            text = read_metrics(port)
        except urllib.error.URLError:
            text = ""  # it has only just been started
        again = "topicwire_reconnects_total 0.0" not in text
        if "topicwire_connected 1.0" in text and (again or not reconnects):
            return
        threading.Event().wait(0.1)
    pytest.fail("it has not found its broker")


def wait_for_save(path: Path) -> None:
    for _ in range(100):
        if path.exists():
            return
        threading.Event().wait(0.1)
    pytest.fail("mosquitto has saved nothing")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path):
    for path in UNITS:
        text = path.read_text().replace("/opt/suspension/bin/suspension", sys.executable)
        (tmp_path / path.name).write_text(text.replace("/sbin/ip", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert complaints == [], done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_units_restart_their_services_and_end_them_in_good_order(name):
    service = unit(name)["Service"]
    assert service["Restart"] == "always"
    assert unit(name)["Unit"]["StartLimitIntervalSec"] == "0", "it is never given up"
    assert int(service["TimeoutStopSec"]) > 20
    assert "KillSignal" not in service, "SIGTERM is what the services obey"


def test_there_is_a_unit_for_each_service_and_nothing_else():
    assert {path.name for path in UNITS} == {
        "suspension.target", "suspension-can.service",
        *(f"suspension-{name}.service" for name in SERVICES),
    }  # fmt: skip


def test_the_simulator_takes_the_place_of_the_bench_without_an_edited_unit():
    assert unit("can")["Install"]["RequiredBy"] == "suspension-bridge.service"
    assert unit("simulator")["Unit"]["Conflicts"] == "suspension-can.service"
    assert not {"Requires", "Conflicts", "BindsTo"} & set(unit("bridge")["Unit"])


# ---- docs/deploy.md ------------------------------------------------------------------------------


def test_the_guide_names_every_file_and_no_other():
    rows = re.findall(r"^\| `([^`]+)` \| `/etc/[^`]+`", GUIDE, re.MULTILINE)
    assert set(rows) == {
        f"{path.name}/*" if path.is_dir() else path.name for path in DEPLOY.iterdir()
    }


@pytest.mark.parametrize("name", SERVICES)
def test_the_guide_has_the_ports_and_the_passwords_of_the_units(name):
    command = shlex.split(unit(name)["Service"]["ExecStart"])
    assert f"{command[command.index('--metrics-port') + 1]} {name}" in " ".join(GUIDE.split())
    _, of_app = environment_files(name)
    assert f"`{Path(of_app).stem}`" in GUIDE
    assert "`/etc/suspension/APP.env`" in GUIDE


def test_every_unit_that_the_guide_enables_is_there():
    [enabled] = re.findall(r"systemctl enable --now (.*?)```", GUIDE, re.S)
    names = {
        word if "." in word else f"{word}.service" for word in enabled.replace("\\", "").split()
    }
    assert names <= {path.name for path in UNITS}
