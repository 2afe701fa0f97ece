"""Every figure of `stats()` is a metric, an instrument and a field of the log, and documented."""

import ast
import dataclasses
import json
import logging
import re
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from topicwire._figures import CHANNEL_FIGURES, FIGURES, Figure
from topicwire._latency import Latency
from topicwire._log_fields import fields
from topicwire._stats import ChannelStats, Counters, Stats
from topicwire.errors import FieldError, NotConnected, PayloadInvalid, SignatureInvalid
from topicwire.instruments import ClientInstruments
from topicwire.logs import StatsLog
from topicwire.metrics import ClientCollector, MetricsEndpoint

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
RUNTIME = ROOT / "runtime" / "src" / "topicwire"


class Busy:
    """Has done something of everything."""

    client_id = "busy-1"

    def __init__(self) -> None:
        counters = Counters()
        counters.sent, counters.acknowledged, counters.received = 3, 2, 5
        counters.round_trip.add(0.004)
        tally = counters.tally("sensor")
        tally.sent, tally.sent_bytes, tally.acknowledged = 3, 120, 2
        tally.received, tally.received_bytes = 1, 70
        counters.transit.add(0.5)
        counters.fail(NotConnected("gone"), 1, channel="sensor")
        counters.refuse("unsigned", channel="sensor")
        for name in ("duplicates", "unrouted", "dropped", "dead_letters", "reconnects"):
            counters.add(name)
        for name in ("invalid", "handler_errors"):
            counters.add(name, channel="sensor")
        self._counters = counters

    def stats(self) -> Stats:
        return self._counters.snapshot(
            connected=True, queued_messages=7, queued_bytes=8, outbox_messages=9,
            outbox_bytes=10, in_flight=11,
        )  # fmt: skip


def names(kind: type) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def test_every_figure_is_described():
    parts = {figure.parts for figure in FIGURES}
    assert {figure.name for figure in FIGURES} | parts - {None} == names(Stats) - {"channels"}
    assert {figure.name for figure in CHANNEL_FIGURES} == names(ChannelStats)


def test_the_example_has_something_of_everything():
    stats = Busy().stats()
    assert all(getattr(stats, name) for name in names(Stats))
    assert all(getattr(stats.channels["sensor"], name) for name in names(ChannelStats))


def prometheus_name(figure: Figure, prefix: str) -> str:
    ends = {"counter": "_total", "gauge": "", "duration": "_seconds"}
    return f"{prefix}{figure.name}{ends[figure.kind]}"


ALL_FIGURES = [
    *((figure, "topicwire_") for figure in FIGURES),
    *((figure, "topicwire_channel_") for figure in CHANNEL_FIGURES),
]


def exposed(collector: ClientCollector) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """The samples of each metric, by their labels, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(collector)
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            labels = tuple(sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_prometheus_has_every_figure():
    samples, stats = exposed(ClientCollector(Busy())), Busy().stats()
    for figure, prefix in ALL_FIGURES:
        name = prometheus_name(figure, prefix)
        if figure.kind == "duration":
            latency = figure.latency(stats)
            assert samples[f"{name}_count"] == {(): latency.count}
            assert samples[f"{name}_sum"] == {(): pytest.approx(latency.total)}
            assert samples[f"{name}_bucket"][("le", "+Inf"),] == latency.count
        elif prefix == "topicwire_channel_":
            value = getattr(stats.channels["sensor"], figure.name)
            assert samples[name] == {(("channel", "sensor"),): value}
        elif figure.label is not None:
            part = {"failed": "NotConnected", "refused": "unsigned"}[figure.name]
            assert samples[name] == {((figure.label, part),): 1}
        else:
            assert samples[name] == {(): getattr(stats, figure.name)}


def test_buckets_of_prometheus_grow_up_to_the_count():
    samples = exposed(ClientCollector(Busy()))["topicwire_round_trip_seconds_bucket"]
    by_bound = {float(dict(labels)["le"]): count for labels, count in samples.items()}
    assert by_bound[2**-8] == 0, "it took 4 ms"
    assert by_bound[2**-7] == 1
    assert list(by_bound.values()) == sorted(by_bound.values())


def test_several_clients_are_told_apart_by_their_names():
    samples = exposed(ClientCollector(uplink=Busy(), cabin=Busy()))
    assert samples["topicwire_connected"] == {
        (("client", "uplink"),): 1, (("client", "cabin"),): 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match="by name"):
        ClientCollector()
    with pytest.raises(ValueError, match="by name"):
        ClientCollector(Busy(), other=Busy())


def test_the_endpoint_serves_the_metrics():
    registry = CollectorRegistry()
    registry.register(ClientCollector(Busy()))
    with (
        MetricsEndpoint(registry, 0) as endpoint,
        urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}/metrics", timeout=10) as answer,
    ):
        assert b"topicwire_in_flight 11.0" in answer.read()


def test_opentelemetry_has_every_figure():
    reader = InMemoryMetricReader()
    ClientInstruments(Busy(), provider=MeterProvider([reader]))
    data = reader.get_metrics_data()
    assert data is not None
    found = {
        metric.name: {
            tuple(sorted(point.attributes.items())): point.value
            for point in metric.data.data_points
        }
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    stats, own = Busy().stats(), ("client", "busy-1")
    for figure in FIGURES:
        values = found.pop(f"topicwire.{figure.name}")
        if figure.kind == "duration":
            latency = figure.latency(stats)
            shares = {dict(key)["quantile"]: value for key, value in values.items()}
            assert shares == {
                0.5: latency.p50, 0.9: latency.p90, 0.99: latency.p99, 1.0: latency.maximum
            }  # fmt: skip
            assert found.pop(f"topicwire.{figure.name}.count") == {(own,): latency.count}
            assert found.pop(f"topicwire.{figure.name}.sum") == {(own,): latency.total}
        else:
            assert sum(values.values()) == getattr(stats, figure.name)
            assert all(own in key for key in values)
    for figure in CHANNEL_FIGURES:
        value = getattr(stats.channels["sensor"], figure.name)
        key = (("channel", "sensor"), own)
        assert found.pop(f"topicwire.channel.{figure.name}") == {key: value}
    assert not found, "nothing else"


def test_the_log_has_every_figure(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "topicwire.stats"), StatsLog(Busy(), interval=3600):
        pass
    (record,) = caplog.records
    stats = Busy().stats()
    assert (record.kind, record.client) == ("stats", "busy-1")
    for name in names(Stats) - {"channels", "round_trip", "transit"}:
        assert getattr(record, name) == getattr(stats, name)
    for name in ("round_trip", "transit"):
        latency: Latency = getattr(stats, name)
        expected = dataclasses.asdict(latency)
        del expected["buckets"]
        assert getattr(record, name) == expected
    assert record.channels == {"sensor": dataclasses.asdict(stats.channels["sensor"])}
    json.dumps({name: getattr(record, name) for name in names(Stats)})


def test_the_log_comes_at_intervals(caplog: pytest.LogCaptureFixture):
    class Counting(Busy):
        calls = 0

        def stats(self) -> Stats:
            self.calls += 1
            if self.calls == 3:
                third.set()
            return super().stats()

    third = threading.Event()
    with caplog.at_level(logging.INFO, "topicwire.stats"), StatsLog(Counting(), interval=0.001):
        assert third.wait(10)
    assert len(caplog.records) >= 3


def rows(heading: str) -> dict[str, list[str]]:
    section = PAGE.split(f"### {heading}\n")[1].split("\n#")[0]
    found = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \|$", section, re.MULTILINE)
    return {name: [prometheus, instruments, text] for name, prometheus, instruments, text in found}


@pytest.mark.parametrize(
    ("heading", "figures", "prefix"),
    [
        ("The figures of a client", FIGURES, "topicwire_"),
        ("The figures of a channel", CHANNEL_FIGURES, "topicwire_channel_"),
    ],
)
def test_the_page_lists_every_figure(heading, figures, prefix):
    table = rows(heading)
    assert list(table) == [figure.name for figure in figures]
    for figure in figures:
        prometheus, instruments, text = table[figure.name]
        assert f"`{prometheus_name(figure, prefix)}`" in prometheus
        assert (f"by `{figure.label}`" in prometheus) == (figure.label is not None)
        assert f"`{prefix.replace('_', '.')}{figure.name}`" in instruments
        assert text == figure.text


def test_the_dashboard_asks_for_metrics_that_exist():
    board = json.loads((ROOT / "docs" / "grafana" / "topicwire.json").read_text(encoding="utf-8"))
    samples = set(exposed(ClientCollector(Busy())))
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    queries += [
        variable["query"]["query"]
        for variable in board["templating"]["list"] if variable["type"] == "query"
    ]  # fmt: skip
    asked = {name for query in queries for name in re.findall(r"\btopicwire_\w+", query)}
    assert asked - samples == set()
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}
    assert shown == {prometheus_name(*one) for one in ALL_FIGURES}, "each figure has a place"
    identifiers = [panel["id"] for panel in board["panels"]]
    assert len(identifiers) == len(set(identifiers))


def log_calls() -> list[tuple[str, ast.Call]]:
    found = []
    for path in RUNTIME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
            ):
                found.append((f"{path.name}:{node.lineno}", node))
    return found


def kind_of(call: ast.Call) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == "extra":
            assert isinstance(keyword.value, ast.Call)
            first = keyword.value.args[0]
            assert isinstance(first, ast.Constant)
            return str(first.value)
    return None


def test_every_record_has_fields_and_its_kind_is_documented():
    calls = log_calls()
    assert len(calls) > 25
    assert [place for place, call in calls if kind_of(call) is None] == []
    section = PAGE.split("| kind | level | when |")[1].split("\n\n")[0]
    documented = set(re.findall(r"`(\w+)`(?=[^|]*\| \w)", section))
    assert {kind_of(call) for _, call in calls} == documented - {"compat"}


def test_fields_of_errors():
    error = PayloadInvalid("sensor", "receive", [FieldError("/value", "is missing", "missing")])
    assert fields("not_handed_on", error, channel="sensor") == {
        "kind": "not_handed_on", "channel": "sensor", "error": "PayloadInvalid",
        "field_errors": [{"field": "/value", "reason": "is missing", "kind": "missing"}],
    }  # fmt: skip
    refusal = SignatureInvalid("a/b", "unsigned", "it has none")
    assert fields("refused", refusal) == {
        "kind": "refused", "error": "SignatureInvalid", "reason": "unsigned", "topic": "a/b",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("topicwire.metrics", "prometheus_client", "metrics"),
        ("topicwire.instruments", "opentelemetry", "tracing"),
        ("topicwire.tracing", "opentelemetry", "tracing"),
    ],
)
def test_a_missing_extra_is_named(module, package, extra):
    program = f"import sys; sys.modules[{package!r}] = None; import {module}"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.endswith(
        f"{package} is not installed; install it with: pip install 'topicwire[{extra}]'\n"
    )
