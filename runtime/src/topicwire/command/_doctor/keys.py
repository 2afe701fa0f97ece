"""Which channels need keys, and whether they are there."""

from __future__ import annotations

import time
from collections.abc import Iterator

from topicwire._key_file import KeySource
from topicwire._keys import Key, KeyRing
from topicwire._options import signing_of
from topicwire.command._doctor.examination import Examination, sample_topic
from topicwire.command._doctor.finding import Finding, note, ok, problem
from topicwire.errors import KeyRingInvalid

_CHECK = "keys"
_SOON = 14 * 86_400.0  # seconds


def check_keys(examination: Examination) -> Iterator[Finding]:
    """Yield what there is to say of the keys."""
    sent = [entry.channel for entry in examination.sent() if entry.channel.signing != "off"]
    received = [entry.channel for entry in examination.received() if entry.channel.signing != "off"]
    wanted = sorted({one.name for one in (*sent, *received) if one.signing == "required"})
    options = examination.access.options(None)
    signing = signing_of(options)
    if signing is None:
        if not sent and not received:
            yield ok(_CHECK, "no channel is signed")
        elif not wanted:
            yield note(_CHECK, "no keys; no channel requires them")
        elif options.get("allow_unsigned"):
            yield note(_CHECK, f"no keys; unsigned on this broker: {', '.join(wanted)}")
        else:
            yield problem(
                _CHECK, f"no keys, which these channels require: {', '.join(wanted)}",
                "`topicwire keys new FILE`, then --keys FILE or TOPICWIRE_SIGNING_KEYS",
            )  # fmt: skip
        return
    try:
        ring = KeySource(signing.keys).ring()
    except (KeyRingInvalid, OSError) as error:
        yield problem(_CHECK, f"the key file cannot be used: {error}", "correct it")
        return
    now = time.time()
    of_program = signing_of(examination.access.of_program)
    has_state = of_program is not None and of_program.replay_state is not None
    sender = signing.sender or str(options.get("client_id"))
    signs = [one for one in sent if ring.signing_key(sender, sample_topic(one), now) is not None]
    if signs:
        yield ok(_CHECK, f"signs as {sender!r}: {', '.join(one.name for one in signs)}")
    lacking = [one.name for one in sent if one not in signs and one.signing == "required"]
    if lacking:
        state = problem if examination.app is not None else note
        yield state(
            _CHECK, f"no key signs as {sender!r} now on: {', '.join(lacking)}",
            "`topicwire keys list` shows what keys are for; --client-id names the sender",
        )  # fmt: skip
    for one in received:
        if not any(key.is_for_topic(sample_topic(one)) and key.verifies_at(now) for key in ring):
            yield problem(
                _CHECK, f"no key verifies {one.name}", "add the senders' keys to the key file"
            )
        elif one.signing == "required" and one.delivery != "live" and not has_state:
            yield note(
                _CHECK, f"{one.name} is {one.delivery}: receivers need a file against repetitions",
                "TOPICWIRE_REPLAY_STATE=FILE for the program that receives it",
            )  # fmt: skip
    yield from _check_age(ring, now)


def _check_age(ring: KeyRing, now: float) -> Iterator[Finding]:
    for key in ring:
        if key.not_after is None:
            continue
        days = (key.not_after - now) / 86_400
        if days <= 0 and not _is_followed(ring, key, now):
            yield problem(_CHECK, f"key {key.kid!r} has ended", "`topicwire keys rotate`")
        elif 0 < key.not_after - now < _SOON and not _is_followed(ring, key, now):
            yield problem(
                _CHECK, f"key {key.kid!r} ends in {days:.1f} days", "`topicwire keys rotate`"
            )


def _is_followed(ring: KeyRing, key: Key, now: float) -> bool:
    return any(
        other.kid != key.kid and other.verifies_at(now) and set(key.senders) <= set(other.senders)
        and set(key.topics) <= set(other.topics)
        and (other.not_after is None or other.not_after > (key.not_after or now))
        for other in ring
    )  # fmt: skip
