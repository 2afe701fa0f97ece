"""Bodies that somebody made to do harm: compressed ones, and JSON that readers differ on."""

import gzip
import json
import zlib
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from topicwire import Compression, PayloadInvalid
from topicwire._compression import TooLarge, compress, decompress
from topicwire._strict_json import MAX_DEPTH, MAX_STRING, NotStrict, check_strict, split_array

from tests.channels import FAST, PLAIN

GZIP, ZSTD = Compression(codec="gzip", threshold=10), Compression(codec="zstd", threshold=10)


@given(st.binary(max_size=5000), st.sampled_from([GZIP, ZSTD]))
def test_what_is_compressed_comes_back(body, compression):
    packed, encoding = compress(body * 3, compression)
    if encoding is None:
        assert packed == body * 3
    else:
        assert len(packed) < len(body) * 3
        assert decompress(packed, encoding, len(body) * 3) == body * 3


@pytest.mark.parametrize("body", [b"", b"x" * 10, bytes(range(200))])
def test_what_is_short_or_gets_no_shorter_stays_as_it_is(body):
    assert compress(body, GZIP) == (body, None)
    assert compress(body, None) == (body, None)


def test_equal_bodies_are_equal_when_they_are_compressed():
    assert compress(b"x" * 1000, GZIP) == compress(b"x" * 1000, GZIP)


ONE = gzip.compress(b"x" * 1000, mtime=0)
OTHER = zstandard.compress(b"x" * 1000)
SILENT = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 1000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b""),
        ("gzip", ONE[:-1]),
        ("gzip", ONE[:10]),
        ("gzip", ONE + b"x"),
        ("gzip", ONE + ONE),
        ("gzip", ONE[:-8] + bytes(8)),
        ("gzip", b"\0" + ONE),
        ("gzip", zlib.compress(b"x" * 1000)),
        ("gzip", OTHER),
        ("zstd", b""),
        ("zstd", OTHER[:-1]),
        ("zstd", OTHER + b"x"),
        ("zstd", OTHER + OTHER),
        ("zstd", ONE),
        ("zstd", SILENT[:-1]),
        ("zstd", SILENT + b"x"),
        ("zstd", SILENT + SILENT),
        ("zstd", zstandard.compress(b"") + b"x"),
    ],
)
def test_what_is_not_exactly_one_compressed_body_is_refused(encoding, body):
    with pytest.raises(ValueError, match=r".") as caught:
        decompress(body, encoding, 1000)
    assert not isinstance(caught.value, TooLarge)


@pytest.mark.parametrize("limit", [0, 999])
def test_no_more_than_the_limit_is_made(limit):
    large = gzip.compress(bytes(2**20))
    for encoding, body in (
        ("gzip", ONE),
        ("gzip", large[:-4] + bytes(4)),
        ("zstd", OTHER),
        ("zstd", SILENT),
    ):
        with pytest.raises(TooLarge):
            decompress(body, encoding, limit)


@pytest.mark.parametrize(("encoding", "body"), [("gzip", ONE), ("zstd", OTHER), ("zstd", SILENT)])
def test_exactly_the_limit_is_read(encoding, body):
    assert decompress(body, encoding, 1000) == b"x" * 1000


def test_a_window_that_would_take_much_memory_is_refused():
    settings = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    wide = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    body = wide.compress(b"x" * 1000) + wide.flush()
    with pytest.raises(ValueError, match="requires too much memory"):
        decompress(body, "zstd", 1000)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a":NaN}', "not_finite"),
        (b"[-Infinity]", "not_finite"),
        (b'{"a":1,"a":1}', "duplicate_name"),
        (b'{"a":1,"\\u0061":2}', "duplicate_name"),
        (b'[[{"b":{"a":1,"a":2}}]]', "duplicate_name"),
        (b'"\\ud800"', "surrogate"),
        (b'["\\udc00\\ud800"]', "surrogate"),
        (b'{"\\uD800":1}', "surrogate"),
        (b"[" * 65 + b"]" * 65, "depth"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "depth"),
        (b"[" * 1_000_000, "depth"),
        (b"1e999", "number_size"),
        (b"[-1.8E+308]", "number_size"),
        (b"1" * 65, "number_size"),
        (b"0." + b"1" * 63, "number_size"),
        (b"9" * 1_000_000, "number_size"),
        (b'"' + b"x" * (MAX_STRING + 1) + b'"', "string_size"),
        (b'{"' + b"x" * (MAX_STRING + 1) + b'":1}', "string_size"),
        (b"\xff", "invalid"),
        (b'"\xed\xa0\x80"', "invalid"),
        (b"\xef\xbb\xbf1", "invalid"),
        (b"{'a':1}", "invalid"),
        (b"[1,]", "invalid"),
        (b"01", "invalid"),
        (b'"\n"', "invalid"),
        (b"1 2", "invalid"),
        (b"", "invalid"),
    ],
)
def test_json_that_readers_differ_on_is_refused(body, kind):
    with pytest.raises(NotStrict) as caught:
        check_strict(body)
    assert caught.value.kind == kind
    with pytest.raises(PayloadInvalid) as refused:
        PLAIN.codec.decode(body, topic="t")
    assert refused.value.errors[0].kind == f"json_{kind}"


@pytest.mark.parametrize(
    "body",
    [
        b'"\\ud83d\\ude00"', b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, b"1" * 64, b"1.7e308", b"1e-999",
        b'"1e999"', b'["' + b"[" * 100 + b'"]', b'"' + b"1" * 100 + b'"', b'"\\"[["', b" 1 ",
        b'"' + b"x" * MAX_STRING + b'"', b'{"a":{"a":1}}', "\"ä\U0001f600\"".encode(),
    ],
)  # fmt: skip
def test_json_that_all_read_alike_passes(body):
    check_strict(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON, st.booleans())
def test_all_json_that_python_writes_passes(value, ascii_only):
    check_strict(json.dumps(value, ensure_ascii=ascii_only, indent=1).encode())


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 2]))
def test_an_array_is_split_as_it_is(values, indent):
    parts = split_array(json.dumps(values, indent=indent).encode())
    assert parts is not None
    assert [json.loads(part) for part in parts] == values


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[", b"[1,]", b"[1]x", b"[1 2]", b"\xff", b"[" * 5000]
)
def test_what_is_no_array_is_not_split(body):
    assert split_array(body) is None


def test_one_element_that_readers_differ_on_does_not_spoil_the_batch():
    body = b'[{"number":1},{"number":2,"number":3},{"number":NaN},{"number":1e999},{"number":4}]'
    found = FAST.codec.decode_batch(body, topic="fast/r/batch")
    assert [getattr(one, "number", None) for one in found] == [1, None, None, None, 4]
    assert [one.errors[0].kind for one in found if isinstance(one, PayloadInvalid)] == [
        "json_duplicate_name", "json_not_finite", "json_number_size",
    ]  # fmt: skip


def test_a_lenient_channel_takes_what_the_model_takes():
    lenient = replace(PLAIN, json="lenient").codec
    assert lenient.decode(b'{"number":1,"number":2}', topic="t").number == 2
