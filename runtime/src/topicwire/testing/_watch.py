"""Watching a broker for what an app sends."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from topicwire._key_file import KeySource
from topicwire._keys import KeyRing
from topicwire._options import ClientOptions
from topicwire.raw import Acknowledge, RawClient, RawMessage
from topicwire.testing._contract import Contract
from topicwire.testing._report import Report
from topicwire.testing._verification import Verification

_NO_RETAIN = "over MQTT 3.1.1 nobody can tell whether a message was sent as a retained one"
_NO_KEYS = "signatures were looked for, not verified: no keys were given"
_NO_SENDER = "no sender was given, so what other apps sent to the same channels was judged too"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How long to look and at what.

    It ends after `seconds`, when `stop` is set, or with `until_complete` as soon as something has
    come on every channel. `filters` are the topics to look at, by default all below the first
    levels of the spec's addresses. `keys` verify signatures. `sender` is the client id of the
    app: what says that it is of others is left out, and what says it is the app's has to be on
    its channels.
    """

    seconds: float = 30.0
    until_complete: bool = False
    filters: Sequence[str] = ()
    keys: KeyRing | Path | str | None = None
    sender: str | None = None
    stop: threading.Event | None = None


def verify(
    url: str, contract: Contract, watch: Watch | None = None, /, **options: Unpack[ClientOptions]
) -> Report:
    """Watch a broker for what an app sends, and hold it against the spec.

    `options` are those of the client that watches. Raises what `Client.connect` raises.
    """
    chosen = watch or Watch()
    stop = chosen.stop or threading.Event()
    keys = KeySource(chosen.keys) if chosen.keys is not None else None
    lock = threading.Lock()
    with RawClient(url, **options) as client:
        is_v5 = client.mqtt_version == "5"
        verification = Verification(contract, exact=is_v5, keys=keys, sender=chosen.sender)

        def observe(message: RawMessage, acknowledge: Acknowledge) -> None:
            with lock:
                verification.observe(message)
                complete = chosen.until_complete and verification.is_complete
            acknowledge()
            if complete:
                stop.set()

        client.subscribe(list(chosen.filters) or list(contract.filters), observe)
        begun = time.monotonic()
        stop.wait(chosen.seconds)
        passed = time.monotonic() - begun
    notes = [
        *([] if is_v5 else [_NO_RETAIN]),
        *([] if keys is not None or not _signed(contract) else [_NO_KEYS]),
        *([_NO_SENDER] if chosen.sender is None and any(contract.shared.values()) else []),
    ]
    return Report(
        contract.app, client.url, client.mqtt_version, passed, verification.messages,
        verification.ignored, verification.channels, verification.violations, tuple(notes),
    )  # fmt: skip


def _signed(contract: Contract) -> bool:
    return any(channel.signing != "off" for channel in contract.sent)
