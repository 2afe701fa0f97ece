"""Changes of JSON values that stay JSON, so that a fuzzer gets behind the parser."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, cast

_LEAVES: tuple[object, ...] = (
    None, True, False, 0, -0.0, 1, -1, 0.5, 1e308, -1e-308, 2**53, 2**63, 2**64, 1e15, "", "0", "a",
    "start", "front_left", "\0", "\ud83d\ude00", "\u202e", "x" * 300, [], {}, [[]], [0, 1],
)  # fmt: skip
_DEPTH = 70


def mutate(data: bytes, seed: int) -> bytes | None:
    """Return another JSON text, or None if `data` is none."""
    chance = random.Random(seed)
    try:
        value: object = json.loads(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            value = change(value, chance)
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except (ValueError, RecursionError):
        return None
    return text.encode("utf-8", "surrogatepass")


def change(value: Any, chance: random.Random) -> object:
    """Return a value that differs in one place."""
    value = copy.deepcopy(value)
    places = list(_places(value))
    if not places or chance.random() < 0.02:
        return chance.choice(_LEAVES)
    parent, key = chance.choice(places)
    what = chance.randrange(7)
    if what == 0:
        del parent[key]
    elif what == 1:
        parent[key] = chance.choice(_LEAVES)
    elif what == 2:
        parent[key] = _nearby(parent[key], chance)
    elif what == 3:
        other, name = chance.choice(places)
        parent[key] = copy.deepcopy(other[name])
    elif what == 4 and isinstance(parent, dict):
        new = chance.choice(("", "x", str(key) + "_", str(key).upper(), str(key)[:-1]))
        parent[new] = parent.pop(key)
    elif what == 5 and isinstance(parent, list):
        parent.extend(copy.deepcopy(parent[: chance.randrange(1, 5)]))
    else:
        for _ in range(chance.choice((1, 2, _DEPTH))):
            parent[key] = [parent[key]]
    return cast(object, value)


def _nearby(value: object, chance: random.Random) -> object:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, (int, float)):
        return chance.choice((value + 1, value - 1, -value, value * 1e6, float(value), value // 1))
    if isinstance(value, str):
        position = chance.randrange(len(value) + 1)
        return (
            value[:position] + chance.choice(("", "\0", "é", "/", " ", "\ud800")) + value[position:]
        )
    return str(value)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield everything in a value, as what it is in and its key or index there."""
    if isinstance(value, dict):
        entries = list(value.items())
    else:
        entries = list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in entries:
        yield value, key
        yield from _places(inner)
