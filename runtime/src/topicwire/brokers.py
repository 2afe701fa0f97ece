"""What brokers can do: profiles of those that are known, and a probe for all others.

`Client(url, broker="nats")` takes a profile by its name, `Client(url, broker=probe(url))` what the
probe has found. `is_local(url)` is for programs that ask less of a broker which is their own.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Unpack

from topicwire._channel import Channel, Message, QoS
from topicwire._client import Client
from topicwire._context import Context
from topicwire._options import ClientOptions
from topicwire._profile import KNOWN, BrokerProfile
from topicwire._server_security import is_loopback
from topicwire._url import BrokerAddress, BrokerUrl
from topicwire.errors import DeliveryTimeout, RemoteError

__all__ = ["KNOWN", "BrokerProfile", "is_local", "probe"]

_PATIENCE = 1.0  # seconds for a message that may never come
_EXPIRY = 1  # seconds


def is_local(url: BrokerAddress) -> bool:
    """Return whether only this machine can reach a broker, or each of several.

    Raises `ValueError` for what is no address.
    """
    return all(is_loopback(broker.host) for broker in BrokerUrl.parse_all(url))


def probe(
    url: BrokerAddress, *, root: str = "topicwire/probe", **options: Unpack[ClientOptions]
) -> BrokerProfile:
    """Try what a broker can do, on topics below `root`, and return it as a profile.

    It takes a few seconds and a few clients with made-up names; access rules have to let them
    publish and subscribe below `root`. With several addresses the first two are taken for nodes of
    one cluster. Whether a session outlives its node, and whether wills are sent, is left open.
    Raises `ConnectionFailed`.
    """
    nodes = [str(broker) for broker in BrokerUrl.parse_all(url)]
    credentials = BrokerUrl.parse_all(url)[0]
    if credentials.username is not None:
        options.setdefault("username", credentials.username)
    if credentials.password is not None:
        options.setdefault("password", credentials.password)
    with ExitStack() as ended:
        return _Probe(nodes, root, options, ended).run()


class _Probe:
    def __init__(
        self, nodes: list[str], root: str, options: ClientOptions, ended: ExitStack
    ) -> None:
        self._nodes = nodes
        self._options = options
        self._ended = ended
        self._root = f"{root}/{secrets.token_hex(6)}"
        self._sender = self._client(nodes[0])

    def run(self) -> BrokerProfile:
        is_v5 = self._sender.mqtt_version == "5"
        return BrokerProfile(
            shared_subscriptions=self._shares(is_v5),
            maximum_qos=self._maximum_qos(),
            retained_to_wildcards=self._retains("wild", self._nodes[0], "{any}"),
            retained_across_nodes=(
                self._retains("node", self._nodes[1]) if len(self._nodes) > 1 else None
            ),
            message_expiry=is_v5 and self._expires(),
        )

    def _shares(self, is_v5: bool) -> bool:
        trusting = BrokerProfile(shared_subscriptions=None if is_v5 else True)
        member = self._client(self._nodes[0], broker=trusting)
        try:
            arrived = self._listen(member, self._channel("shared"), "members")
        except RemoteError:
            return False
        self._publish(self._channel("shared"))
        return arrived.wait(_PATIENCE)

    def _maximum_qos(self) -> int:
        channel = self._channel("qos", qos=QoS.EXACTLY_ONCE)
        subscription = self._client(self._nodes[0])._subscribe(channel, _NONE, _ignore, None)
        subscription.wait()
        return subscription.granted_qos

    def _retains(self, name: str, node: str, level: str | None = None) -> bool:
        published = self._channel(f"{name}/state", retain=True)
        self._publish(published)
        wanted = self._channel(f"{name}/{level}") if level else self._channel(f"{name}/state")
        arrived = self._listen(self._client(node), wanted)
        found = arrived.wait(_PATIENCE)
        self._publish(published, b"")
        return found

    def _expires(self) -> bool:
        name = f"probe-{secrets.token_hex(6)}"
        expiring = self._channel("expiry/old", expiry=_EXPIRY)
        lasting = self._channel("expiry/new")
        for_both = self._channel("expiry/{any}")
        topics: list[str] = []
        complete = threading.Event()

        def note(_: bytes, context: Context) -> None:
            topics.append(context.topic)
            if context.topic == lasting.address:
                complete.set()

        away = self._client(self._nodes[0], client_id=name, session_expiry=60, clean_start=False)
        away._subscribe(for_both, {}, note, None).wait()
        away.close()
        self._publish(expiring)
        time.sleep(_EXPIRY + 1.5)  # brokers count whole seconds, and some begin them anew
        self._publish(lasting)
        back = self._client(
            self._nodes[0], connect=False, client_id=name, session_expiry=60, clean_start=False
        )
        back._subscribe(for_both, {}, note, None)
        back.connect()
        complete.wait(2 * _PATIENCE)
        back.close()
        # A clean start removes the session that was kept.
        self._client(self._nodes[0], client_id=name).close()
        return complete.is_set() and expiring.address not in topics

    def _client(self, url: str, *, connect: bool = True, **more: Unpack[ClientOptions]) -> Client:
        options: ClientOptions = {**self._options, **more}
        client = Client(url, **options)
        self._ended.callback(client.close, drain=0.0)
        if connect:
            client.connect()
        return client

    def _channel(
        self, name: str, *, qos: QoS = QoS.AT_LEAST_ONCE, retain: bool = False,
        expiry: int | None = None,
    ) -> Channel[bytes]:  # fmt: skip
        return Channel(
            name=name, address=f"{self._root}/{name}",
            messages=(Message(name="probe", payload=bytes),), qos=qos, receive_qos=qos,
            retain=retain, message_expiry=expiry, content_type="application/octet-stream",
        )  # fmt: skip

    def _publish(self, channel: Channel[bytes], body: bytes = b"probe") -> None:
        self._sender._publisher(channel)(body).wait(5)

    def _listen(
        self, client: Client, channel: Channel[bytes], group: str | None = None
    ) -> threading.Event:
        arrived = threading.Event()
        handler: Callable[[bytes, Context], None] = lambda message, context: arrived.set()  # noqa: E731
        subscription = client._subscribe(channel, _NONE, handler, group)
        # Without an answer there will be no messages either.
        with suppress(DeliveryTimeout):
            subscription.wait(_PATIENCE)
        return arrived


_NONE: Mapping[str, str | None] = {}


def _ignore(_message: bytes, _context: Context) -> None:
    """Do nothing with a message."""
