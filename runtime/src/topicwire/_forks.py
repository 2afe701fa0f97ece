"""Clients in processes that `fork` made, where locks may be held by nobody."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forked(Protocol):
    """What has to know that it is a copy."""

    def disown(self) -> None:
        """Become the copy that `fork` has made, in the child."""
        ...


def disown_in_children(one: Forked) -> None:
    """Have `disown` called in each process that is forked from this one."""
    _ALL.add(one)


def _disown_all() -> None:
    for one in list(_ALL):
        one.disown()


_ALL: weakref.WeakSet[Forked] = weakref.WeakSet()
os.register_at_fork(after_in_child=_disown_all)
