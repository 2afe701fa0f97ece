"""The messages of stubs: the classes that they take and hand on, and the headers with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.findings import Direction, Finding, Level, Side, Words, finding
from topicwire_codegen.protocol import Channel, Message


def compare_messages(
    models: Models, before: Channel, now: Channel, sides: tuple[Side, Side]
) -> Iterator[Finding]:
    """Yield what a publisher takes no more, and what a subscriber hands on besides."""
    known = models.now(before.models)
    stem, channels = before.stem, (before.key,)
    # Of classes that are gone altogether there is a finding for each.
    lost = [name for name in known if name not in now.models and name in models.new.nodes]
    if lost:
        yield finding(
            Level.SOURCE,
            "publisher-messages",
            Direction.SENDING,
            sides,
            Words(
                f"`{stem}Publisher` takes no {listed(lost)} any more",
                "code that gives it does not type-check",
                "keep the message as long as code sends it",
            ),
            channels=channels,
        )
    added = [name for name in now.models if name not in known]
    if added:
        yield finding(
            Level.SOURCE,
            "subscriber-messages",
            Direction.RECEIVING,
            sides,
            Words(
                f"`{stem}Subscriber` hands on {listed(added)} too",
                "handlers that take only what there was do not type-check",
                "let handlers take it, or give what is new a channel of its own",
            ),
            channels=channels,
        )
    yield from compare_headers(f"{stem}Publisher", before.messages, now.messages, sides, channels)


def compare_headers(
    stub: str,
    before: Sequence[Message],
    now: Sequence[Message],
    sides: tuple[Side, Side],
    channels: tuple[str, ...],
) -> Iterator[Finding]:
    """Yield whether headers have to be given now, or can be no more."""
    if _ask_for_headers(now) and not _ask_for_headers(before):
        yield finding(
            Level.SOURCE,
            "headers-required",
            Direction.SENDING,
            sides,
            Words(
                f"`{stub}` wants `headers` now",
                "code that does not give them does not type-check",
                "leave all headers optional",
            ),
            channels=channels,
        )
    if _have_headers(before) and not _have_headers(now):
        yield finding(
            Level.SOURCE,
            "headers-removed",
            Direction.SENDING,
            sides,
            Words(
                f"`{stub}` takes no `headers` any more",
                "code that gives them does not type-check",
                "keep the headers as long as code gives them",
            ),
            channels=channels,
        )


def listed(names: Iterable[str]) -> str:
    """Return classes in words."""
    return ", ".join(f"`{name}`" for name in names)


def _have_headers(messages: Sequence[Message]) -> bool:
    return any(message.headers is not None for message in messages)


def _ask_for_headers(messages: Sequence[Message]) -> bool:
    return bool(messages) and all(
        message.headers is not None and message.headers.required for message in messages
    )
