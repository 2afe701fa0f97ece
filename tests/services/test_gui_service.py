"""The GUI as a process: without a broker, and with settings that cannot be meant."""

import base64
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from suspension_protocol.models import ServiceState
from suspension_services.gui.web import WebSettings
from topicwire import KeyRing
from topicwire.keys import new_key, write_ring

from tests.certificates import make_certificates
from tests.mosquitto import Mosquitto, free_port
from tests.services.bench import Watcher, open_page, read_page

COMMAND = [sys.executable, "-m", "suspension_services", "run", "gui"]


@contextmanager
def gui(broker: str, folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [*COMMAND, "--broker", broker, "--listen", address,
         "--history", str(folder / "history.sqlite"), *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process, f"http://{address}"
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_pages_are_there_without_a_broker_and_wait_for_it(tmp_path: Path):
    broker_folder = tmp_path / "broker"
    broker_folder.mkdir()
    broker = Mosquitto(broker_folder)
    with gui(broker.url, tmp_path) as (process, url):
        page = read_page(f"{url}/de")
        assert "Fahrwerkstester" in page
        assert 'lang="de"' in page
        with broker:
            write_ring(tmp_path / "keys.json", KeyRing([new_key("hmac-sha256", "test")]))
            watcher = Watcher(broker.url, tmp_path / "keys.json")
            watcher.start()
            watcher.seen.wait_until(lambda _: watcher.states.get("gui") is ServiceState.ONLINE, 30)
            process.terminate()
            watcher.seen.wait_until(lambda _: watcher.states["gui"] is ServiceState.OFFLINE, 30)
            watcher.close()
            assert process.wait(20) == 0


def test_it_ends_in_good_order_before_there_is_a_broker(tmp_path: Path):
    with gui(f"mqtt://127.0.0.1:{free_port()}", tmp_path) as (process, url):
        read_page(f"{url}/en")
        process.terminate()
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "Traceback" not in output


def test_with_a_certificate_the_password_goes_encrypted_and_the_cookie_only_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make_certificates(tmp_path)
    monkeypatch.setenv("SUSPENSION_GUI_PASSWORD", "secret")
    files = ("--certificate", tmp_path / "server.pem", "--certificate-key", tmp_path / "server.key")
    tls = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with gui(f"mqtt://127.0.0.1:{free_port()}", tmp_path, *map(str, files)) as (_, url):
        encrypted = url.replace("http://127.0.0.1", "https://localhost")
        password = base64.b64encode(b"workshop:secret").decode()
        asked = Request(f"{encrypted}/en", headers={"Authorization": f"Basic {password}"})
        with open_page(asked, tls) as answer:
            cookie = answer.headers["set-cookie"]
            assert b"Suspension" in answer.read()
        assert "; Secure" in cookie
        known = Request(f"{encrypted}/en", headers={"Cookie": cookie.partition(";")[0]})
        with urlopen(known, context=tls, timeout=10) as answer:
            assert answer.status == 200
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{encrypted}/en", context=tls, timeout=10)
        with pytest.raises((URLError, ConnectionError, RemoteDisconnected)):
            urlopen(f"{url}/en", timeout=10)


def test_certificates_that_cannot_be_used_are_refused_at_the_start(tmp_path: Path):
    make_certificates(tmp_path)

    def said(certificate: str | None, key: str | None = None) -> str:
        files = [None if name is None else tmp_path / name for name in (certificate, key)]
        web = WebSettings.parse("127.0.0.1:0", certificate=files[0], key=files[1])
        with pytest.raises(ValueError, match=r"certificate|password") as caught:
            web.check(allow_anonymous=False)
        return str(caught.value)

    assert "none.pem cannot be read: No such file" in said("none.pem", "server.key")
    for pair in (("server.pem", None), ("server.pem", "client.key"), ("server.key", "server.key")):
        assert "--certificate-key its key, both as PEM" in said(*pair)
    locked = load_pem_private_key((tmp_path / "server.key").read_bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"locked")
    )
    (tmp_path / "locked.key").write_bytes(locked)
    assert "locked.key has a password; give one without" in said("server.pem", "locked.key")
    assert "of no use without --certificate" in said(None, "server.key")


def refused(*options: str, prelude: str = "import sys") -> str:
    code = f"{prelude}; from suspension_services.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "gui", "--broker", "mqtt://127.0.0.1:1", *options],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "SUSPENSION_GUI_PASSWORD": ""},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_cannot_be_meant_is_refused_with_what_to_do(tmp_path: Path):
    history = ("--history", str(tmp_path / "history.sqlite"))
    assert "others, who could start a test: set a password in SUSPENSION_GUI_PASSWORD" in refused(
        *history, "--listen", "0.0.0.0:0"
    )
    (tmp_path / "text").write_text("no database" * 100)
    assert "another one with --history" in refused("--history", str(tmp_path / "text"))
    assert "pip install 'suspension-services[gui]'" in refused(
        prelude="import sys; sys.modules['nicegui'] = None"
    )
