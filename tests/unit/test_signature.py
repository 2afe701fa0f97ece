"""The signed bytes and the algorithms; tests/interop holds them against another implementation."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from topicwire import _base64url
from topicwire._envelope import Headers
from topicwire._signature import is_valid, public_key, sign, signed_input
from topicwire._signing import add_signature

from tests.keys import ED25519, ED25519_PUBLIC, HMAC


def test_the_signed_bytes_are_each_part_after_its_length():
    headers = Headers(
        (("kid", "k"), ("sid", "ä"), ("ep", "1"), ("seq", "23"), ("ts", "4"), ("n", "bm9uY2U"),
         ("content-encoding", "gzip"), ("schema-id", "s"), ("own", "not signed"), ("sig", "x")),
        "application/json", "re/ply", b"\0c",
    )  # fmt: skip
    assert signed_input("ed25519", "a/b", headers, b"body") == (
        b"topicwire/sig/v1\0"
        b"\0\0\0\x07ed25519" b"\0\0\0\x01k" b"\0\0\0\x02\xc3\xa4" b"\0\0\0\x011" b"\0\0\0\x0223"
        b"\0\0\0\x014" b"\0\0\0\x07bm9uY2U" b"\0\0\0\x03a/b" b"\0\0\0\x10application/json"
        b"\0\0\0\x04gzip" b"\0\0\0\x06re/ply" b"\0\0\0\x02\0c" b"\0\0\0\x01s" b"\0\0\0\x04body"
    )  # fmt: skip
    assert signed_input("hmac-sha256", "t", Headers(), b"") == (
        b"topicwire/sig/v1\0\0\0\0\x0bhmac-sha256" + bytes(24) + b"\0\0\0\x01t" + bytes(24)
    )


def test_hmac_is_that_of_the_standard_library():
    assert sign("hmac-sha256", HMAC.key, b"m") == hmac.new(HMAC.key, b"m", hashlib.sha256).digest()


def test_ed25519_is_that_of_rfc_8032():
    """The second test of section 7.1."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    assert public_key(seed).hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    signature = sign("ed25519", seed, b"\x72")
    assert signature.hex().startswith("92a009a9f0d4cab8720e820b5f642540")
    assert is_valid("ed25519", public_key(seed), signature, b"\x72")
    assert not is_valid("ed25519", public_key(seed), signature, b"\x73")
    assert not is_valid("ed25519", public_key(seed), signature[:-1], b"\x72")


def test_a_key_that_only_verifies_cannot_sign():
    with pytest.raises(ValueError, match="key 'own' only verifies"):
        add_signature(ED25519_PUBLIC, "t", Headers(), b"")
    assert dict(add_signature(ED25519, "t", Headers(), b"").properties)["kid"] == "own"


@given(st.binary(max_size=100))
def test_base64url_has_one_text_for_each_value(value):
    assert _base64url.decode(_base64url.encode(value)) == value


@pytest.mark.parametrize("text", ["YQ==", "YR", "Y", "a b", "a+b/", "YQ\n", "ä", "\ud800"])
def test_other_texts_for_a_value_are_refused(text):
    with pytest.raises(ValueError, match="not base64url"):
        _base64url.decode(text)
