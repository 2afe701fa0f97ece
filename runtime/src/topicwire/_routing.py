"""From a topic to everything that subscribed to it. Pure: no I/O, no locks.

The tree follows the matching rules of MQTT 5.0, section 4.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class _Filtered(Protocol):
    @property
    def filter(self) -> str: ...


F = TypeVar("F", bound=_Filtered)
_CACHE_LIMIT = 10_000


@dataclass(slots=True)
class _Node(Generic[F]):
    children: dict[str, _Node[F]] = field(default_factory=dict[str, "_Node[F]"])
    entry: F | None = None


class TopicTree(Generic[F]):
    """A set of topic filters, found by topic in time that grows with the topic's levels."""

    def __init__(self) -> None:
        self._root: _Node[F] = _Node()
        self._entries: dict[str, F] = {}
        self._cache: dict[str, tuple[F, ...]] = {}

    def add(self, entry: F) -> None:
        """Add `entry` under its filter; one entry a filter."""
        if entry.filter in self._entries:
            raise ValueError(f"filter {entry.filter!r} is already there")
        node = self._root
        for level in entry.filter.split("/"):
            node = node.children.setdefault(level, _Node())
        node.entry = entry
        self._entries[entry.filter] = entry
        self._cache.clear()

    def remove(self, name: str) -> None:
        """Remove the entry of filter `name` and the branches that become empty."""
        del self._entries[name]
        path = [(self._root, "")]
        for level in name.split("/"):
            path.append((path[-1][0].children[level], level))
        path[-1][0].entry = None
        for (parent, _), (node, level) in zip(path[-2::-1], path[:0:-1], strict=True):
            if node.entry is None and not node.children:
                del parent.children[level]
        self._cache.clear()

    def get(self, name: str) -> F | None:
        """Return the entry of filter `name`, or None."""
        return self._entries.get(name)

    def __iter__(self) -> Iterator[F]:
        return iter(tuple(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def match(self, topic: str) -> tuple[F, ...]:
        """Return the entries whose filters match `topic`, each once."""
        found = self._cache.get(topic)
        if found is None:
            found = tuple(self._search(topic.split("/")))
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            self._cache[topic] = found
        return found

    def _search(self, levels: Sequence[str]) -> Iterator[F]:
        # Wildcards at the first level do not match topics that begin with `$` (4.7.2).
        wildcards = not levels[0].startswith("$")
        pending = [(self._root, 0)]
        while pending:
            node, depth = pending.pop()
            if wildcards or depth > 0:
                rest = node.children.get("#")
                if rest is not None and rest.entry is not None:
                    yield rest.entry
            if depth == len(levels):
                if node.entry is not None:
                    yield node.entry
                continue
            exact = node.children.get(levels[depth])
            if exact is not None:
                pending.append((exact, depth + 1))
            if wildcards or depth > 0:
                any_level = node.children.get("+")
                if any_level is not None:
                    pending.append((any_level, depth + 1))
