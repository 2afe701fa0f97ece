"""What the broker lets this client do, channel by channel, as far as MQTT tells."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire._client import Client
from topicwire._completion import Completion
from topicwire._inbound import Inbound
from topicwire._reconnect import ReconnectPolicy
from topicwire.command._access import connected
from topicwire.command._catalogue import AnyChannel, Entry
from topicwire.command._doctor.examination import Examination, sample_topic
from topicwire.command._doctor.finding import Finding, note, ok, problem
from topicwire.errors import (
    DeliveryTimeout,
    PublishRejected,
    SubscribeRejected,
    TopicwireError,
)
from topicwire.raw import RawClient, RawMessage

_REMEDY = (
    "have the broker's access rules let it through: `topicwire acl` writes them from the document"
)


def check_rules(examination: Examination) -> Iterator[Finding]:
    """Yield what is refused, and what is not."""
    yield from _check_receiving(examination)
    if examination.may_publish:
        yield from _check_sending(examination)
    else:
        yield note(
            "may send", "not tried, since receivers would see it",
            "--publish sends an empty message to each channel, which receivers refuse and count",
        )  # fmt: skip


def _check_receiving(examination: Examination) -> Iterator[Finding]:
    refused: list[str] = []
    granted = 0
    try:
        client = Client(examination.access.address, **examination.options())
        with connected(client, examination.timeout):
            for name, grant in _ask(examination, client):
                try:
                    grant.wait(examination.timeout)
                    granted += 1
                except SubscribeRejected as error:
                    refused.append(f"{name}: {error}")
    except TopicwireError as error:
        yield problem("may receive", f"could not be found out: {error}", "see above")
        return
    who = f"what app {examination.app!r} receives" if examination.app else "all channels"
    for text in refused:
        if examination.app is None:
            yield note("may receive", f"refused: {text}")
        else:
            yield problem("may receive", f"refused: {text}", _REMEDY)
    if granted:
        yield ok(
            "may receive",
            f"{granted} subscriptions of {who} are granted (some brokers, such as mosquitto, grant "
            "what they never deliver)",
        )


def _ask(examination: Examination, client: Client) -> list[tuple[str, Completion]]:
    route, grants = _Nobody(), list[tuple[str, Completion]]()
    for entry in examination.received():
        channel = entry.channel
        for name in channel.filters({}):
            found = client._core.listen(name, channel.receive_qos, route)
            grants.append((f"{channel.name} ({name})", found.granted))
    return grants


class _Nobody:
    """A route that takes no notice of what comes."""

    immediate = True
    handler: object = None

    def __init__(self) -> None:
        self.channel: AnyChannel = AnyChannel(name="", address="", messages=())

    def process(self, inbound: Inbound) -> None:
        """Do nothing."""


def _check_sending(examination: Examination) -> Iterator[Finding]:
    let_through: list[str] = []
    for entry in examination.sent():
        refusal = _refusal(examination, entry)
        if refusal is None:
            let_through.append(entry.channel.name)
        elif examination.app is None:
            yield note("may send", f"refused: {entry.channel.name}: {refusal}")
        else:
            yield problem("may send", f"refused: {entry.channel.name}: {refusal}", _REMEDY)
    if let_through:
        yield ok("may send", f"let through: {', '.join(let_through)}")


def _refusal(examination: Examination, entry: Entry) -> str | None:
    """Return why a message would not get through; None if it does, as far as MQTT tells."""
    topic = sample_topic(entry.channel)
    # A broker may end the connection instead of an answer, so each has one of its own.
    options = examination.options(reconnect=ReconnectPolicy(attempts=0))
    client = RawClient(examination.access.address, **options)
    try:
        with connected(client, examination.timeout):
            client.publish(RawMessage(topic=topic, payload=b"", qos=1)).wait(examination.timeout)
    except PublishRejected as error:
        return str(error)
    except DeliveryTimeout:
        return "no acknowledgement"
    except TopicwireError as error:
        return f"the broker ended the connection ({error})"
    return None
