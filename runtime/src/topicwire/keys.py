"""Make and look after key files: `python -m topicwire.keys new|list|rotate|add|public|check FILE`.

Where the generator is installed it is `topicwire keys` too. Clients read a changed file again by
themselves. No command shows a secret.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from topicwire._key_file import format_ring, parse_ring, read_ring, time_text, write_ring
from topicwire._key_rotation import (
    DAY,
    findings,
    free_kid,
    new_key,
    public_part,
    rotate,
    state,
    with_keys,
)
from topicwire._keys import Key, KeyRing
from topicwire._signature import Algorithm
from topicwire._signing import WINDOW
from topicwire.errors import KeyRingInvalid

__all__ = [
    "Key",
    "KeyRing",
    "format_ring",
    "main",
    "new_key",
    "parse_ring",
    "read_ring",
    "write_ring",
]

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
    """Run the command; return its exit status: 0, 1 with findings, or 2 when it cannot be done."""
    chosen = _parser(program).parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except (KeyRingInvalid, OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 2
    return status


def _new(chosen: argparse.Namespace) -> int:
    ring = read_ring(chosen.file) if chosen.file.exists() else KeyRing()
    now = time.time()
    key = new_key(
        chosen.alg,
        chosen.kid or free_kid(ring, chosen.sender[0] if chosen.sender else "key", now),
        senders=chosen.sender or ["*"],
        topics=chosen.topic or ["#"],
        now=now,
        not_after=now + chosen.lasts if chosen.lasts is not None else None,
    )
    write_ring(chosen.file, KeyRing([*ring, key]))
    print(f"{chosen.file}: key {key.kid!r} ({key.algorithm}) added")
    if key.algorithm == "ed25519":
        print("receivers need its public part: topicwire keys public FILE > FOR-RECEIVERS")
    else:
        print("senders and receivers need the same secret: copy the file, and keep it safe")
    return 0


def _rotate(chosen: argparse.Namespace) -> int:
    found = rotate(
        read_ring(chosen.file), chosen.kid, chosen.new_kid,
        lead=chosen.lead, overlap=chosen.overlap, now=time.time(),
    )  # fmt: skip
    write_ring(chosen.file, found.ring)
    switch, end = time_text(int(found.switch)), time_text(int(found.end))
    print(f"{chosen.file}: key {found.new.kid!r} follows {found.old.kid!r}")
    print(f"  until {switch}: bring the new key to all receivers")
    print(f"  from  {switch}: it signs")
    print(f"  until {end}: the old one is believed still")
    return 0


def _add(chosen: argparse.Namespace) -> int:
    ring = read_ring(chosen.file) if chosen.file.exists() else KeyRing()
    for other in chosen.others:
        ring = with_keys(ring, read_ring(other))
    write_ring(chosen.file, ring)
    print(f"{chosen.file}: {len(ring)} keys")
    return 0


def _public(chosen: argparse.Namespace) -> int:
    sys.stdout.write(format_ring(public_part(read_ring(chosen.file))))
    return 0


def _list(chosen: argparse.Namespace) -> int:
    now = time.time()
    for key in read_ring(chosen.file):
        times = {
            name: time_text(seconds)
            for name in ("not_before", "sign_from", "not_after")
            if (seconds := getattr(key, name)) is not None
        }
        if chosen.json:
            fields: dict[str, object] = {
                "kid": key.kid, "alg": key.algorithm, "state": state(key, now),
                "senders": key.senders, "topics": key.topics, **times,
            }  # fmt: skip
            print(json.dumps(fields))
            continue
        print(f"{key.kid}  {key.algorithm}  {state(key, now)}")
        print(f"    senders {' '.join(key.senders)}, topics {' '.join(key.topics)}")
        for name, moment in times.items():
            print(f"    {name:10} {moment}")
    return 0


def _check(chosen: argparse.Namespace) -> int:
    ring, now = read_ring(chosen.file), time.time()
    found = list(findings(ring, now))
    if chosen.sender is not None:
        key = ring.signing_key(chosen.sender, chosen.topic, now)
        if key is None:
            found.append(f"no key signs now as {chosen.sender!r} on {chosen.topic!r}")
        else:
            print(f"{chosen.sender!r} signs on {chosen.topic!r} with {key.kid!r}")
    for finding in found:
        print(f"{chosen.file}: {finding}", file=sys.stderr)
    if not found:
        print(f"{chosen.file}: {len(ring)} keys, in order")
    return 1 if found else 0


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 90s, 12h or 30d")
    return float(match[1]) * _UNITS[match[2]]


def _parser(program: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program or "python -m topicwire.keys",
        description="Make and look after the keys that messages are signed with.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.add_argument("file", type=Path, metavar="FILE", help="the key file")
        found.set_defaults(run=run)
        return found

    new = command("new", _new, "Make a key and add it to a file, which is made if there is none.")
    new.add_argument("--alg", choices=get_args(Algorithm), default="ed25519")
    new.add_argument("--kid", help="its name (default: the sender and the date)")
    new.add_argument("--sender", action="append", help="who may use it (client id; x* a prefix)")
    new.add_argument("--topic", action="append", help="topic filter it is for; may be repeated")
    new.add_argument("--lasts", type=_duration, help="how long it is believed, such as 365d")
    listing = command("list", _list, "Show the keys of a file, but not their secrets.")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    rotate = command("rotate", _rotate, "Make a key that follows another, with an overlap.")
    rotate.add_argument("kid", help="the key to be followed")
    rotate.add_argument("--new-kid", help="name of the new key")
    rotate.add_argument(
        "--lead", type=_duration, default=DAY,
        help="until the new key signs; receivers have to have it by then (default 1d)",
    )  # fmt: skip
    rotate.add_argument(
        "--overlap", type=_duration, default=7 * DAY + WINDOW,
        help="how long the old key is believed after that: as long as messages may wait in an "
        "outbox or at a broker (default 7d and 5 minutes)",
    )  # fmt: skip
    add = command("add", _add, "Take over what is needed to verify from other key files.")
    add.add_argument("others", type=Path, nargs="+", metavar="OTHER")
    command("public", _public, "Print what receivers need of Ed25519 keys: no private key.")
    check = command("check", _check, "Say what is wrong with a file, or will be soon; exit 1.")
    check.add_argument("--sender", help="and which key this sender signs with ...")
    check.add_argument("--topic", default="any", help="... on this topic")
    return parser


if __name__ == "__main__":
    sys.exit(main())
