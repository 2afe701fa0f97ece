"""Each peer is a module with two functions, written as the peer's documentation has it done.

`publish(job, messages, begin, wait)` and `receive(job, ready, handle, wait)`: `begin()` and
`ready()` are called once connected and subscribed, `handle(message)` for each model that came,
and `wait()` blocks until the other side has finished.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Begin = Callable[[], None]
Wait = Callable[[], object]
Handle = Callable[[Any], None]
