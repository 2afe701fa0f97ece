"""Look into outboxes: `python -m topicwire.outbox status|list|show|retry|drop FILE`.

`status`, `list` and `show` may be used while a client has the outbox; `retry` (send refused
messages after all, behind the others) and `drop` (forget messages) may not.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from topicwire._compression import decompress
from topicwire._outbox import Outbox
from topicwire._outbox_store import OutboxStore, StoredMessage
from topicwire.errors import OutboxFailed

__all__ = ["Outbox", "main"]


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
    """Run the command; return its exit status: 0, or 1 with the reason on standard error."""
    chosen = _parser(program).parse_args(arguments)
    if not chosen.file.is_file():
        return _fail(f"{chosen.file} is no file")
    changes = chosen.command in ("retry", "drop")
    try:
        store = OutboxStore(chosen.file, exclusive=changes)
    except OutboxFailed as error:
        return _fail(f"{error}; stop it first" if changes else str(error))
    try:
        return _run(chosen, store)
    except OutboxFailed as error:
        return _fail(str(error))
    finally:
        store.close()


def _run(chosen: argparse.Namespace, store: OutboxStore) -> int:
    if chosen.command == "status":
        _print_status(store, as_json=chosen.json)
        return 0
    if chosen.command == "list":
        for message in store.all():
            print(json.dumps(_summary(message)) if chosen.json else _line(message))
        return 0
    if chosen.command == "show":
        found = [message for message in store.all() if message.sequence == chosen.number]
        if not found:
            return _fail(f"there is no message {chosen.number} in {chosen.file}")
        sys.stdout.buffer.write(_body(found[0]) + b"\n")
        return 0
    return _change(chosen, store)


def _change(chosen: argparse.Namespace, store: OutboxStore) -> int:
    known = {message.sequence: message.refused is not None for message in store.all()}
    numbers = chosen.number or [number for number, refused in known.items() if refused]
    for number in numbers:
        if number not in known:
            return _fail(f"there is no message {number} in {chosen.file}; nothing was changed")
        if chosen.command == "retry" and not known[number]:
            return _fail(f"message {number} has not been refused; nothing was changed")
    if chosen.command == "retry":
        store.retry(numbers)
    else:
        store.remove(numbers)
    done = "to be sent again" if chosen.command == "retry" else "dropped"
    print(f"{len(numbers)} messages {done}")
    return 0


def _print_status(store: OutboxStore, *, as_json: bool) -> None:
    oldest = next(iter(store.all()), None)
    status = {
        "client": store.sender,
        "waiting": store.waiting,
        "refused": len(store) - store.waiting,
        "bytes": store.size,
        "oldest": oldest.created if oldest is not None else None,
    }
    if as_json:
        print(json.dumps(status))
        return
    print(f"client   {store.sender}")
    print(f"waiting  {status['waiting']}")
    print(f"refused  {status['refused']}")
    print(f"bytes    {store.size}")
    if oldest is not None:
        print(f"oldest   {_time(oldest.created)}")


def _body(message: StoredMessage) -> bytes:
    if message.encoding is None:
        return message.payload
    # It was made by this client, so it may be of any size.
    return decompress(message.payload, message.encoding, sys.maxsize)


def _summary(message: StoredMessage) -> dict[str, object]:
    fields = asdict(message)
    fields["bytes"] = len(fields.pop("payload"))
    fields["retain"] = bool(message.retain)
    fields["signed"] = bool(message.signed)
    return fields


def _line(message: StoredMessage) -> str:
    refused = f"  refused: {message.refused}" if message.refused is not None else ""
    return (
        f"{message.sequence:>8}  {_time(message.created)}  {len(message.payload):>8} bytes  "
        f"{message.topic}{refused}"
    )


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _fail(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return 1


def _parser(program: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program or "python -m topicwire.outbox", description="Look into an outbox."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, explanation in (
        ("status", "how much there is, of which client"),
        ("list", "one line for each message"),
        ("show", "the body of one message"),
        ("retry", "send refused messages after all"),
        ("drop", "forget messages"),
    ):
        command = commands.add_parser(name, help=explanation)
        command.add_argument("file", type=Path, help="the outbox")
        if name == "show":
            command.add_argument("number", type=int, help="its number, as `list` shows it")
        elif name in ("retry", "drop"):
            command.add_argument(
                "number", type=int, nargs="*", help="their numbers (none: all refused ones)"
            )
        else:
            command.add_argument("--json", action="store_true", help="for programs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
