"""`send`: a message of a channel, from options, JSON or standard input."""

from __future__ import annotations

import inspect
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.text import Text

from topicwire._channel import Channel
from topicwire._client import Client
from topicwire._message_headers import WithHeaders
from topicwire.command._access import OPTIONS, Access, connected, connecting
from topicwire.command._catalogue import Catalogue, Entry
from topicwire.command._failures import CommandError, told
from topicwire.command._schema_fields import Field, fields_of

_JSON_PANEL = "Message"
_FIELDS_PANEL = "Fields"
_OWN = {"json", "example", "header", "dry-run", "timeout", "help"}

Given = Mapping[str, object]


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
    fields = _own_fields(entry)
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


def _own_fields(entry: Entry) -> list[Field]:
    if entry.channel.content_type.partition(";")[0].endswith("json"):
        return fields_of(payload for _, payload in entry.payloads)
    return []


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
    example = _example(entry)
    if isinstance(example, dict):
        options: list[str] = []
        for field in _own_fields(entry):
            value = _dig(cast("dict[str, object]", example), field.path)
            if field.required and len(field.choices) != 1 and value is not None:
                values = cast("list[object]", value) if isinstance(value, list) else [value]
                texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
                now = field.name == "timestamp" and field.kind == "number"
                shown = ["now"] if now else texts
                options += [f"{_flag(field, _taken())} {_quoted(text)}" for text in shown]
        parts.append(f"Example: {catalogue.name} send {channel.name} {' '.join(options)}")
    return "\n\n".join(part for part in parts if part)


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _dig(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return value


def _example(entry: Entry) -> object:
    for message in (node for _, node in entry.node["messages"].items):
        for example in message["examples"].list:
            if example["payload"]:
                return example["payload"].value
    for _, payload in entry.payloads:
        for example in payload["examples"].list:
            return example.value
    return None


def _send(
    catalogue: Catalogue, entry: Entry, fields: list[Field], access: Access, given: Given
) -> None:
    channel = entry.channel
    prepared = [
        _prepared(channel, entry, fields, given, base) for base in _bases(channel, entry, given)
    ]
    console = Console(highlight=False, soft_wrap=True)
    if given.get("dry_run"):
        for topic, message, _ in prepared:
            console.print(Text(f"{topic} {_shown(channel, message)}"))
        return
    timeout = cast(float, given["timeout"])
    client = Client(access.address, **access.options(catalogue.protocol))
    with connected(client):
        publish = client._core.publisher(channel)
        started = time.monotonic()
        deliveries = [(topic, publish(message, named)) for topic, message, named in prepared]
        client.flush()
        for topic, delivery in deliveries:
            delivery.wait(max(0.0, started + timeout - time.monotonic()))
            took = (time.monotonic() - started) * 1000
            done = "acknowledged" if channel.qos else "sent"
            console.print(Text(f"{done}: {topic} (QoS {channel.qos:d}, {took:.1f} ms)"))


def _bases(channel: Channel[Any], entry: Entry, given: Given) -> Iterator[object]:
    """Yield what each message is made of before the options of fields."""
    text = cast("str | None", given.get("json_text"))
    if text is None:
        yield _example(entry) if given.get("example") else {}
        return
    if text == "-":
        body = sys.stdin.buffer.read()
    elif text.startswith("@"):
        body = Path(text[1:]).read_bytes()
    else:
        body = text.encode()
    if not channel.content_type.partition(";")[0].endswith("json"):
        yield body
        return
    yield from _documents(body)


def _documents(body: bytes) -> Iterator[object]:
    text, decoder = body.decode().strip(), json.JSONDecoder()
    if not text:
        raise CommandError("--json: there is no message in it")
    while text:
        try:
            value, end = decoder.raw_decode(text)
        except ValueError as error:
            raise CommandError(f"--json is not JSON: {error}") from None
        yield value
        text = text[end:].lstrip()


def _prepared(
    channel: Channel[Any], entry: Entry, fields: list[Field], given: Given, base: object
) -> tuple[str, object, dict[str, str]]:
    """Return the topic, the message and the parameters; raises `CommandError`."""
    if isinstance(base, bytes):
        message: object = channel.codec.decode(base, topic="")
        raw: object = None
    else:
        raw = _filled(fields, given, base)
        body = json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass")
        message = _decoded(channel, body, given)
    parameters = channel.complete(_address(entry, given, raw), message)
    missing = [p.name for p in channel.parameters if p.name not in parameters and p.default is None]
    if missing:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise CommandError(f"{flags} is missing, which is in the topic {channel.address}")
    return channel.template.topic(parameters), message, parameters


def _filled(fields: list[Field], given: Given, base: object) -> object:
    for index, field in enumerate(fields):
        texts = cast("list[str] | None", given.get(f"field_{index}"))
        only = field.choices if field.required and len(field.choices) == 1 else ()
        if texts:
            _put(base, field, field.read(texts))
        elif only and _is_object(base) and _dig(base, field.path) is None:
            _put(base, field, field.read([*only]))
    return base


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _put(base: object, field: Field, value: object) -> None:
    for key in field.path[:-1]:
        if not isinstance(base, dict):
            break
        base = cast("dict[str, object]", base).setdefault(key, {})
    if not isinstance(base, dict):
        raise CommandError(f"--json: {field.name} can only be set in an object")
    cast("dict[str, object]", base)[field.path[-1]] = value


def _address(entry: Entry, given: Given, raw: object) -> dict[str, str | None]:
    """Return what is said of the parameters: by options, and by fields of the same name."""
    found: dict[str, str | None] = {}
    for parameter in entry.channel.parameters:
        value = given.get(f"param_{parameter.name}")
        if value is None and parameter.location is None:
            field = _dig(raw, (parameter.name,))
            value = field if isinstance(field, str) else None
        found[parameter.name] = cast("str | None", value)
    return found


def _decoded(channel: Channel[Any], body: bytes, given: Given) -> object:
    codec = channel.header_codec
    if codec is None:
        return channel.codec.decode(body, topic="")
    pairs = [text.partition("=") for text in cast("list[str]", given.get("header") or [])]
    wrong = [name for name, sign, _ in pairs if not sign]
    if wrong:
        raise CommandError(f"--header {wrong[0]}: write NAME=VALUE")
    message, headers = codec.decode(body, {name: value for name, _, value in pairs}, "")
    return WithHeaders(message, headers)


def _shown(channel: Channel[Any], message: object) -> str:
    body, _ = channel.encode_all(message)
    return body.decode("utf-8", "backslashreplace")
