"""The compiled quick look at JSON: its yes is right, and it says yes to what is usual."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from topicwire import _strict_json
from topicwire._compiled import WANTED

if not WANTED:
    pytest.skip("TOPICWIRE_PURE_PYTHON is set", allow_module_level=True)

from topicwire._json_scan import is_surely_strict  # pyright: ignore

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)
PIECES = st.lists(
    st.sampled_from([
        b"{", b"}", b"[", b"]", b",", b":", b'"a"', b'"b"', b'"\\u0061"', b'"\\ud800"', b"1",
        b"-", b"0", b"01", b"1.5", b"1.", b".5", b"1e5", b"1e400", b"1e+05", b"true", b"null",
        b"false", b"NaN", b"Infinity", b" ", b"\n", b'"', b"\\", b"\xff", "é".encode(), b"\0",
        b"9" * 64, b"9" * 65, b"[" * 63, b"]" * 63, b'"x":',
    ]),
    max_size=12,
).map(b"".join)  # fmt: skip


@pytest.fixture
def long_look(monkeypatch):
    """Have `check_strict` take the long look at everything."""
    monkeypatch.setattr(_strict_json, "_is_surely_strict", lambda body: False)


def is_strict(body: bytes) -> bool:
    try:
        _strict_json.check_strict(body)
    except _strict_json.NotStrict:
        return False
    return True


@settings(max_examples=2000)
@given(PIECES)
@example(b'{"a":1,"a":2}')
@example(b'{"a":{"a":1},"b":{"a":2}}')
@example(b'{"a":1,"b":{"a":2},"a":3}')
@example(b"[1,]")
@example(b"{,}")
@example(b'{"a"}')
@example(b"")
@example(b" ")
@example(b"[1}")
@example(b"-")
@example(b"tru")
def test_its_yes_is_right(body):
    scan = _strict_json._is_surely_strict
    _strict_json._is_surely_strict = lambda body: False
    try:
        right = is_strict(body)
    finally:
        _strict_json._is_surely_strict = scan
    assert right or not is_surely_strict(body)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_what_python_writes_is_found_as_the_long_look_finds_it(value, indent, as_ascii):
    try:
        body = json.dumps(value, indent=indent, ensure_ascii=as_ascii).encode()
    except UnicodeEncodeError:
        return
    if is_surely_strict(body):
        json.loads(body)
        assert b"NaN" not in body or '"' in body.decode()


@pytest.mark.parametrize(
    "body",
    [
        b'{"event":"live_data","position":"front_left","timestamp":1763900000.123,"phase":null}',
        b' [ {"a": 1, "b": [true, false, null, -2.5e-3]} , {"a": 2} ]\r\n',
        b'"a \\"quoted\\" \\\\ \\n text"',
        '{"müller":"straße €"}'.encode(),
        b"[" * 64 + b"]" * 64,
        b"9" * 64,
        b'{"a":{"a":{"a":1}}}',
        b"[{},[],0,-0,0.0]",
    ],
)
def test_it_says_yes_to_what_is_usual(body):
    assert is_surely_strict(body)


@pytest.mark.parametrize(
    "body",
    [
        b"NaN", b"[Infinity]", b'{"a":1,"a":1}', b'{"a":1,"\\u0061":1}', b'"\\ud800"', b"1e999",
        b"9" * 65, b"[" * 65 + b"]" * 65, b'"\xff"', b"\xef\xbb\xbf1",
        b'"' + b"x" * (2**20 + 1) + b'"',
        b'"tab\there"', b"1 2", b"{'a':1}", b"[1,2", b'{"a":1', b'"', b'"\\', b"\0",
    ],
)  # fmt: skip
def test_it_leaves_what_is_not_strict_to_the_long_look(body, long_look):
    assert not is_surely_strict(body)
    assert not is_strict(body)


def test_many_names_are_left_to_the_long_look():
    # Comparing each with each would take a time that grows with their square.
    assert not is_surely_strict(json.dumps(dict.fromkeys(map(str, range(65)))).encode())
    assert is_strict(json.dumps(dict.fromkeys(map(str, range(65)))).encode())


def test_only_bytes_are_looked_at():
    with pytest.raises(TypeError):
        is_surely_strict(None)
