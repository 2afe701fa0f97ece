"""What one process of a benchmark is to do; passed to it as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: `count` messages from one publisher to `subscribers`, by one peer.

    `rate` is in messages a second, 0 for as fast as it goes. `size` is in bytes of JSON, 0 for
    the live measurement. What follows is for topicwire only: with `topics` the address has a
    parameter with so many values, and there is one subscription with a wildcard, or one each
    with `exact`. `lists` hands whole batches to the handler, `codec` compresses, and `pure`
    leaves the compiled modules aside.
    """

    peer: str
    count: int
    qos: int = 0
    port: int = 0
    rate: int = 0
    size: int = 0
    topics: int = 0
    exact: bool = False
    subscribers: int = 1
    batched: bool = False
    lists: bool = False
    signed: bool = False
    codec: Literal["gzip", "zstd"] | None = None
    pure: bool = False

    def text(self) -> str:
        """Return the job as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def parse(text: str) -> Job:
        """Return the job that `text` made."""
        return Job(**json.loads(text))

    @property
    def environment(self) -> dict[str, str]:
        """What the process's environment has for it."""
        return {"TOPICWIRE_PURE_PYTHON": "1"} if self.pure else {}
