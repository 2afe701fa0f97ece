"""`tail`: messages as they go by, one a line."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from topicwire._channel import BATCH_SUFFIX
from topicwire._context import Context
from topicwire.command._access import Access, connected, connecting
from topicwire.command._catalogue import Catalogue
from topicwire.command._completion import channels
from topicwire.command._failures import CommandError, Status, told
from topicwire.command._watching import Sighting, open_watcher
from topicwire.errors import MessageRefused, PayloadInvalid, TopicwireError

_SIGNATURES = {"verified": ("✓", "green"), "unchecked": ("?", "yellow"), "refused": ("✗", "red")}


def add_tail(app: typer.Typer, catalogue: Catalogue) -> None:
    """Add the command."""

    def tail(
        access: Access,
        names: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="[CHANNEL|FILTER]...",
                help="Channels or topic filters; without any, all channels.",
                autocompletion=channels(catalogue),
            ),
        ] = None,
        *,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
        count: Annotated[
            int | None, typer.Option("--count", "-n", min=1, help="End after so many messages.")
        ] = None,
        seconds: Annotated[
            float | None,
            typer.Option(
                "--for", min=0.0, help="End after so many seconds; status 1 if --count was not "
                "reached.",
            ),
        ] = None,
        only_wrong: Annotated[
            bool,
            typer.Option("--invalid", help="Only what does not fit, or would not be believed."),
        ] = False,
    ) -> None:  # fmt: skip
        """Show messages as they come: batches taken apart, signatures checked, errors explained.

        After the sender, ✓ is a signature that was verified, ? one without a key to check it with,
        and ✗ one that is refused.
        """
        _tail(catalogue, access, names or [], as_json, count, seconds, only_wrong)

    app.command()(told(connecting(tail)))


def _tail(  # noqa: PLR0917 - the options, as they are
    catalogue: Catalogue,
    access: Access,
    names: list[str],
    as_json: bool,
    count: int | None,
    seconds: float | None,
    only_wrong: bool,
) -> None:
    console = Console(highlight=False, soft_wrap=True)
    seen = 0
    with connected(open_watcher(catalogue, access, names)) as watcher:
        until = None if seconds is None else time.monotonic() + seconds
        for sighting in watcher.sightings(until):
            if sighting is None or (only_wrong and not sighting.is_wrong):
                continue
            for item in _items(sighting):
                if only_wrong and not item.is_wrong:
                    continue
                if as_json:
                    print(json.dumps(_record(item), ensure_ascii=False), flush=True)
                else:
                    console.print(_line(item))
                seen += 1
                if seen == count:
                    return
        dropped = watcher.stats().dropped
    if dropped:
        typer.secho(f"{dropped} messages came too fast to be shown", err=True, fg="yellow")
    if count is not None:
        wanted = f"{seen} of {count} messages came within {seconds:g} s"
        raise CommandError(wanted, Status.FAILED)


@dataclass(frozen=True, slots=True)
class _Item:
    """One message of those that came together."""

    sighting: Sighting
    content: object
    context: Context | None
    text: str

    @property
    def error(self) -> TopicwireError | None:
        if self.sighting.refusal is not None:
            return self.sighting.refusal
        return self.content if isinstance(self.content, TopicwireError) else None

    @property
    def is_wrong(self) -> bool:
        return self.error is not None or self.sighting.lacks_signature


def _items(sighting: Sighting) -> Iterator[_Item]:
    texts = sighting.texts
    if not sighting.contents:
        yield _Item(sighting, None, None, texts[0])
    for index, (content, context) in enumerate(sighting.contents):
        yield _Item(sighting, content, context, texts[index if index < len(texts) else 0])


def _line(item: _Item) -> Text:
    sighting = item.sighting
    clock = datetime.fromtimestamp(sighting.timestamp).astimezone().strftime("%H:%M:%S.%f")[:-3]
    line = Text(f"{clock} ", style="dim")
    if sighting.channel is None:
        line.append("(no channel)", style="yellow")
    else:
        line.append(sighting.channel.name, style="bold cyan")
    line.append(f" {sighting.topic}", style="blue")
    if sighting.sender is not None:
        line.append(f" {sighting.sender}", style="magenta")
    if sighting.signature in _SIGNATURES:
        sign, colour = _SIGNATURES[sighting.signature]
        line.append(sign, style=colour)
    for flag in _flags(sighting, item.context):
        line.append(f" {flag}", style="dim")
    if sighting.lacks_signature:
        line.append(" not signed", style="bold red")
    line.append(f" {item.text}")
    if item.error is not None:
        for reason in _reasons(item.error):
            line.append(f"\n  {reason}", style="red")
    return line


def _flags(sighting: Sighting, context: Context | None) -> Iterator[str]:
    if sighting.retained:
        yield "retained"
    if context is not None and context.batch_index is not None:
        yield f"[{context.batch_index + 1}/{len(sighting.contents)}]"
    elif sighting.batched:
        yield "batch"


def _reasons(error: TopicwireError) -> list[str]:
    if isinstance(error, PayloadInvalid):
        return [f"{one.path or '(payload)'}: {one.message}" for one in error.errors]
    if isinstance(error, MessageRefused):
        return [f"refused, {error.reason}: {error}"]
    return [str(error)]


def _record(item: _Item) -> dict[str, object]:
    sighting, context, error = item.sighting, item.context, item.error
    channel = sighting.channel
    record: dict[str, object] = {
        "time": sighting.timestamp,
        "channel": channel.name if channel is not None else None,
        "topic": sighting.topic.removesuffix(BATCH_SUFFIX) if sighting.batched else sighting.topic,
        "parameters": dict(context.parameters) if context is not None else {},
        "qos": sighting.qos,
        "retained": sighting.retained,
        "bytes": sighting.size,
        "sender": sighting.sender,
        "signature": sighting.signature,
        "headers": sighting.headers,
    }
    if context is not None and context.batch_index is not None:
        record["batch"] = {"index": context.batch_index, "of": len(sighting.contents)}
    if error is not None:
        record["error"] = _error(error)
    elif sighting.lacks_signature:
        record["error"] = {"kind": "SignatureInvalid", "reason": "unsigned"}
    if error is not None or item.content is None:
        record["payload"] = item.text
    else:
        record["message"] = item.text if isinstance(item.content, bytes) else json.loads(item.text)
    return record


def _error(error: TopicwireError) -> dict[str, object]:
    found: dict[str, object] = {"kind": type(error).__name__}
    if isinstance(error, PayloadInvalid):
        found["fields"] = [
            {"path": one.path, "message": one.message, "kind": one.kind} for one in error.errors
        ]
    elif isinstance(error, MessageRefused):
        found["reason"] = error.reason
    found["text"] = str(error)
    return found
