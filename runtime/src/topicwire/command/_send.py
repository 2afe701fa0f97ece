"""`send`: a message of a channel, from options, JSON or standard input."""

from __future__ import annotations

import inspect
import json
import shlex
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.text import Text

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire.command._access import OPTIONS, Access, connected, connecting
from topicwire.command._catalogue import Catalogue, Entry
from topicwire.command._failures import told
from topicwire.command._message_input import Given, dig, example_of, own_fields, prepare
from topicwire.command._schema_fields import Field

_JSON_PANEL = "Message"
_FIELDS_PANEL = "Fields"
_OWN = {"json", "example", "header", "dry-run", "timeout", "help"}


def make_send(catalogue: Catalogue, words: list[str]) -> typer.Typer:
    """Return the commands `send CHANNEL`; those in `words` with the options of their fields."""
    app = typer.Typer(no_args_is_help=True)
    for name, entry in catalogue.entries.items():
        command = _command(catalogue, entry) if name in words else _stand_in()
        app.command(name, help=_help(catalogue, entry), no_args_is_help=False)(command)
    return app


def _stand_in() -> Callable[[], None]:
    # Of a channel that is only listed; it cannot be called, since its name is not among the words.
    return lambda: None


def _command(catalogue: Catalogue, entry: Entry) -> Callable[..., None]:
    fields = own_fields(entry)
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, kind, default in _parameters(entry, fields)
    ]

    def send(access: Access, **given: object) -> None:
        _send(catalogue, entry, fields, access, given)

    signature = inspect.signature(send)
    send.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[signature.parameters["access"], *parameters]
    )
    return told(connecting(send))


def _flag(field: Field, taken: set[str]) -> str:
    flag = field.name.replace("_", "-")
    return f"--field.{flag}" if flag in taken else f"--{flag}"


def _taken() -> set[str]:
    flags = (flag for kind in OPTIONS.values() for flag in _flags(kind))
    return _OWN | {flag.removeprefix("--") for flag in flags}


def _flags(annotation: object) -> tuple[str, ...]:
    return tuple(cast(Any, annotation).__metadata__[0].param_decls)


def _parameters(entry: Entry, fields: list[Field]) -> Iterator[tuple[str, object, object]]:
    """Yield the name, the type and the default of each option."""
    taken = _taken()
    for index, field in enumerate(fields):
        flags = dict.fromkeys((_flag(field, taken), f"--{field.name}"))
        if field.name in taken:
            del flags[f"--{field.name}"]
        needs = "required" if field.required else ""
        notes = "; ".join(note for note in (needs, field.limits) if note)
        option = typer.Option(
            *flags,
            help=f"{field.text}{f' ({notes})' if notes else ''}",
            metavar=field.shape if field.kind != "json" else "JSON",
            show_default=False,
            autocompletion=_completion(field.choices),
            rich_help_panel=_FIELDS_PANEL,
        )
        yield f"field_{index}", Annotated[list[str] | None, option], None
    names = {field.name for field in fields}
    for parameter in entry.channel.parameters:
        if parameter.name in names:
            continue
        flag = parameter.name.replace("_", "-")
        text = entry.node["parameters"][parameter.name]["description"].text
        option = typer.Option(
            f"--param.{flag}" if flag in taken else f"--{flag}",
            help=f"{text} (in the topic)",
            metavar="|".join(parameter.enum) or "text",
            show_default=False,
            autocompletion=_completion(parameter.enum),
            rich_help_panel="Address",
        )
        yield f"param_{parameter.name}", Annotated[str | None, option], None
    yield from _message_parameters(entry)


def _message_parameters(entry: Entry) -> Iterator[tuple[str, object, object]]:
    def option(*flags: str, text: str, metavar: str | None = None) -> Any:  # noqa: ANN401
        return typer.Option(*flags, help=text, metavar=metavar, rich_help_panel=_JSON_PANEL)

    yield "json_text", Annotated[str | None, option(
        "--json", "-j", metavar="JSON|@FILE|-",
        text="The message, which options of fields change; - reads standard input, where several "
        "messages may follow each other. For bodies that are no JSON, the body itself.",
    )], None  # fmt: skip
    yield "example", Annotated[bool, option(
        "--example", text="Begin with the example of the document."
    )], False  # fmt: skip
    if entry.channel.header_codec is not None:
        yield "header", Annotated[list[str] | None, option(
            "--header", metavar="NAME=VALUE", text="A header of the message."
        )], None  # fmt: skip
    yield "dry_run", Annotated[bool, option(
        "--dry-run", text="Show topic and message, and send nothing."
    )], False  # fmt: skip
    yield "timeout", Annotated[float, option(
        "--timeout", text="Seconds until the broker has to have acknowledged."
    )], 10.0  # fmt: skip


def _completion(choices: tuple[str, ...]) -> Callable[[str], list[str]] | None:
    if not choices:
        return None

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def _help(catalogue: Catalogue, entry: Entry) -> str:
    channel = entry.channel
    parts = [f"{entry.title or channel.name}: `{channel.address}`.", entry.node["description"].text]
    example = example_of(entry)
    if isinstance(example, dict):
        options: list[str] = []
        for field in own_fields(entry):
            value = dig(cast("dict[str, object]", example), field.path)
            if field.required and len(field.choices) != 1 and value is not None:
                values = cast("list[object]", value) if isinstance(value, list) else [value]
                texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
                now = field.name == "timestamp" and field.kind == "number"
                shown = ["now"] if now else texts
                options += [f"{_flag(field, _taken())} {shlex.quote(text)}" for text in shown]
        parts.append(f"Example: {catalogue.name} send {channel.name} {' '.join(options)}")
    return "\n\n".join(part for part in parts if part)


def _send(
    catalogue: Catalogue, entry: Entry, fields: list[Field], access: Access, given: Given
) -> None:
    channel = entry.channel
    prepared = prepare(entry, fields, given)
    console = Console(highlight=False, soft_wrap=True)
    if given.get("dry_run"):
        for one in prepared:
            console.print(Text(f"{one.topic} {_shown(channel, one.message)}"))
        return
    timeout = cast(float, given["timeout"])
    client = Client(access.address, **access.options(catalogue.protocol))
    with connected(client):
        publish = client._core.publisher(channel)
        started = time.monotonic()
        deliveries = [publish(one.message, one.parameters) for one in prepared]
        client.flush()
        for one, delivery in zip(prepared, deliveries, strict=True):
            delivery.wait(max(0.0, started + timeout - time.monotonic()))
            took = (time.monotonic() - started) * 1000
            done = "acknowledged" if channel.qos else "sent"
            console.print(Text(f"{done}: {one.topic} (QoS {channel.qos:d}, {took:.1f} ms)"))


def _shown(channel: Channel[Any], message: object) -> str:
    body, _ = channel.encode_all(message)
    return body.decode("utf-8", "backslashreplace")
