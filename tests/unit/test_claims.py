"""What signed messages claim, read by both builds alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builds import each, modules

EACH = each("_claims")
GOOD = {
    "sv": "1", "kid": "rig-7", "sid": "bench ä", "ep": "12", "seq": str(2**63 - 1),
    "ts": "1800000000250000", "n": "AAECAwQFBgcICQoLDA0ODw", "sig": "_-8",
}  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "+1", " 1", "1_0", "\u0661", "9" * 20, "YQ==", "a b"]),
    st.text(max_size=70),
)  # fmt: skip


@EACH
def test_claims_are_read(build):
    found = build.read_claims(tuple(GOOD.items()))
    assert (found.sender, found.epoch, found.sequence) == ("bench ä", 12, 2**63 - 1)
    assert (found.ts, found.nonce, found.mac) == (1_800_000_000.25, bytes(range(16)), b"\xff\xef")
    assert (found.kid, found.signature) == ("rig-7", "_-8")


@EACH
@pytest.mark.parametrize(
    ("change", "reason", "text"),
    [
        ({"sv": None, "kid": None, "n": None, "sig": None}, "unsigned", "wants every message"),
        ({"seq": None}, "malformed", "header 'seq' is missing"),
        ({"sv": "2"}, "malformed", "signature version '2'"),
        ({"ep": "-1"}, "malformed", "whole numbers"),
        ({"seq": str(2**63)}, "malformed", "whole numbers"),
        ({"sid": ""}, "malformed", "'sid' or 'kid'"),
        ({"sid": "s" * 257}, "malformed", "'sid' or 'kid'"),
        ({"kid": "a b"}, "malformed", "'sid' or 'kid'"),
        ({"kid": "k" * 65}, "malformed", "'sid' or 'kid'"),
        ({"sig": "_-9"}, "malformed", "not base64url"),
        ({"n": "AAECAw"}, "malformed", "a nonce has 16 bytes, this one 4"),
    ],
)
def test_claims_that_nobody_would_make_are_refused(build, change, reason, text):
    fields = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(build.Refused) as caught:
        build.read_claims(tuple(fields.items()))
    assert caught.value.reason == reason
    assert text in caught.value.text


@given(st.dictionaries(st.sampled_from([*GOOD, "own"]), TEXTS), st.booleans())
def test_builds_agree_on_every_claim(change, whole):
    properties = tuple({**(GOOD if whole else {}), **change}.items())
    assert len({_outcome(build, properties) for build in modules("_claims").values()}) == 1


def _outcome(build, properties):
    try:
        found = build.read_claims(properties)
    except build.Refused as refused:
        return refused.reason, refused.text
    return tuple(getattr(found, name) for name in ("sender", "epoch", "sequence", "ts", "nonce"))


@given(st.text(), st.text() | st.none(), st.binary() | st.none(), st.binary())
def test_builds_agree_on_the_signed_bytes(topic, text, correlation, body):
    properties = (("kid", topic), ("n", text or ""), ("schema-id", topic))
    made = {
        build.signed_bytes("ed25519", topic, properties, text, text, correlation, body)
        for build in modules("_claims").values()
    }
    assert len(made) == 1
