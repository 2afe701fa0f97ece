"""The older client: dictionaries in and out, by topic."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Unpack

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._subscription import Subscription
from topicwire._topic_filter import TopicFilter
from topicwire.compat._callback import TopicCallback, TopicHandler, check_plain
from topicwire.compat._settings import (
    BrokerArguments,
    ConnectOptions,
    Extras,
    check_known,
    reconnect_policy,
    with_extras,
)
from topicwire.compat._surface import Surface, not_connected
from topicwire.errors import TopicInvalid, TopicwireError

TopicMessage = tuple[str, Mapping[str, object]]
"""A topic, and the message for it as a dictionary."""


class MqttClient(Surface):
    """Sends and receives dictionaries on any topic of the protocol.

    QoS and retain are those of the spec; what is given otherwise is ignored, with a warning.
    """

    def __init__(  # noqa: PLR0917 - the order is the older surface's
        self,
        broker: str = "localhost",
        port: int = 1883,
        client_id: str | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool = False,
        ca_cert_path: Path | str | None = None,
        cert_file_path: Path | str | None = None,
        key_file_path: Path | str | None = None,
        tls_insecure: bool = False,
        **extras: Unpack[Extras],
    ) -> None:
        super().__init__()
        self._arguments = BrokerArguments(
            host=broker, port=port, client_id=client_id, username=username, password=password,
            use_tls=use_tls, ca_cert_path=ca_cert_path, cert_file_path=cert_file_path,
            key_file_path=key_file_path, tls_insecure=tls_insecure,
        )  # fmt: skip
        self._extras = extras
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._wanted: dict[TopicHandler, list[Subscription]] = {}

    def connect(self, timeout: float = 10.0) -> bool:
        """Connect; return whether it was possible within `timeout` seconds."""
        return self.connect_with_options({}, timeout)

    def connect_with_options(self, options: ConnectOptions, timeout: float = 10.0) -> bool:
        """Connect with these settings; return whether it was possible within `timeout` seconds.

        Raises `ValueError` for options that there are not, and on a client that has connected with
        other ones.
        """
        check_known(options)
        self._attempts += 1
        try:
            self._open(options).connect(timeout)
        except (TopicwireError, OSError) as error:
            return self._refused(f"connect to {self._arguments.url}", error)
        self._successes += 1
        return True

    def disconnect(self, timeout: float = 5.0) -> None:
        """Send what is queued, for up to `timeout` seconds, and disconnect."""
        if self._client is not None:
            self._report_undelivered(self._client.close(timeout))

    def publish(
        self,
        topic: str,
        payload: Mapping[str, object],
        qos: int | None = None,
        retain: bool | None = None,
    ) -> bool:
        """Validate a message and queue it; return whether it was taken."""
        try:
            channel, parameters = self.binding.sending(None, topic)
            message = self._dictionaries.message(channel, topic, payload)
            delivery = self._started()._publisher(channel)(message, parameters)
        except TopicwireError as error:
            return self._refused(f"publish to {topic!r}", error)
        for name, given, said in (("qos", qos, channel.qos), ("retain", retain, channel.retain)):
            if given is not None and given != said:
                self._ignored(name, given, channel.name, said)
        self._follow(delivery)
        return True

    def publish_batch(self, messages: Iterable[TopicMessage], qos: int | None = None) -> int:
        """Publish pairs of topic and message; return how many were taken.

        Those of channels with batches go together, compressed where the spec says so, and at once.
        """
        taken = sum([self.publish(topic, payload, qos) for topic, payload in messages])
        if self._client is not None:
            self._client.flush()
        return taken

    def subscribe(
        self,
        filter: str,  # noqa: A002
        callback: TopicCallback,
        qos: int | None = None,
    ) -> bool:
        """Have `callback` called with topic and message; return whether the broker grants it."""
        subscriptions = self._ask(filter, callback, qos)
        try:
            for subscription in subscriptions:
                subscription.wait()
        except TopicwireError as error:
            self.unsubscribe(filter)
            return self._refused(f"subscribe to {filter!r}", error)
        return bool(subscriptions)

    def subscribe_async(
        self,
        filter: str,  # noqa: A002
        callback: TopicCallback,
        qos: int | None = None,
    ) -> bool:
        """Do as `subscribe`, without waiting for the broker; return whether it was asked.

        A refusal is kept in `last_error`. Raises `TypeError` for an async function.
        """
        return bool(self._ask(filter, callback, qos))

    def unsubscribe(self, filter: str) -> bool:  # noqa: A002
        """End all subscriptions of a filter; return whether there were any."""
        with self._lock:
            ended = [handler for handler in self._wanted if handler.wanted.text == filter]
            subscriptions = [each for handler in ended for each in self._wanted.pop(handler)]
        for subscription in subscriptions:
            subscription.unsubscribe()
        return bool(ended)

    def _ask(self, wanted: str, callback: TopicCallback, qos: int | None) -> list[Subscription]:
        check_plain(callback)
        try:
            channels = self.binding.overlapping(_filter(wanted))
            client = self._started()
            handler = TopicHandler(callback, TopicFilter(wanted), self._dictionaries)
            with self._lock:
                if handler not in self._wanted:
                    self._wanted[handler] = [
                        client._subscribe(channel, {}, handler, None) for channel in channels
                    ]
        except TopicwireError as error:
            self._refused(f"subscribe to {wanted!r}", error)
            return []
        for channel in channels:
            self._check_qos(channel, qos)
        return self._wanted[handler]

    def _check_qos(self, channel: Channel[object], qos: int | None) -> None:
        if qos is not None and qos != channel.receive_qos:
            self._ignored("qos", qos, channel.name, channel.receive_qos)

    def _started(self) -> Client:
        if self._client is None:
            raise not_connected()
        return self._client

    def _open(self, given: ConnectOptions) -> Client:
        with self._lock:
            if self._client is None:
                clean = given.get("clean_session", True)
                options = self._arguments.options(self.binding.protocol, clean)
                if "keepalive" in given:
                    options["keep_alive"] = given["keepalive"]
                if "reconnect_delay" in given or "max_reconnect_attempts" in given:
                    options["reconnect"] = reconnect_policy(given)
                options["on_error"] = self._note
                self._client = Client(self._arguments.url, **with_extras(options, self._extras))
                self._given = given
            elif given not in ({}, self._given):
                raise ValueError("the client has other options already; make a new one for these")
            return self._client

    def _current(self) -> Client | None:
        return self._client


def _filter(text: str) -> TopicFilter:
    try:
        return TopicFilter(text)
    except ValueError as error:
        raise TopicInvalid("", str(error)) from None
