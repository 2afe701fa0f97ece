"""What a broker allows and announces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Action = Literal["publish", "subscribe"]
Authorize = Callable[[str, Action, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSettings:
    """What an `InMemoryBroker` allows and tells its clients; the default is all of MQTT.

    - `versions`: of MQTT that are spoken; the others are refused.
    - `credentials`: passwords by user names; None lets everybody in.
    - `authorize`: called with the client id, "publish" or "subscribe", and the topic or filter;
      what it does not allow is refused with "not authorized". It must not call the broker.
    - `receive_maximum`: how many QoS 2 messages a client may have under way.
    - `maximum_packet_size`: in bytes, of packets from clients; None is without limit.
    - `maximum_qos`, `retain_available`, `shared_available`: features that may be missing.
    - `topic_alias_maximum`: the highest topic alias that clients may use; 0 for none.
    - `server_keep_alive`: in seconds, the keep-alive clients are told to use instead of their own.
    """

    versions: tuple[Literal["5", "3.1.1"], ...] = ("5", "3.1.1")
    credentials: Mapping[str, str] | None = None
    authorize: Authorize | None = None
    receive_maximum: int = 65_535
    maximum_packet_size: int | None = None
    maximum_qos: Literal[0, 1, 2] = 2
    retain_available: bool = True
    shared_available: bool = True
    topic_alias_maximum: int = 10
    server_keep_alive: int | None = None

    def may(self, client_id: str, action: Action, topic: str) -> bool:
        """Return whether a client is allowed to do something."""
        return self.authorize is None or self.authorize(client_id, action, topic)
