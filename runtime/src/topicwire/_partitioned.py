"""Subscriptions to the partitions of a channel that the workers of a group divide among them."""

from __future__ import annotations

import secrets
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from topicwire._channel import Channel, Message, QoS
from topicwire._completion import Completion
from topicwire._context import Context
from topicwire._core import ClientCore
from topicwire._membership import Beat, Membership
from topicwire._options import ClientOptions, Will, connection_settings, signing_of
from topicwire._partition_worker import Connected, PartitionWorker
from topicwire._partitions import PARTITION, Partitions
from topicwire._profile import check, missed, profile_of, shortcomings
from topicwire._url import BrokerAddress
from topicwire.errors import DeliveryTimeout, TopicwireError

if TYPE_CHECKING:
    from topicwire._client import Client

M = TypeVar("M")
Handler = Callable[[M, Context], None]

_SESSION_EXPIRY = 86_400  # seconds, where the program or the spec does not keep sessions
_POLL = 0.02  # seconds
DRAIN = 5.0  # seconds


class PartitionedSubscription:
    """A worker's membership in a group; end it with `unsubscribe()`.

    The messages of a partition are handled one after another, in their order, by whoever has it.
    """

    def __init__(self, worker: PartitionWorker) -> None:
        self._worker = worker

    @property
    def leases(self) -> dict[int, int]:
        """The partitions that this worker has now, each with the epoch of its lease.

        The epoch of a partition is higher each time that it changes hands. Who writes results
        where others write too can pass it on, to have those of an earlier holder refused there.
        """
        return self._worker.leases()

    @property
    def workers(self) -> Sequence[str]:
        """The names of the workers of the group that are known to be there."""
        return self._worker.workers()

    def wait(self, timeout: float = 30.0) -> None:
        """Wait until this worker has its share; raises `DeliveryTimeout` after `timeout` seconds.

        In a group whose members come and go that is a moment's truth.
        """
        deadline = time.monotonic() + timeout
        while not self._worker.is_settled():
            if time.monotonic() > deadline:
                raise DeliveryTimeout(
                    f"this worker has partitions {sorted(self.leases)} after {timeout:g} s and not "
                    f"its share; workers it knows of: {', '.join(self.workers) or 'none'}"
                )
            time.sleep(_POLL)

    def unsubscribe(self) -> None:
        """Give all partitions back and leave the group; returns when handlers have finished."""
        self._worker.leave()


class Partitioned(Generic[M]):
    """A subscriber as one worker of a group; use it as a decorator, or call `subscribe`."""

    def __init__(
        self, client: Client, channel: Channel[Any], group: str, interval: float, timeout: float
    ) -> None:
        self._client = client
        self._group = PartitionGroup(client._core, channel, group, interval, timeout)

    def subscribe(self, handler: Handler[M]) -> PartitionedSubscription:
        """Join the group, and have `handler` called for the messages of this worker's partitions.

        It returns at once; connections of its own are made, one for each partition. They end with
        the client. Raises `AbilityMissing` for what the broker is known to lose.
        """

        def take(partition: int) -> Connected:
            client = self._client._sibling(self._group.options(partition))
            client._subscribe(self._group.channel, {PARTITION: str(partition)}, handler, None)
            client.start()
            return _Held(client)

        subscription = self._group.join(take)
        self._client._core.groups.append(subscription)
        return subscription

    def __call__(self, handler: Handler[M], /) -> Handler[M]:
        self.subscribe(handler)
        return handler


class PartitionGroup:
    """What the workers of a group have in common, and the settings of their connections."""

    def __init__(
        self, core: ClientCore, channel: Channel[Any], group: str, interval: float, timeout: float
    ) -> None:
        if channel.partitions is None:
            raise ValueError(
                f"channel {channel.name!r} has no partitions; give it "
                "`x-topicwire: {partitions: {count: ..., by: ...}}` in the document"
            )
        if not 0 < 2 * interval < timeout:
            raise ValueError(
                f"interval is {interval:g} s and timeout {timeout:g} s; a worker must be heard at "
                "least twice before it is taken for gone"
            )
        self.channel = channel
        self._core = core
        self._partitions: Partitions = channel.partitions
        self._name = group
        self._interval = interval
        self._timeout = timeout
        # Its telling name; addresses and their parameters are of every length and kind.
        self._id = f"{group}-{channel.name}-{zlib.crc32(channel.address.encode()):08x}"

    def join(self, take: Callable[[int], Connected]) -> PartitionedSubscription:
        """Start a worker whose partitions are taken by `take`."""
        core = self._core
        core.check_process()
        self._check()
        me = f"{core.client_id}-{secrets.token_hex(4)}"
        count = self._partitions.count
        worker = PartitionWorker(
            Membership(me, count, timeout=self._timeout, settle=self._interval),
            GroupChannel(core, self._beats(), me, count),
            take,
            count=count,
            interval=self._interval,
            drain=DRAIN,
        )
        worker.start()
        return PartitionedSubscription(worker)

    def options(self, partition: int) -> tuple[BrokerAddress, ClientOptions]:
        """Return the address and the options of the connection that holds a partition."""
        core = self._core
        # One thread is enough for what is handled in order.
        options: ClientOptions = {**core.options, "workers": 1}
        options.pop("outbox", None)
        options.pop("will", None)
        options["client_id"] = f"{self._id}-{partition}-of-{self._partitions.count}"
        options["clean_start"] = False
        options["session_expiry"] = self._session_expiry()
        signing = signing_of(options)
        if signing is not None and signing.replay_state is not None:
            state = Path(signing.replay_state)
            own = state.with_name(f"{state.name}.{options['client_id']}")
            options["signing"] = replace(signing, replay_state=own)
        return core.address, options

    def _check(self) -> None:
        """Raise `AbilityMissing` where connections with kept sessions would lose something."""
        address, options = self.options(0)
        settings, profile = (
            connection_settings(address, options),
            profile_of(options.get("broker", "")),
        )
        check(shortcomings(profile, settings))
        name = self.channel.template.filter({PARTITION: "0"})
        check(missed(profile, settings, self.channel, name))

    def _session_expiry(self) -> int:
        options = self._core.options
        protocol = options.get("protocol")
        of_spec = protocol.session_expiry if protocol is not None else 0
        return options.get("session_expiry", of_spec) or _SESSION_EXPIRY

    def _beats(self) -> Channel[Beat]:
        return Channel(
            name=f"{self.channel.name} workers",
            address=workers_address(self.channel.address, self._name),
            messages=(Message(name="beat", payload=Beat),),
            signing=self.channel.signing,
        )


class GroupChannel:
    """How a worker speaks with its group: over a connection of its own, with its farewell as will.

    The broker sends that as soon as the process has died. Signed channels cannot have a will, so
    there the others notice by the silence.
    """

    def __init__(self, core: ClientCore, channel: Channel[Beat], me: str, count: int) -> None:
        from topicwire._client import Client

        options: ClientOptions = {**core.options, "client_id": me, "workers": 1}
        options.pop("outbox", None)
        options.pop("will", None)
        options.pop("dead_letter", None)
        options.pop("tracing", None)
        options.pop("session_expiry", None)
        options["clean_start"] = True
        if channel.signing != "required":
            farewell = Beat(worker=me, partitions=count, state="gone", holds={})
            options["will"] = Will.of(replace(channel, qos=QoS.AT_LEAST_ONCE), farewell)
        signing = signing_of(options)
        if signing is not None:
            options["signing"] = replace(signing, replay_state=None)
        self._client = Client(core.address, **options)
        self._channel = channel
        self._publish = self._client._publisher(channel)

    def start(self, heard: Callable[[Beat], None]) -> None:
        """Begin to connect; `heard` is called with what workers tell, this one too."""
        self._client._subscribe(self._channel, {}, lambda beat, context: heard(beat), None)
        self._client.start()

    def tell(self, beat: Beat) -> None:
        """Tell all workers, if there is a connection; what is late would be wrong."""
        if self._client.is_connected:
            try:
                self._publish(beat)
            except TopicwireError as error:
                self.report(error)

    def report(self, error: TopicwireError) -> None:
        """Make an error known that no call can raise."""
        self._client._core.report(error)

    def close(self) -> None:
        """End the connection when what was told is on its way."""
        self._client.close(drain=1.0)


class _Held:
    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected

    @property
    def ended(self) -> Completion:
        return self._client._core.session.ended

    def close(self, drain: float) -> None:
        self._client.close(drain)


def workers_address(address: str, group: str) -> str:
    """Return the topic on which workers of a group meet; parameters are there by their names."""
    return f"{address.replace('{', '').replace('}', '')}/workers/{group}"
