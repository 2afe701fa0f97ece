"""The experiments' own tools: a check that cannot fail would show nothing."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest
from topicwire import Delivery, NotConnected

from tests.faults.experiment import EXPERIMENTS, Stage, carry_out
from tests.faults.ledger import Ledger
from tests.faults.proxy import FaultProxy, Weather


def acknowledged() -> Delivery:
    delivery = Delivery("t", 1)
    delivery._acknowledge()
    return delivery


def failed(reason: str) -> Delivery:
    delivery = Delivery("t", 1)
    delivery._fail(NotConnected(reason))
    return delivery


def test_each_kind_of_trouble_is_counted_apart():
    ledger = Ledger()
    for number in (1, 2, 3, 4):
        ledger.publish(number, acknowledged())
    ledger.publish(5, failed("not sent: closed"))
    ledger.publish(6, failed("sent, but not acknowledged"))
    ledger.publish(7, Delivery("t", 1))
    ledger.promise(8)
    for number in (1, 3, 2, 2, 5, 6):
        ledger.receive(number)
    verdict = ledger.verdict()
    assert ledger.expected() == {1, 2, 3, 4, 8}
    assert verdict.lost == 2, "4 and 8"
    assert verdict.duplicated == 1, "2"
    assert verdict.reordered == 1, "2 after 3"
    assert verdict.phantom == 1, "5; what became of 6 was not known"
    assert verdict.open == 1, "7"
    assert not ledger.wait_for({4}, 0.01)
    assert ledger.wait_for({1, 6}, 0.01)


def test_an_experiment_that_raises_or_misses_a_limit_has_failed(monkeypatch):
    def raises(stage: Stage) -> None:
        stage.limit("fine", 1, 2)
        raise RuntimeError("broken")

    def misses(stage: Stage) -> None:
        stage.limit("much", 3, 2)
        stage.equal("other", "a", "b")
        stage.note("told", 1)

    monkeypatch.setitem(EXPERIMENTS, "raises", raises)
    monkeypatch.setitem(EXPERIMENTS, "misses", misses)
    figures, _ = carry_out("raises", full=False, seed=1)
    assert [figure.passed for figure in figures] == [True, False]
    figures, _ = carry_out("misses", full=False, seed=1)
    assert [figure.passed for figure in figures] == [False, False, None]


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        try:
            while data := self.request.recv(65_536):
                self.request.sendall(data)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with Server(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with FaultProxy(server.server_address[1]) as found:
            yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def link(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as sock:
        assert echo(sock, b"x") == b"x"
        yield sock


def echo(sock: socket.socket, data: bytes) -> bytes:
    sock.sendall(data)
    got = b""
    while len(got) < len(data) and (piece := sock.recv(65_536)):
        got += piece
    return got


def test_everything_passes_unchanged_in_pieces_too(proxy, link):
    data = bytes(range(256)) * 100
    assert echo(link, data) == data
    proxy.piece = 100
    assert echo(link, data) == data


def test_corruption_changes_bits_and_nothing_else(proxy, link):
    proxy.corruption = 1.0
    data = bytes(1_000)
    got = echo(link, data)
    assert len(got) == len(data)
    assert sum(byte != 0 for byte in got) in (1, 2), "once each way"


def test_delay_holds_for_each_way(proxy, link):
    proxy.delay = 0.1
    began = time.monotonic()
    assert echo(link, b"x") == b"x"
    assert time.monotonic() - began >= 0.2


def test_a_reset_is_a_reset(proxy, link):
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        link.recv(1)


def test_a_half_closed_connection_still_takes_data(proxy, link):
    proxy.half_close()
    assert link.recv(1) == b""
    link.sendall(b"y")


def test_silence_delays_and_loses_nothing(proxy, link):
    proxy.silent = True
    link.sendall(b"y")
    link.settimeout(0.1)
    with pytest.raises(TimeoutError):
        link.recv(1)
    proxy.silent = False
    link.settimeout(5)
    assert link.recv(1) == b"y"


def test_a_refused_connection_is_reset_and_counted(proxy, link):
    proxy.refusing = True
    address = ("127.0.0.1", proxy.port)
    with pytest.raises(ConnectionResetError), socket.create_connection(address, 5) as sock:
        sock.recv(1)
    assert proxy.accepted == 2


def test_weather_is_the_same_for_the_same_seed_and_calm_afterwards(proxy):
    seen: list[list[str]] = []
    for seed in (3, 3, 4):
        with Weather(proxy, low=0.005, high=0.01, seed=seed) as weather:
            while len(weather.history) < 8:
                time.sleep(0.005)
        seen.append(weather.history[:8])
        assert (proxy.delay, proxy.piece, proxy.refusing, proxy.silent) == (0.0, 0, False, False)
    assert seen[0] == seen[1] != seen[2]
