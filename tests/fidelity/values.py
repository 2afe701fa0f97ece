"""Values for schemas: those that fit, and the same with something changed."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema
from topicwire.testing._model_schema import unrolled

_SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from([0, 1, 1.0, -0.0, 1e20, 2**53 + 1, 0.1, 19.99]),
    st.text(max_size=5),
    st.sampled_from(
        ["", "\n", "a\n", "٣", "é", "2024-02-30", "1963-06-19T08:30:06Z", "a.b", "::1"]
    ),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values that fit a schema, nearly all of them."""
    return from_schema(unrolled(schema, ecma=True))


@st.composite
def changed(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Any:
    """Draw a value and change it in one to three places."""
    value = copy.deepcopy(draw(values))
    for _ in range(draw(st.integers(1, 3))):
        value = _change(draw, value)
    return value


def _change(draw: st.DrawFn, value: Any) -> Any:
    into = draw(st.integers(0, 3)) > 0
    if isinstance(value, dict) and value and into:
        key = draw(st.sampled_from(sorted(value)))
        kind = draw(st.sampled_from(["inside", "inside", "remove", "add"]))
        if kind == "inside":
            return {**value, key: _change(draw, value[key])}
        if kind == "remove":
            return {k: v for k, v in value.items() if k != key}
        return {**value, draw(st.text(max_size=4)): draw(ANYTHING)}
    if isinstance(value, list) and value and into:
        place = draw(st.integers(0, len(value) - 1))
        kind = draw(st.sampled_from(["inside", "inside", "remove", "repeat"]))
        if kind == "inside":
            return [*value[:place], _change(draw, value[place]), *value[place + 1 :]]
        if kind == "remove":
            return [*value[:place], *value[place + 1 :]]
        return [*value, value[place]]
    return _other(draw, value)


def _other(draw: st.DrawFn, value: Any) -> Any:
    near: list[Any] = []
    if isinstance(value, str):
        near = [
            f"{value}\n",
            f" {value}",
            value[:-1],
            f"{value}{value}",
            value.upper(),
            f"{value}x",
        ]
    elif isinstance(value, bool):
        near = [not value, int(value)]
    elif isinstance(value, int):
        near = [value + 1, value - 1, -value, value + 0.5, str(value), value == 1]
        near += [float(value)] if abs(value) < 2**53 else []
    elif isinstance(value, float):
        near = [-value, value / 2, value + 0.25, str(value)]
    elif isinstance(value, list):
        near = [[*value, *value], [value], {str(i): each for i, each in enumerate(value)}]
    elif isinstance(value, dict):
        near = [[value], list(value), {**value, "x": value}]
    return draw(st.one_of(st.sampled_from(near), ANYTHING)) if near else draw(ANYTHING)


def strict_json(value: Any) -> bytes | None:
    """Return a value as JSON that is taken by the wire at all; None for what is not."""
    try:
        body = json.dumps(value, allow_nan=False).encode()
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return None
    return body
