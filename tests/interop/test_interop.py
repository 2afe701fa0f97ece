"""Another implementation of docs/wire.md, in JavaScript, held against this one."""

import base64
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from topicwire import Key, KeyRing, SignatureInvalid, Signing
from topicwire._envelope import Headers, pack_envelope, read_headers
from topicwire._identity import IdentitySource
from topicwire._key_file import KeySource, parse_ring
from topicwire._signature import signed_input
from topicwire._signing import Verifier, add_signature

from tests.channels import (
    SIGNED,
    PackedSubscriber,
    Reading,
    SignedDurablePublisher,
    SignedDurableSubscriber,
    SignedPublisher,
    SignedSubscriber,
)
from tests.inbox import Errors, Inbox
from tests.interop.make_vectors import FILE, make
from tests.interop.peer import HERE, Peer
from tests.keys import ED25519, ED25519_PUBLIC, HMAC
from tests.raw import send_raw

VECTORS: dict[str, Any] = json.loads(FILE.read_text())
WIRE = Path(__file__).parents[2] / "docs" / "wire.md"


def test_the_vectors_are_what_this_version_makes():
    assert FILE.read_text() == make()


def test_the_other_implementation_agrees_with_all_vectors():
    found = subprocess.run(
        ["node", HERE / "check_vectors.mjs", FILE],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (found.stderr, found.returncode) == ("", 0)
    assert found.stdout == f"{len(VECTORS['valid'])} valid, {len(VECTORS['invalid'])} invalid\n"


def carried(vector: dict[str, Any]) -> list[tuple[Headers, bytes]]:
    """Return the headers and the body of a vector, over MQTT 5 and over 3.1.1."""
    correlation = vector.get("correlation_data")
    native = Headers(
        tuple((name, value) for name, value in vector["user_properties"]),
        vector.get("content_type"),
        vector.get("response_topic"),
        base64.b64decode(correlation) if correlation is not None else None,
    )
    payload = base64.b64decode(vector["payload_3.1.1"])
    headers, body, problem = read_headers(Headers(), payload)
    assert problem is None
    assert pack_envelope(native, base64.b64decode(vector["body"])) == payload
    return [(native, base64.b64decode(vector["body"])), (headers, body)]


VERIFIER = Verifier(KeySource(parse_ring(json.dumps(VECTORS["ring"]), "vectors")))


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["name"])
def test_valid_vectors_are_believed(vector):
    for headers, body in carried(vector):
        signed = VERIFIER.verify(vector["topic"], headers, body, "live", VECTORS["now"])
        assert signed.sender == headers.get("sid")
        message = signed_input(vector["algorithm"], vector["topic"], headers, body)
        assert message.hex() == vector["signed_input"]


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: vector["name"])
def test_invalid_vectors_are_refused_for_their_reason(vector):
    for headers, body in carried(vector):
        with pytest.raises(SignatureInvalid) as caught:
            VERIFIER.verify(vector["topic"], headers, body, "live", VECTORS["now"])
        assert caught.value.reason == vector["reason"]


def test_the_example_of_the_document_is_one_of_the_vectors():
    [vector] = [one for one in VECTORS["valid"] if one["name"] == "hmac-sha256: plain"]
    text = WIRE.read_text()
    assert base64.b64decode(vector["body"]).decode() in text
    assert dict(vector["user_properties"])["sig"] in text
    blocks = [
        re.sub(r"[^0-9a-f]", "", block) for block in re.findall(r"```hex\n(.*?)```", text, re.S)
    ]
    assert vector["signed_input"] in blocks


ALGORITHMS = pytest.mark.parametrize("key", [HMAC, ED25519], ids=lambda key: key.algorithm)


@ALGORITHMS
def test_it_believes_what_is_signed_here(connect, peer: Peer, rig, key: Key):
    client = connect(signing=KeyRing([key]))
    peer.subscribe(f"signed/{rig}/#")
    SignedPublisher(client).publish(Reading(number=1, text="größer"), rig=rig)
    event = peer.wait_for("message")
    assert event["sender"] == client.client_id
    assert event["messages"] == [{"number": 1, "text": "größer"}]

    batch, topic = b'[{"number":2},{"number":3}]', f"signed/{rig}/batch"
    identity = IdentitySource("batcher").next()
    headers = Headers(identity.properties(time.time()), "application/json")
    headers = add_signature(key, topic, headers, batch)
    send_raw(client, SIGNED, topic, batch, headers)
    event = peer.wait_for("message")
    assert (event["sender"], event["messages"]) == ("batcher", [{"number": 2}, {"number": 3}])
    send_raw(client, SIGNED, topic, batch + b" ", headers)
    assert peer.wait_for("message")["refused"] == "bad_signature"


@ALGORITHMS
def test_it_decompresses_what_is_compressed_here(connect, peer: Peer, rig, key: Key):
    client = connect(signing=KeyRing([key]))
    peer.subscribe(f"signed_durable/{rig}/#")
    SignedDurablePublisher(client).publish(Reading(number=1, text="x" * 1000), rig=rig)
    event = peer.wait_for("message")
    assert (event["encoding"], event["sender"]) == ("gzip", client.client_id)
    assert event["messages"] == [{"number": 1, "text": "x" * 1000}]


@ALGORITHMS
def test_what_it_signs_is_believed_here(connect, peer: Peer, rig, key: Key, tmp_path):
    inbox, errors = Inbox(), Errors()
    ring = KeyRing([key if key is HMAC else ED25519_PUBLIC])
    signing = Signing(keys=ring, replay_state=tmp_path / "replay.sqlite")
    client = connect(signing=signing, on_error=errors)
    SignedSubscriber(client, rig=rig)(inbox)
    SignedDurableSubscriber(client, rig=rig)(inbox)
    how = {"kid": key.kid, "sender": "browser"}
    peer.publish(f"signed/{rig}", {"number": 1, "text": "größer"}, **how)
    peer.publish(f"signed/{rig}/batch", {"number": 2}, {"number": 3}, **how)
    long = {"number": 4, "text": "x" * 1000}
    peer.publish(f"signed_durable/{rig}", long, threshold=100, delivery="durable", **how)
    peer.publish(f"signed/{rig}", {"number": 5})
    received = inbox.wait_for(4)
    [(error, _)] = errors.wait_for(1)
    assert sorted(message.number for message in inbox.messages) == [1, 2, 3, 4]  # type: ignore[attr-defined]
    assert {context.sender for _, context in received} == {"browser"}
    assert isinstance(error, SignatureInvalid)
    assert error.reason == "unsigned"


def test_what_it_compresses_is_read_here(connect, peer: Peer, rig):
    inbox = Inbox()
    PackedSubscriber(connect(), rig=rig)(inbox)
    messages = [{"number": number, "text": "x" * 200} for number in range(50)]
    peer.publish(f"packed/{rig}", messages[0], threshold=100)
    peer.publish(f"packed/{rig}/batch", *messages[1:], threshold=100)
    inbox.wait_for(50)
    assert [message.number for message in inbox.messages] == list(range(50))  # type: ignore[attr-defined]
