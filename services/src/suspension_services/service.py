"""What every service does: say how it is, show that it is alive, end in good order."""

from __future__ import annotations

import logging
import signal
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path

import psutil
from pydantic import MISSING
from suspension_protocol.channels import PROTOCOL
from suspension_protocol.models import Heartbeat, ServiceState, ServiceStatus, SystemAction
from suspension_protocol.models import SystemCommand as Command
from topicwire import Channel, Client, ClientOptions, Context, Delivery, Will

from suspension_services.access import Access

log = logging.getLogger(__name__)

HEARTBEAT_INTERVAL = 30.0  # s


class Service(ABC):
    """Base of the services: `name` on the wire, and the retained channel of its status.

    The last will is the service's own status `offline`, so that its end is seen however it ends.
    With an `outbox`, a file of its own, results and recordings outlive the broker's absence and
    the service's end; there may be only one service of that name then.
    """

    name: str
    status_channel: Channel[ServiceStatus]

    def __init__(self, access: Access, *, outbox: Path | None = None) -> None:
        self._started = time.monotonic()
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only sets the beginning of the measurement
        self._stop = threading.Event()
        self._state = ServiceState.STARTING
        options: ClientOptions = {
            "client_id": f"{self.name}-{self._process.pid}",
            "protocol": PROTOCOL,
            "session_expiry": 0,
            "clean_start": True,
            **access.options(),
            "will": Will.of(self.status_channel, self._status(ServiceState.OFFLINE)),
        }
        if outbox is not None:
            # Receivers know its messages by this name, over restarts too.
            options["client_id"] = self.name
            options["outbox"] = outbox
        self.client = Client(access.broker, **options)

    @abstractmethod
    def set_up(self) -> None:
        """Subscribe to what the service works on; called before it connects."""

    @abstractmethod
    def publish_status(self, status: ServiceStatus) -> Delivery:
        """Publish the service's status on its channel."""

    @abstractmethod
    def publish_heartbeat(self, heartbeat: Heartbeat) -> Delivery:
        """Publish the service's heartbeat."""

    def tear_down(self) -> None:  # noqa: B027 - most services have nothing to end
        """End what the service has begun; called before it disconnects."""

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or `stop`."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: self.stop())
        self.set_up()
        self.client.connect()
        self.set_state(ServiceState.ONLINE)
        log.info("%s is online at %s", self.name, self.client.url)
        while not self._stop.wait(HEARTBEAT_INTERVAL):
            self._beat()
        log.info("%s is stopping", self.name)
        self.tear_down()
        self.set_state(ServiceState.OFFLINE)
        for delivery in self.client.close():
            log.warning("not delivered: %s", delivery)

    def stop(self) -> None:
        """Make `run` return."""
        self._stop.set()

    def set_state(self, state: ServiceState, error: str | None = None) -> None:
        """Publish a new state, with the error that led to it if there is one."""
        self._state = state
        self.publish_status(self._status(state, error))

    def on_system_command(self, message: Command, context: Context) -> None:
        """Stop when the command means this service; to start it again is up to who runs it."""
        named = message.service if isinstance(message.service, str) else self.name
        if named == self.name and message.command in (SystemAction.SHUTDOWN, SystemAction.RESTART):
            log.info("%s on %s", message.command.value, context.topic)
            self.stop()

    def _beat(self) -> None:
        self.publish_heartbeat(
            Heartbeat(
                service=self.name,
                status="alive",
                uptime=self.uptime,
                memory_usage=self._process.memory_info().rss / 2**20,
                cpu_usage=self._process.cpu_percent(),
                timestamp=time.time(),
            )
        )

    @property
    def uptime(self) -> float:
        """Seconds since the service was made."""
        return time.monotonic() - self._started

    def _status(self, state: ServiceState, error: str | None = None) -> ServiceStatus:
        return ServiceStatus(
            service=self.name,
            status=state,
            error=MISSING if error is None else error,
            uptime=self.uptime,
            timestamp=time.time(),
        )
