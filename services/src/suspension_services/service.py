"""The template of the services: from the first status to the last, and all that runs between."""

from __future__ import annotations

import asyncio
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import ClassVar

import psutil
from prometheus_client import Enum as StateMetric
from pydantic import MISSING, JsonValue
from suspension_protocol.aio.publishers import (
    HardwareStatusPublisher,
    ProcessingStatusPublisher,
    SimulatorStatusPublisher,
    SystemHeartbeatPublisher,
    SystemStatusPublisher,
)
from suspension_protocol.aio.subscribers import SystemCommandSubscriber
from suspension_protocol.channels import PROTOCOL
from suspension_protocol.models import (
    Heartbeat,
    ServiceState,
    ServiceStatus,
    SystemAction,
    SystemCommand,
)
from topicwire import AsyncClient, ClientOptions, Context, Delivery, Will
from topicwire.logs import StatsLog
from topicwire.metrics import ClientCollector, MetricsEndpoint

from suspension_services.access import Access
from suspension_services.logs import get_logger
from suspension_services.metrics import new_registry

log = get_logger(__name__)

HEARTBEAT_INTERVAL = 30.0  # s
_SESSION_EXPIRY = 3600  # s; as long as the protocol's document says
_MIB = 2**20
_REFUSAL = ("refused", "reason", "refused_test")  # details of a command that is not carried out


StatusPublisher = (
    SystemStatusPublisher
    | SimulatorStatusPublisher
    | ProcessingStatusPublisher
    | HardwareStatusPublisher
)


class Ending(Enum):
    """How `run` has ended, and what whoever called it is to do."""

    STOPPED = "stopped"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What all services can be told.

    With an `outbox`, a file of its own, what the service sends on durable channels outlives the
    broker's absence and the service's own end. `metrics_port` is that of the metrics on loopback
    (None: there are none), `tracing` makes spans and sends them to an OpenTelemetry collector
    (`suspension-services[tracing]`), `stats_interval` is how often the client's figures are logged
    (None: never), and `heartbeat` how often the service says that it lives; both in s.
    """

    outbox: Path | None = None
    metrics_port: int | None = None
    tracing: bool = False
    stats_interval: float | None = None
    heartbeat: float = HEARTBEAT_INTERVAL


class BackendService(ABC):
    """Base of the services. A subclass names itself and its status channel, and says what it does.

    The state goes `starting` -> `online` -> `stopping` -> `offline`, with `running` and `error` as
    the subclass says; it is retained where the channel is, and the last will is `offline`, so that
    the end of a service is seen however it ends. There is one service of a name at a broker.

    `set_up` subscribes, `begin` does what takes a connection, `end` finishes what was begun.
    """

    name: ClassVar[str]
    status_publisher: ClassVar[type[StatusPublisher]] = SystemStatusPublisher
    keeps_session: ClassVar[bool] = False
    """Whether the broker keeps for this service what comes while it is away."""
    connect_timeout: ClassVar[float] = 10.0
    """Time for the broker to be reached at the start, in s."""

    def __init__(self, access: Access, settings: ServiceSettings = ServiceSettings()) -> None:
        self._settings = settings
        self._started = time.monotonic()
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only sets the beginning of the measurement
        self._state = ServiceState.STARTING
        self._error: str | None = None
        self._details: dict[str, JsonValue] = {}
        self._last_activity: float | None = None
        self._ending: asyncio.Future[Ending] | None = None
        self._was_connected = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._cleanup = ExitStack()
        self.registry = new_registry()
        self.client = AsyncClient(access.broker, **self._options(access))
        self._status = self.status_publisher(self.client)
        self._heartbeat = SystemHeartbeatPublisher(self.client)
        self._state_metric = StateMetric(
            "suspension_service_state", "State of the service.", ["service"],
            states=[state.value for state in ServiceState], registry=self.registry,
        )  # fmt: skip
        self.registry.register(ClientCollector(self.client))

    # ---- for subclasses --------------------------------------------------------------------

    @abstractmethod
    def set_up(self) -> None:
        """Subscribe to what the service works on; called before it connects."""

    async def begin(self) -> None:  # noqa: B027 - many services have nothing to do here
        """Do what takes a connection; the service is online when this returns."""

    async def reconnected(self) -> None:
        """Say the state again: the broker may have sent the last will, or lost what it retained."""
        await self.set_state(self._state, self._error, self._details)

    async def end(self) -> None:  # noqa: B027
        """Finish what the service has begun; called while it is still connected."""

    def spawn(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        """Do something beside everything else, as long as the service runs.

        If it raises, the service is in `error`, and stays there until it is restarted.
        """
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task

    async def set_state(
        self,
        state: ServiceState,
        error: str | None = None,
        details: Mapping[str, JsonValue] | None = None,
    ) -> Delivery:
        """Publish a new state, with the error that led to it and with what else there is to say."""
        self._state, self._error, self._details = state, error, dict(details or {})
        self._state_metric.labels(self.name).state(state.value)
        return await self._status.publish(self.status())

    async def tell(self, **details: JsonValue) -> None:
        """Publish the state as it is, with other details."""
        await self.set_state(self._state, self._error, details)

    def note_activity(self) -> None:
        """Remember that the service has done some work now."""
        self._last_activity = time.time()

    async def refuse(self, action: StrEnum, reason: str, test_id: str | None = None) -> None:
        """Tell that a command is not carried out, why, and for which test it was."""
        refusal: dict[str, JsonValue] = {"refused": action.value, "reason": reason}
        if test_id is not None:
            refusal["refused_test"] = test_id
        kept = {name: value for name, value in self._details.items() if name not in _REFUSAL}
        await self.tell(**kept, **refusal)

    async def shut_down(self, command: object) -> None:
        """Obey the command `shutdown`."""
        self.stop()

    async def restart(self, command: object) -> None:
        """Obey the command `restart`."""
        self.stop(Ending.RESTART)

    # ---- the life of a service ---------------------------------------------------------------

    @property
    def state(self) -> ServiceState:
        """The state that was last published."""
        return self._state

    @property
    def uptime(self) -> float:
        """Seconds since the service was made."""
        return time.monotonic() - self._started

    @property
    def is_stopping(self) -> bool:
        """Whether the service has been told to end."""
        return self._ending is not None and self._ending.done()

    async def run(self) -> Ending:
        """Run until SIGTERM, SIGINT, a command or `stop`; raises topicwire's errors."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await self.start()
        try:
            return await self.ended()
        finally:
            await self.close()

    async def start(self) -> None:
        """Connect and begin; raises `ConnectionFailed`, and `OSError` for the metrics' port."""
        self._ending = asyncio.get_running_loop().create_future()
        if self._settings.metrics_port is not None:
            endpoint = MetricsEndpoint(self.registry, self._settings.metrics_port)
            self._cleanup.enter_context(endpoint)
        if self._settings.stats_interval is not None:
            self._cleanup.enter_context(StatsLog(self.client, self._settings.stats_interval))
        SystemCommandSubscriber(self.client)(self._on_system_command)
        self.set_up()
        self.client.start()
        await self.set_state(ServiceState.STARTING)
        if not await self._connect():
            return
        await self.begin()
        if self._state is ServiceState.STARTING:
            await self.set_state(ServiceState.ONLINE)
        self.spawn(self._beat(), "heartbeat")
        log.info("online", broker=self.client.url)

    async def ended(self) -> Ending:
        """Wait until the service is told to end."""
        if self._ending is None:
            raise RuntimeError(f"the service {self.name} has not been started")
        return await self._ending

    def stop(self, ending: Ending = Ending.STOPPED) -> None:
        """Tell the service to end; returns at once."""
        if self._ending is not None and not self._ending.done():
            self._ending.set_result(ending)

    async def close(self) -> None:
        """End in good order: finish the work, say so, deliver what is queued, disconnect."""
        self.stop()
        log.info("stopping")
        # Else it was told to end before the broker was there, and nobody knows of it.
        is_known = self._state is not ServiceState.STARTING
        if is_known:
            await self.set_state(ServiceState.STOPPING)
        try:
            await self.end()
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if is_known:
                await self.set_state(ServiceState.OFFLINE)
            for delivery in await self.client.close():
                log.warning("not delivered", delivery=str(delivery))
            self._cleanup.close()
            log.info("offline")

    def status(self) -> ServiceStatus:
        """Return the service's status, as it is published."""
        return self._make_status(self._state)

    # ---- within ------------------------------------------------------------------------------

    async def _connect(self) -> bool:
        """Reach the broker; return False if the service was told to end before."""
        connecting = asyncio.ensure_future(self.client.connect(self.connect_timeout))
        told = () if self._ending is None else (self._ending,)
        await asyncio.wait((connecting, *told), return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            await connecting
            return True
        connecting.cancel()
        await asyncio.wait((connecting,))
        return False

    def _options(self, access: Access) -> ClientOptions:
        options: ClientOptions = {
            # Receivers know its messages by this name, and the broker its session.
            "client_id": f"{self.name}-1",
            "protocol": PROTOCOL,
            "session_expiry": _SESSION_EXPIRY if self.keeps_session else 0,
            "clean_start": not self.keeps_session,
            **access.options(),
            "on_connected": self._on_connected,
            "will": Will.of(self.status_publisher.channel, self._make_status(ServiceState.OFFLINE)),
        }
        if self._settings.outbox is not None:
            options["outbox"] = self._settings.outbox
        if self._settings.tracing:
            # Takes time to load, and most do without.
            from suspension_services.tracing import traced

            options["tracing"] = self._cleanup.enter_context(traced(self.name))
        return options

    def _on_connected(self) -> None:
        if self._was_connected and not self.is_stopping:
            self.spawn(self.reconnected(), "reconnected")
        self._was_connected = True

    def _make_status(self, state: ServiceState) -> ServiceStatus:
        return ServiceStatus(
            service=self.name,
            status=state,
            details=self._details or MISSING,
            error=MISSING if self._error is None else self._error,
            uptime=self.uptime,
            memory_usage=self._process.memory_info().rss / _MIB,
            cpu_usage=self._process.cpu_percent(),
            last_activity=MISSING if self._last_activity is None else self._last_activity,
            timestamp=time.time(),
        )

    async def _beat(self) -> None:
        while True:
            await self._heartbeat.publish(
                Heartbeat(
                    service=self.name,
                    status="alive",
                    uptime=self.uptime,
                    memory_usage=self._process.memory_info().rss / _MIB,
                    cpu_usage=self._process.cpu_percent(),
                    timestamp=time.time(),
                )
            )
            await asyncio.sleep(self._settings.heartbeat)

    async def _on_system_command(self, message: SystemCommand, context: Context) -> None:
        named = message.service if isinstance(message.service, str) else self.name
        if named != self.name:
            return
        log.info("system command", command=message.command.value)
        self.stop(Ending.RESTART if message.command is SystemAction.RESTART else Ending.STOPPED)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        log.error("failed", task=task.get_name(), exc_info=error)
        if not self.is_stopping:
            self.spawn(self._fail(f"{task.get_name()}: {error!r}"), "failure")

    async def _fail(self, error: str) -> None:
        await self.set_state(ServiceState.ERROR, error)
