"""What the broker speaks, and whether it can do what the protocol needs."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire._channel import QoS
from topicwire._client import Client
from topicwire._greeting import MAX_PACKET, Greeting
from topicwire.command._access import connected
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.finding import Finding, note, ok, problem
from topicwire.command._doctor.profile import check_profile
from topicwire.errors import ConnectionFailed, TopicwireError

VERSIONS = ("5", "3.1.1")


def check_broker(examination: Examination) -> Iterator[Finding]:
    """Yield what there is to say of the broker; without an `ok` nobody can connect."""
    security = examination.security()
    if security is not None:
        yield problem(
            "login", str(security),
            "--username NAME with TOPICWIRE_PASSWORD, --certificate and --key, or "
            "--allow-anonymous",
        )  # fmt: skip
    greetings: dict[str, Greeting] = {}
    failures: dict[str, TopicwireError] = {}
    for version in VERSIONS:
        greeting = _greet(examination, version, failures)
        if greeting is not None:
            greetings[version] = greeting
            yield ok("broker", f"MQTT {version} is spoken")
            yield from _capabilities(examination, greeting, version)
    for version, failure in failures.items():
        if len(failures) == len(VERSIONS):
            yield problem(
                "broker", f"no connection over MQTT {version}: {failure}", _remedy(failure)
            )
        else:
            yield note("broker", f"MQTT {version} is not spoken: {failure}")
    yield from check_profile(examination, greetings)


def _greet(
    examination: Examination, version: str, failures: dict[str, TopicwireError]
) -> Greeting | None:
    client = Client(examination.access.address, **examination.options(mqtt_version=version))
    try:
        with connected(client, examination.timeout):
            return client._core.transmission.greeting
    except TopicwireError as error:
        failures[version] = error
        return None


def _remedy(failure: TopicwireError) -> str:
    code = failure.reason_code if isinstance(failure, ConnectionFailed) else None
    if code in (0x86, 0x87, 4, 5):
        return "correct user name and password (TOPICWIRE_USERNAME, TOPICWIRE_PASSWORD)"
    if code == 0x85:
        return "another --client-id, such as the broker allows"
    return "look into the broker's log, and at the findings above"


def _capabilities(examination: Examination, greeting: Greeting, version: str) -> Iterator[Finding]:
    check = f"broker, {version}"
    entries = list(examination.catalogue.entries.values())
    largest = greeting.maximum_packet_size
    if version == "5":
        size = "any" if largest >= MAX_PACKET else f"{largest:,} bytes"
        yield ok(
            check,
            f"packets of {size}, {greeting.receive_maximum} unacknowledged, QoS up to "
            f"{greeting.maximum_qos}",
        )
    higher = [
        entry.channel.name for entry in entries
        if max(entry.channel.qos, entry.channel.receive_qos) > greeting.maximum_qos
    ]  # fmt: skip
    if higher:
        yield problem(
            check, f"QoS {QoS(greeting.maximum_qos):d} is the highest; more is wanted by "
            f"{', '.join(higher)}", "another broker, or another setting of this one",
        )  # fmt: skip
    retained = [entry.channel.name for entry in entries if entry.channel.retain]
    if retained and not greeting.retain_available:
        yield problem(
            check, f"nothing is retained, which {', '.join(retained)} need",
            "have the broker retain messages",
        )  # fmt: skip
    long = [
        entry.channel.name for entry in entries
        if entry.channel.batch is not None and entry.channel.batch.max_bytes > largest
    ]  # fmt: skip
    if long:
        yield note(
            check, f"batches of {', '.join(long)} are cut to {largest:,} bytes",
            "a larger maximum packet size of the broker",
        )  # fmt: skip
    if version == "5" and not greeting.subscription_identifiers:
        yield note(check, "no subscription identifiers: overlapping filters may give copies")
