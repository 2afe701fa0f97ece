"""Mutation of JSON: of its tree, so that it stays JSON, and of its text, so that it nearly does."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz.target import Mutation

# What parsers are known to differ on, or to stumble over.
ODD_TEXTS = (
    b"NaN", b"-Infinity", b"1e999", b"-0", b"1E400", b"0.1e-400", b"9" * 65, b"1" + b"0" * 40,
    b"1.0", b"-1", b"01", b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\\u0000"',
    b'"\xed\xa0\x80"', b"[" * 65 + b"]" * 65, b'{"":' * 64 + b"1" + b"}" * 64, b"[" * 2000,
    b"\xef\xbb\xbf", b"\xff", b"\x00", b",", b":", b'"', b"{}", b"[]", b"null", b"/**/", b"\x85",
    b'"a":1,"a":2', b"1" * 5000,
)  # fmt: skip
LEAVES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.0, 0.5, 2, 64, 100, 180, 2**31, 2**53 + 1, 2**63, 2**64, 10**60,
    -(10**60), 1e308, -1e308, 5e-324, 1e16, "", "x", "0", "\0", "\u20ac", "\U0001f600", "\ud800",
    " ", "\n", "a" * 300, [], {}, [[]], [{}], {"": None}, [None], {"a": {"b": []}},
)  # fmt: skip
_SHARE_OF_TEXT = 0.15


def tree_mutation(words: Sequence[str], read: Callable[[bytes], Any] = json.loads) -> Mutation:
    """Return a mutation of documents that `read` understands; `words` are keys and texts to use."""

    def mutate(data: bytes, random: Random) -> bytes:
        if random.random() < _SHARE_OF_TEXT:
            return mutate_text(data, random)
        try:
            holder = [read(data)]
            for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
                _change(holder, words, random)
            return _written(holder[0], random)
        except Exception:  # whatever `read` raises, or a number too large to be written
            return mutate_text(data, random)

    return mutate


def mutate_text(data: bytes, random: Random) -> bytes:
    """Return a text with something odd in it, or with a piece of it missing or twice."""
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((0, 0, 1, 2, 8, 40)))
    middle = random.choice((random.choice(ODD_TEXTS), b"", data[start:end] * 2))
    return data[:start] + middle + data[end:]


def _written(tree: Any, random: Random) -> bytes:
    ascii_only, indent = random.random() < 0.5, random.choice((None, None, None, 1))
    separators = random.choice((None, (",", ":")))
    text = json.dumps(tree, ensure_ascii=ascii_only, indent=indent, separators=separators)
    return text.encode(errors="surrogatepass")


def _change(holder: list[Any], words: Sequence[str], random: Random) -> None:
    parent, key = random.choice(_places(holder))
    kind = random.randrange(9)
    value = parent[key]
    if kind == 0 and parent is not holder:
        del parent[key]
    elif kind == 1:
        parent[key] = copy.deepcopy(random.choice(LEAVES))
    elif kind == 2 and words:
        parent[key] = random.choice(words)
    elif kind == 3:
        other_parent, other_key = random.choice(_places(holder))
        parent[key] = copy.deepcopy(other_parent[other_key])
    elif kind == 4 and isinstance(parent, dict):
        name = random.choice(words) if words and random.random() < 0.8 else f"{key}x"
        parent[name] = parent.pop(key)
    elif kind == 5 and isinstance(value, dict):
        value[random.choice(words) if words else "x"] = copy.deepcopy(random.choice(LEAVES))
    elif kind == 6 and isinstance(value, list):
        value[:] = value * random.choice((0, 2, 2, 3)) if len(value) < 200 else value[:1]
    elif kind == 7:
        parent[key] = random.choice(([value], {"x": value}, [value, value], {"$ref": value}))
    else:
        parent[key] = _nudged(value, random)


def _nudged(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        step = random.choice((1, -1, 0.5, -0.001, 1e-9))
        return random.choice((value + step, -value, value * 10, value * 1e10, str(value)))
    if isinstance(value, str):
        at = random.randrange(len(value) + 1)
        odd = random.choice(("", " ", "\n", "/", "+", "#", "~", "%00", "{a}", "\0", "\u00b2", "'"))
        return random.choice((value[:at] + odd + value[at + 1 :], value + odd, value[:at], [value]))
    return copy.deepcopy(random.choice(LEAVES))


def _places(holder: list[Any]) -> list[tuple[Any, Any]]:
    """Return every place in a tree: what holds it, and its key or index there."""
    found: list[tuple[Any, Any]] = []
    pending: list[Any] = [holder]
    while pending:
        node = pending.pop()
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in pairs:
            found.append((node, key))
            if isinstance(value, dict | list):
                pending.append(value)
    return found
