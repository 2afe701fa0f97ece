"""Keys, their files, and the command that looks after them."""

import json
import os
import time
from dataclasses import replace

import pytest
from paho.mqtt.client import topic_matches_sub
from topicwire import Key, KeyRing, KeyRingInvalid
from topicwire._key_file import KeySource, format_ring, parse_ring, read_ring
from topicwire._key_rotation import findings, rotate, state
from topicwire.keys import main

from tests.keys import ED25519, ED25519_PUBLIC, HMAC, SEED, SHARED, SIGNING, write_ring

NOW = 1_800_000_000.0
DAY = 86_400.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kid": ""}, "kid '' is not 1 to 64"),
        ({"kid": "a b"}, "kid 'a b' is not 1 to 64"),
        ({"kid": "x" * 65}, "is not 1 to 64"),
        ({"key": bytes(31)}, "its secret has 31 bytes, 32 is the least"),
        ({"private_key": bytes(32)}, "hmac-sha256 has no private_key"),
        ({"senders": ()}, "it names no sender"),
        ({"senders": ("",)}, "it names no sender"),
        ({"topics": ()}, "it names no topic"),
        ({"topics": ("a/#/b",)}, "'a/#/b' is not a topic filter"),
        ({"topics": ("a+",)}, "'a\\+' is not a topic filter"),
        ({"topics": ("",)}, "'' is not a topic filter"),
        ({"not_before": 2.0, "not_after": 2.0}, "not_after is not later than not_before"),
        ({"algorithm": "ed25519", "key": bytes(33)}, "ed25519 keys have 32 bytes"),
        ({"algorithm": "ed25519", "private_key": bytes(31)}, "ed25519 keys have 32 bytes"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused(change, reason):
    with pytest.raises(ValueError, match=reason):
        replace(HMAC, **change)


def test_secrets_are_not_shown():
    assert "key=" not in repr(ED25519)


def test_times_limit_what_a_key_is_good_for():
    key = replace(HMAC, not_before=10.0, sign_from=20.0, not_after=30.0)
    assert [key.verifies_at(t) for t in (9, 10, 29, 30)] == [False, True, True, False]
    assert [key.signs_at(t) for t in (19, 20, 29, 30)] == [False, True, True, False]
    assert not ED25519_PUBLIC.signs_at(NOW)


def test_senders_are_names_or_beginnings_of_names():
    key = replace(HMAC, senders=("gui-1", "rig-*"))
    assert [key.is_for_sender(s) for s in ("gui-1", "gui-12", "rig-", "rig-7", "rig")] == [
        True, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["#", "a", "a/b", "a/+", "+/b", "a/#", "+/+", "a/+/c", "/", "+"])
@pytest.mark.parametrize("topic", ["a", "a/b", "a/b/c", "b", "/", "", "a/", "$SYS/a", "x/b", "A"])
def test_topics_match_as_in_mqtt(name, topic):
    expected = topic_matches_sub(name, topic)
    assert replace(HMAC, topics=("never", name)).is_for_topic(topic) is expected


def test_a_sender_signs_with_the_key_that_began_last():
    old = replace(HMAC, kid="old", not_before=1.0)
    new = replace(HMAC, kid="new", not_before=2.0, sign_from=NOW + 10)
    other = replace(HMAC, kid="other", senders=("b",), sign_from=NOW)
    ring = KeyRing([old, new, other])

    def signing(sender: str, now: float) -> str | None:
        key = ring.signing_key(sender, "t", now)
        return key.kid if key is not None else None

    assert [signing("a", NOW), signing("a", NOW + 10), signing("b", NOW)] == ["old", "new", "other"]
    assert signing("a", 0.5) is None
    with pytest.raises(ValueError, match="kid 'old' is given twice"):
        KeyRing([old, old])


# ---- files -------------------------------------------------------------------------------------


def test_a_ring_survives_its_file(tmp_path):
    ring = KeyRing([
        replace(HMAC, senders=("a", "b*"), topics=("a/+", "ä/#"), not_before=NOW),
        replace(HMAC, kid="limited", not_after=NOW + 1),
        replace(ED25519, sign_from=NOW),
        replace(ED25519_PUBLIC, kid="public"),
    ])  # fmt: skip
    assert list(read_ring(write_ring(tmp_path / "k.json", ring))) == list(ring)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"alg": "none"}, "/keys/0/alg: Input should be 'hmac-sha256' or 'ed25519'"),
        ({"kid": None}, "/keys/0/kid: Input should be a valid string"),
        ({"more": 1}, "/keys/0/more: Extra inputs are not permitted"),
        ({"key": "AAA="}, r"/keys/0 \('shared'\): key is not base64url"),
        ({"key": "AAAA"}, r"/keys/0 \('shared'\): its secret has 3 bytes"),
        ({"key": None}, r"/keys/0 \('shared'\): key is missing"),
        ({"not_after": "2026-12-31T00:00:00"}, "not_after says no time zone"),
        ({"not_after": "0001-01-01T00:00:00+23:00"}, "not_after is not in the years 1 to 9999"),
        ({"not_after": "soon"}, "/keys/0/not_after: Input should be a valid datetime"),
        ({"alg": "ed25519", "private_key": "A" * 43}, "key is not the public key of private_key"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_without_its_secrets(change, reason):
    document = json.loads(format_ring(SHARED))
    secret = document["keys"][0]["key"]
    document["keys"][0].update(change)
    with pytest.raises(KeyRingInvalid, match=reason) as caught:
        parse_ring(json.dumps(document), "keys.json")
    assert str(caught.value).startswith("keys in keys.json: ")
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version":2,"keys":[]}', '{"version":1,"version":1,"keys":[]}']
)
def test_a_file_that_is_no_ring_is_refused(text):
    with pytest.raises(KeyRingInvalid):
        parse_ring(text, "keys.json")


def test_the_public_key_follows_from_the_private_one():
    document = json.loads(format_ring(SIGNING))
    del document["keys"][0]["key"]
    assert list(parse_ring(json.dumps(document), "x")) == [ED25519]


@pytest.mark.parametrize(
    ("ring", "mode", "reason"),
    [
        (
            SHARED,
            0o640,
            r"others than its owner can read or change it \(mode 0640\); run: chmod 600",
        ),
        (SIGNING, 0o604, "others than its owner can read"),
        (KeyRing([ED25519_PUBLIC]), 0o664, r"others than its owner can change it .* chmod 644"),
        (KeyRing([ED25519_PUBLIC]), 0o644, None),
        (SHARED, 0o400, None),
    ],
)
def test_only_its_owner_may_read_secrets_or_change_keys(tmp_path, ring, mode, reason):
    path = write_ring(tmp_path / "keys.json", ring)
    path.chmod(mode)
    if reason is None:
        assert len(read_ring(path)) == 1
    else:
        with pytest.raises(KeyRingInvalid, match=reason):
            read_ring(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(tmp_path):
    path = write_ring(tmp_path / "keys.json", SHARED)
    os.chown(path, 65534, 65534)
    with pytest.raises(KeyRingInvalid, match="belongs to user 65534"):
        read_ring(path)


def test_a_changed_file_is_read_again_and_a_bad_one_is_not(tmp_path, caplog):
    path = write_ring(tmp_path / "keys.json", SHARED)
    source = KeySource(path)
    assert source.ring().get("shared") is not None

    def look() -> KeyRing:
        source._next_look = 0.0
        return source.ring()

    path.unlink()
    assert look().get("shared") is not None
    assert "going on without" in caplog.text
    write_ring(path, SIGNING)
    assert look().get("own") is not None
    path.chmod(0o644)
    assert look().get("own") is not None
    assert "others than its owner" in caplog.text
    assert source.ring() is source.ring()


# ---- rotation ----------------------------------------------------------------------------------


def test_a_new_key_is_believed_at_once_and_signs_later():
    old = replace(
        ED25519, kid="rig-7-2026-01-01", not_before=NOW - 30 * DAY, not_after=NOW + 60 * DAY
    )
    found = rotate(KeyRing([old]), old.kid, None, lead=DAY, overlap=7 * DAY, now=NOW)
    assert (found.switch, found.end) == (NOW + DAY, NOW + 8 * DAY)
    assert found.new.kid.startswith("rig-7-2027-01-15")
    assert found.new.key != old.key
    assert (found.new.senders, found.new.topics) == (old.senders, old.topics)
    assert [state(found.new, NOW + days * DAY) for days in (0, 2)] == [
        "verifies, signs later", "signs and verifies",
    ]  # fmt: skip
    signer = [found.ring.signing_key("a", "t", NOW + d * DAY) for d in (0.5, 1.5)]
    assert signer == [found.old, found.new]
    assert found.old.verifies_at(NOW + 7.9 * DAY)
    assert not found.old.verifies_at(NOW + 8.1 * DAY)
    assert list(findings(found.ring, NOW)) == []
    assert list(findings(found.ring, NOW + 9 * DAY)) == [
        "key 'rig-7-2026-01-01' is over since 2027-01-23T08:00:00Z; it can be removed"
    ]


def test_a_key_that_will_soon_be_over_and_has_no_successor_is_told():
    ring = KeyRing([replace(HMAC, not_after=NOW + 3 * DAY)])
    assert list(findings(ring, NOW)) == ["key 'shared' is over in 3.0 days; rotate it"]
    assert list(findings(KeyRing(), NOW)) == ["there is no key in it"]


def test_the_life_of_a_key_on_the_command_line(tmp_path, capsys):
    signer, receiver = tmp_path / "signer.json", tmp_path / "receiver.json"
    assert main(["new", str(signer), "--sender", "gui-1", "--topic", "a/#", "--lasts", "90d"]) == 0
    assert signer.stat().st_mode & 0o777 == 0o600
    kid = next(iter(read_ring(signer))).kid
    assert kid.startswith("gui-1-")
    assert main(["rotate", str(signer), kid, "--lead", "1h"]) == 0
    capsys.readouterr()
    assert main(["public", str(signer)]) == 0
    public = capsys.readouterr().out
    assert "private_key" not in public
    receiver.write_text(public)
    assert main(["add", str(tmp_path / "all.json"), str(receiver)]) == 0
    assert len(read_ring(tmp_path / "all.json")) == 2
    assert main(["new", str(signer), "--kid", kid]) == 2
    assert f"kid {kid!r} is given twice" in capsys.readouterr().err
    assert main(["list", str(signer), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["state"] for row in rows] == ["signs and verifies", "verifies, signs later"]
    assert main(["check", str(signer), "--sender", "gui-1", "--topic", "a/b"]) == 0
    assert f"'gui-1' signs on 'a/b' with {kid!r}" in capsys.readouterr().out
    assert main(["check", str(signer), "--sender", "gui-2"]) == 1
    assert "no key signs now as 'gui-2'" in capsys.readouterr().err


def test_the_command_says_what_cannot_be_done(tmp_path, capsys):
    path = write_ring(tmp_path / "keys.json", KeyRing([HMAC, ED25519_PUBLIC]))
    for arguments, reason in (
        (["rotate", str(path), "none"], "there is no key 'none'; there are 'shared', 'own'"),
        (["rotate", str(path), "own"], "key 'own' only verifies"),
        (["public", str(path)], "shared of hmac-sha256 have no public part"),
        (["list", str(tmp_path / "nothing")], "No such file"),
    ):
        assert main(arguments) == 2
        assert reason in capsys.readouterr().err
    other = write_ring(
        tmp_path / "other.json", KeyRing([Key(kid="shared", algorithm="hmac-sha256", key=SEED)])
    )
    assert main(["add", str(path), str(other)]) == 2
    assert "there is another key 'shared' already" in capsys.readouterr().err
    assert list(read_ring(path)) == [HMAC, ED25519_PUBLIC]


def test_adding_brings_new_times_to_a_key_that_signs_here(tmp_path):
    path = write_ring(tmp_path / "keys.json", SIGNING)
    end = float(int(time.time())) + DAY
    other = write_ring(tmp_path / "other.json", KeyRing([replace(ED25519_PUBLIC, not_after=end)]))
    assert main(["add", str(path), str(other)]) == 0
    assert list(read_ring(path)) == [replace(ED25519, not_after=end)]
