"""Values for schemas: those that fit, and the same with something changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import _from_schema as library
from hypothesis_jsonschema import from_schema
from topicwire.testing._model_schema import unrolled
from topicwire_codegen.document import Json

_ODDITIES: tuple[Json, ...] = (
    None, True, False, 0, 1, 1.0, -0.0, -1, 3, 1e20, 2**53 + 1, 0.1, 19.99, [], {}, [None], [0],
    "", "\n", "a", "a\n", "٣", "é", "🐲", "2024-02-30", "1963-06-19T08:30:06Z", "a.b", "::1",
)  # fmt: skip
_SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(_ODDITIES),
    st.integers(-10, 10),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=5),
)
_ANYTHING: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
# So many values are made of one that hypothesis draws, which takes longer than all the rest.
GROUP = 4


def groups(schema: dict[str, Any]) -> st.SearchStrategy[list[Any]]:
    """Return a strategy for `GROUP` values: one that fits a schema mostly, and changed ones."""
    valid = fitting(schema)
    return st.builds(_with_changed, valid | valid | valid | _ANYTHING, _SCALARS, st.integers(0))


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values that fit a schema, nearly all of them."""
    return from_schema(unrolled(schema, ecma=True))


def _keep_strategies(name: str) -> None:
    """Let hypothesis-jsonschema make the strategy of a property once, not for each value again."""
    make: Callable[..., st.SearchStrategy[Any]] = getattr(library, name)
    made: dict[str, st.SearchStrategy[Any]] = {}

    def kept(schema: Json, **options: Any) -> st.SearchStrategy[Any]:
        assert options["custom_formats"] is None
        key = json.dumps([schema, repr(options["alphabet"])])
        if key not in made:
            made[key] = make(schema, **options)
        return made[key]

    setattr(library, name, kept)


_keep_strategies("__from_schema")
_keep_strategies("merged_as_strategies")


def _with_changed(value: Json, other: Json, seed: int) -> list[Json]:
    # What hypothesis draws for the seed is often the same; with the value it is not.
    random = Random(f"{seed} {value!r}")
    others = [*_ODDITIES, other, [other], {"x": other}]
    return [value, *(_changed(random, others, value) for _ in range(GROUP - 1))]


def _changed(random: Random, others: list[Json], value: Json) -> Json:
    for _ in range(random.choice((1, 1, 2, 3))):
        value = _change(random, others, value)
    return value


def _change(random: Random, others: list[Json], value: Json) -> Json:
    into = random.random() < 0.75
    kind = random.choice(("inside", "inside", "remove", "add"))
    if isinstance(value, dict) and value and into:
        key = random.choice(sorted(value))
        if kind == "inside":
            return {**value, key: _change(random, others, value[key])}
        if kind == "remove":
            return {k: v for k, v in value.items() if k != key}
        name = random.choice(("x", "", f"{key}x", key.upper(), "é", "__init__"))
        return {**value, name: random.choice(others)}
    if isinstance(value, list) and value and into:
        place = random.randrange(len(value))
        if kind == "inside":
            changed = _change(random, others, value[place])
            return [*value[:place], changed, *value[place + 1 :]]
        if kind == "remove":
            return [*value[:place], *value[place + 1 :]]
        return [*value, random.choice((value[place], random.choice(others)))]
    near = _near(value)
    return random.choice(near if near and random.random() < 0.5 else others)


def _near(value: Json) -> list[Json]:
    """Return values that are nearly the same."""
    if isinstance(value, str):
        more: list[Json] = [f"{value}\n", f" {value}", f"{value}{value}", f"{value}x"]
        return [*more, value[:-1], value.upper()]
    if isinstance(value, bool):
        return [not value, int(value)]
    if isinstance(value, int):
        exact: list[Json] = [float(value)] if abs(value) < 2**53 else []
        return [value + 1, value - 1, -value, value + 0.5, str(value), value == 1, *exact]
    if isinstance(value, float):
        return [-value, value / 2, value + 0.25, str(value)]
    if isinstance(value, list):
        return [[*value, *value], [value], {str(i): each for i, each in enumerate(value)}]
    if isinstance(value, dict):
        return [[value], list(value), {**value, "x": dict(value)}]
    return []


def strict_json(value: Json) -> bytes | None:
    """Return a value as JSON that is taken by the wire at all; None for what is not."""
    try:
        body = json.dumps(value, allow_nan=False).encode()
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return None
    return body
