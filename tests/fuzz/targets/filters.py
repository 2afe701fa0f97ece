"""Topic filters: the tree of the router and the patterns of keys, against a plain matcher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topicwire._keys import Key
from topicwire._routing import TopicTree

from tests.fuzz.choices import Choices
from tests.fuzz.judges import is_filter, matches
from tests.fuzz.target import Target

_LEVELS = ("a", "b", "+", "#", "", "$", "$SYS", "a+", ".", "[", "\n", "a\nb", "\u20ac")


@dataclass(frozen=True)
class _Entry:
    name: str
    filter: str


def _path(choices: Choices) -> str:
    return "/".join(choices.word(_LEVELS) for _ in range(1 + choices.number(5)))


def _check(data: bytes) -> None:
    choices = Choices(data)
    names = [_path(choices) for _ in range(1 + choices.number(6))]
    topics = [_path(choices) for _ in range(1 + choices.number(4))]
    topics = [topic.replace("+", "x").replace("#", "y") for topic in topics]
    _check_key(names, topics)
    _check_tree([name for name in names if is_filter(name)], topics)


def _check_key(names: list[str], topics: list[str]) -> None:
    allowed = all(map(is_filter, names))
    try:
        key = Key(kid="k", algorithm="hmac-sha256", key=bytes(32), topics=tuple(names))
    except ValueError as error:
        assert not allowed, error
        return
    assert allowed
    for topic in topics:
        wanted = any(matches(name, topic) for name in names)
        assert key.is_for_topic(topic) == wanted, (names, topic)


def _check_tree(names: list[str], topics: list[str]) -> None:
    tree: TopicTree[_Entry] = TopicTree()
    entries = [_Entry(f"{index} {name}", name) for index, name in enumerate(names)]
    for entry in entries:
        tree.add(entry)
    while entries:
        for topic in topics:
            found = [entry.name for entry in tree.match(topic)]
            wanted = [entry.name for entry in entries if matches(entry.filter, topic)]
            assert sorted(found) == sorted(wanted), topic
        tree.remove(entries.pop(len(entries) // 2).name)
    assert not any(tree.match(topic) for topic in topics)


def _seeds() -> Iterator[bytes]:
    # The length of a path, then its levels by number; filters first, then topics.
    yield bytes([1, 1, 0, 3, 0, 0, 1, 1, 0, 1])
    yield bytes([2, 2, 0, 2, 1, 1, 0, 3, 0, 3, 2, 2, 0, 1, 1, 0, 0, 1, 6, 0])
    yield bytes([1, 1, 6, 3, 1, 2, 3, 1, 1, 6, 0, 1, 4, 4])


FILTERS = Target(name="filters", check=_check, seeds=_seeds, max_len=512)
