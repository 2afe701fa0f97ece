"""The older handler: dictionaries in and out, by category."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, overload

from topicwire._client import Client
from topicwire._subscription import Subscription
from topicwire.compat._callback import BatchHandler, Callback, CategoryHandler, check_plain
from topicwire.compat._surface import AppSurface, not_connected
from topicwire.errors import TopicwireError

F = TypeVar("F", bound=Callback)
_Wanted = tuple[str, CategoryHandler | BatchHandler]


class MqttHandler(AppSurface[CategoryHandler | BatchHandler]):
    """Sends and receives dictionaries, as the app that `app_type` names.

    Without an `app_type` it has no app's limits. Whatever comes and goes is validated by the
    protocol's models; QoS, retain, batches and signatures are those of the spec. `Extras` are
    settings that the older handler did not have. Callbacks run on threads of the handler. Raises
    `ValueError` for arguments that cannot be meant.
    """

    _client: Client | None = None

    def connect(self, timeout: float = 10.0) -> bool:
        """Connect, and subscribe what callbacks were added for; return whether it was possible.

        Attempts are repeated for up to `timeout` seconds. Once connected, the connection is kept
        up by itself.
        """
        self._attempts += 1
        try:
            self._open().connect(timeout)
        except (TopicwireError, OSError) as error:
            return self._refused(f"connect to {self._arguments.url}", error)
        self._successes += 1
        return True

    def disconnect(self, timeout: float = 5.0) -> None:
        """Send what is queued, for up to `timeout` seconds, and disconnect."""
        if self._client is not None:
            self._report_undelivered(self._client.close(timeout))

    def publish(
        self, topic: str, message: Mapping[str, object], retain: bool | None = None
    ) -> bool:
        """Validate a message and queue it; return whether it was taken.

        While the connection is being made anew it is queued, and sent then. Whether it is retained
        is for the spec to say.
        """
        try:
            channel, parameters = self.binding.sending(self.app_type, topic)
            ready = self._dictionaries.message(channel, topic, message)
            if self._client is None:
                raise not_connected()
            delivery = self._client._publisher(channel)(ready, parameters)
        except TopicwireError as error:
            return self._refused(f"publish to {topic!r}", error)
        if retain is not None and retain != channel.retain:
            self._ignored("retain", retain, channel.name, channel.retain)
        self._follow(delivery)
        return True

    @overload
    def add_callback(self, category: str) -> Callable[[F], F]: ...
    @overload
    def add_callback(self, category: str, callback: F) -> F: ...
    def add_callback(self, category: str, callback: F | None = None) -> F | Callable[[F], F]:
        """Have `callback` called with each message of a category; or use it as a decorator.

        A callback for several categories gets a message that belongs to more than one of them once.
        Raises `ValueError` for a category of which the app receives nothing, `TypeError` for an
        async function, and on a connected handler what is wrong with the subscription, such as
        `SigningRequired`.
        """
        if callback is None:
            return lambda function: self.add_callback(category, function)
        check_plain(callback)
        self._add((category, CategoryHandler(callback, self._dictionaries)))
        return callback

    def remove_callback(self, category: str, callback: Callback) -> None:
        """Take back `add_callback`; does nothing if there was none."""
        self._remove((category, CategoryHandler(callback, self._dictionaries)))

    def _remove(self, wanted: _Wanted) -> None:
        with self._lock:
            subscriptions = self._wanted.pop(wanted, [])
        for subscription in subscriptions:
            subscription.unsubscribe()

    def _add(self, wanted: _Wanted) -> None:
        self.binding.of_category(self.app_type, wanted[0])
        with self._lock:
            if wanted in self._wanted:
                return
            subscriptions = self._subscribe(self._client, wanted) if self._client else []
            self._wanted[wanted] = subscriptions
        # The handler may be one that waits for this lock, so nothing waits with it.
        if self.is_connected():
            try:
                for subscription in subscriptions:
                    subscription.wait()
            except TopicwireError:
                self._remove(wanted)
                raise

    def _subscribe(self, client: Client, wanted: _Wanted) -> list[Subscription]:
        category, handler = wanted
        whole = isinstance(handler, BatchHandler)
        return [
            client._subscribe(channel, {}, handler, None, whole=whole)
            for channel in self.binding.of_category(self.app_type, category)
        ]

    def _open(self) -> Client:
        """Return the client, made and with its subscriptions when it is first asked for."""
        with self._lock:
            if self._client is None:
                client = Client(self._arguments.url, **self._options())
                made = {wanted: self._subscribe(client, wanted) for wanted in self._wanted}
                self._client, self._wanted = client, made
            return self._client

    def _current(self) -> Client | None:
        return self._client
