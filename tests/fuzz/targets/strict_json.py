"""Strict JSON: `check_strict` agrees with a plain judge, and `split_array` loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from topicwire._strict_json import NotStrict, check_strict, split_array

from tests.fuzz.judges import Refused, strict_value
from tests.fuzz.target import Target
from tests.fuzz.trees import ODD_TEXTS, tree_mutation

_KINDS = {
    "invalid", "duplicate_name", "not_finite", "number_size", "depth", "string_size", "surrogate",
}  # fmt: skip


def _check(data: bytes) -> None:
    try:
        strict_value(data)
    except Refused as refused:
        reason: Refused | None = refused
    else:
        reason = None
    try:
        check_strict(data)
    except NotStrict as error:
        assert error.kind in _KINDS
        assert str(error)
        assert reason is not None, f"refused, though strict: {error}"
    else:
        assert reason is None, f"accepted, though not strict: {reason}"
        json.loads(data)
    _check_array(data)


def _check_array(data: bytes) -> None:
    elements = split_array(data)
    try:
        whole = json.loads(data.decode())
    except (ValueError, RecursionError):
        whole = None
    if elements is None:
        assert not isinstance(whole, list)
        return
    assert isinstance(whole, list)
    assert len(elements) == len(whole)
    # As text, in which NaN is NaN.
    joined = json.loads(b"[" + b",".join(elements) + b"]")
    assert repr(joined) == repr(whole)
    assert repr([json.loads(element) for element in elements]) == repr(whole)


def _seeds() -> Iterator[bytes]:
    yield b'{"a": [1, -2.5e3, "x", true, null], "b": {"c": "\\u20ac \\ud83d\\ude00"}}'
    yield b' [ {"a": 1} , [2, 3] , "]" , 4 ] '
    yield b"[]"
    yield b'"' + b'\\"[' * 70 + b'"'
    yield b"[" * 64 + b"]" * 64
    yield from ODD_TEXTS
    yield from (b"[1, " + text + b", 2]" for text in ODD_TEXTS)


STRICT_JSON = Target(
    name="strict-json", check=_check, seeds=_seeds, mutate=tree_mutation(("a", "b", "", "NaN"))
)
