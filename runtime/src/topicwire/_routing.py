"""From a topic to everything that subscribed to it. Pure: no I/O, no locks.

The tree follows the matching rules of MQTT 5.0, section 4.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class _Filtered(Protocol):
    """What is in the tree: found by the topics of `filter`, told apart by `name`."""

    @property
    def filter(self) -> str: ...
    @property
    def name(self) -> str: ...


F = TypeVar("F", bound=_Filtered)
_CACHE_LIMIT = 10_000


@dataclass(slots=True)
class _Node(Generic[F]):
    children: dict[str, _Node[F]] = field(default_factory=dict[str, "_Node[F]"])
    entries: dict[str, F] = field(default_factory=dict[str, F])


class TopicTree(Generic[F]):
    """A set of topic filters, found by topic in time that grows with the topic's levels.

    Several entries may have the same filter, if their names differ.
    """

    def __init__(self) -> None:
        self._root: _Node[F] = _Node()
        self._entries: dict[str, F] = {}
        self._cache: dict[str, tuple[F, ...]] = {}

    def add(self, entry: F) -> None:
        """Add `entry` under its filter; one entry a name."""
        if entry.name in self._entries:
            raise ValueError(f"filter {entry.name!r} is already there")
        node = self._root
        for level in entry.filter.split("/"):
            node = node.children.setdefault(level, _Node())
        node.entries[entry.name] = entry
        self._entries[entry.name] = entry
        self._cache.clear()

    def remove(self, name: str) -> None:
        """Remove the entry called `name` and the branches that become empty."""
        entry = self._entries.pop(name)
        path = [(self._root, "")]
        for level in entry.filter.split("/"):
            path.append((path[-1][0].children[level], level))
        del path[-1][0].entries[name]
        for (parent, _), (node, level) in zip(path[-2::-1], path[:0:-1], strict=True):
            if not node.entries and not node.children:
                del parent.children[level]
        self._cache.clear()

    def get(self, name: str) -> F | None:
        """Return the entry called `name`, or None."""
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
                if rest is not None:
                    yield from rest.entries.values()
            if depth == len(levels):
                yield from node.entries.values()
                continue
            exact = node.children.get(levels[depth])
            if exact is not None:
                pending.append((exact, depth + 1))
            if wildcards or depth > 0:
                any_level = node.children.get("+")
                if any_level is not None:
                    pending.append((any_level, depth + 1))
