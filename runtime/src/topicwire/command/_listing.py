"""`list` and `describe`: what the protocol has, without a broker."""

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from topicwire.command._catalogue import Catalogue, Entry
from topicwire.command._completion import apps, channels_and_models
from topicwire.command._failures import CommandError, told
from topicwire.command._node import Node
from topicwire.command._schema_fields import Field, fields_of

_WIDE = 500


def add_listing(app: typer.Typer, catalogue: Catalogue) -> None:
    """Add the commands."""

    @app.command("list")
    @told
    def list_channels(
        *,
        app_name: Annotated[
            str | None,
            typer.Option(
                "--app", help="Only what this app sends or receives.",
                autocompletion=apps(catalogue),
            ),
        ] = None,
        category: Annotated[
            str | None, typer.Option(help="Only channels of this category.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:  # fmt: skip
        """List the channels: address, messages, delivery, and who sends what to whom."""
        entries = list(catalogue.entries.values())
        if app_name is not None:
            if app_name not in catalogue.apps:
                raise CommandError(catalogue.unknown("app", app_name, catalogue.apps))
            entries = [one for one in entries if app_name in (*one.senders, *one.receivers)]
        if category is not None:
            known = sorted({name for one in entries for name in one.channel.categories})
            if category not in known:
                raise CommandError(catalogue.unknown("category", category, known))
            entries = [one for one in entries if category in one.channel.categories]
        if as_json:
            for entry in entries:
                print(json.dumps(facts(entry), ensure_ascii=False))
            return
        table = Table(box=None, pad_edge=False)
        for name in ("channel", "address", "message", "QoS", "delivery", "signed", "from", "to"):
            table.add_column(name, overflow="fold", no_wrap=name == "channel")
        for entry in entries:
            table.add_row(*map(Text, _row(entry)))
        page().print(table)

    @app.command(no_args_is_help=True)
    @told
    def describe(
        name: Annotated[
            str,
            typer.Argument(
                metavar="CHANNEL|MODEL", help="A channel, or a schema of the document.",
                autocompletion=channels_and_models(catalogue),
            ),
        ],
        *,
        as_json: Annotated[
            bool, typer.Option("--json", help="As JSON, with the schemas as they are.")
        ] = False,
    ) -> None:  # fmt: skip
        """Describe a channel or a model: fields with types and limits, and an example."""
        console = page()
        entry = catalogue.entries.get(name)
        if entry is not None:
            if as_json:
                schemas = {key: payload.value for key, payload in entry.payloads}
                print(
                    json.dumps({**facts(entry), "schemas": schemas}, indent=2, ensure_ascii=False)
                )
                return
            _describe_channel(console, catalogue, entry)
            return
        schema = catalogue.schemas.get(name)
        if schema is None:
            known = [*catalogue.entries, *catalogue.schemas]
            raise CommandError(catalogue.unknown("channel or model", name, known))
        if as_json:
            print(json.dumps(schema.value, indent=2, ensure_ascii=False))
            return
        _describe_model(console, name, schema)


def page() -> Console:
    """Return where tables go: as wide as the terminal, and as they need where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)


def facts(entry: Entry) -> dict[str, object]:
    """Return what `list --json` says of a channel."""
    channel = entry.channel
    return {
        "name": channel.name,
        "address": channel.address,
        "title": entry.title,
        "messages": [message.name for message in channel.messages],
        "qos": int(channel.qos),
        "retain": channel.retain,
        "delivery": channel.delivery,
        "signing": channel.signing,
        "batch": channel.batch is not None,
        "expiry": channel.message_expiry,
        "categories": list(channel.categories),
        "senders": list(entry.senders),
        "receivers": list(entry.receivers),
    }


def _row(entry: Entry) -> Iterator[str]:
    channel = entry.channel
    yield channel.name
    yield channel.address
    yield ", ".join(name for name, _ in entry.payloads)
    yield f"{channel.qos:d}"
    yield f"{channel.delivery}{', batches' if channel.batch is not None else ''}"
    yield "" if channel.signing == "off" else channel.signing
    yield ", ".join(entry.senders)
    yield ", ".join(entry.receivers)


def _describe_channel(console: Console, catalogue: Catalogue, entry: Entry) -> None:
    channel = entry.channel
    console.print(Text(f"{channel.name}: {entry.title}", style="bold"))
    if description := entry.node["description"].text:
        console.print(Text(description))
    console.print()
    facts_table = Table(box=None, show_header=False, pad_edge=False)
    for name, text in _channel_facts(entry):
        facts_table.add_row(Text(name, style="dim"), Text(text))
    console.print(facts_table)
    for name, payload in entry.payloads:
        console.print()
        _describe_model(console, name, payload)
    console.print()
    console.print(Text(f"{catalogue.name} send {channel.name} --help", style="dim"))


def _channel_facts(entry: Entry) -> Iterator[tuple[str, str]]:
    channel = entry.channel
    yield "address", channel.address
    for parameter in channel.parameters:
        said = entry.node["parameters"][parameter.name]["description"].text
        values = f" ({', '.join(parameter.enum)})" if parameter.enum else ""
        yield f"  {{{parameter.name}}}", f"{said}{values}"
    yield "sent by", ", ".join(entry.senders)
    yield "received by", ", ".join(entry.receivers)
    yield "QoS", f"{channel.qos:d}, received with {channel.receive_qos:d}"
    yield "delivery", channel.delivery
    if channel.message_expiry is not None:
        yield "expires after", f"{channel.message_expiry} s"
    yield "signing", channel.signing
    if channel.batch is not None:
        limits = channel.batch
        text = (
            f"up to {limits.max_messages} messages, {limits.max_bytes} bytes, {limits.linger:g} s"
        )
        yield "batches", f"{channel.address}/batch: {text}"
    if channel.compression is not None:
        yield (
            "compression",
            f"{channel.compression.codec} from {channel.compression.threshold} bytes",
        )
    if channel.content_type != "application/json":
        yield "content type", channel.content_type


def _describe_model(console: Console, name: str, schema: Node) -> None:
    console.print(Text(name, style="bold cyan"), Text(schema["description"].text))
    fields = fields_of([schema])
    if fields:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for header in ("field", "value", "", "what it is"):
            table.add_column(header, overflow="fold")
        for field in fields:
            table.add_row(*map(Text, _field_row(field)))
        console.print(table)
    else:
        console.print(Text(json.dumps(schema.value, indent=2, ensure_ascii=False)))
    for example in schema["examples"].list[:1]:
        console.print(Text("example", style="dim"))
        console.print(Text(json.dumps(example.value, ensure_ascii=False)), soft_wrap=True)


def _field_row(field: Field) -> tuple[str, str, str, str]:
    limits = f"{field.text} ({field.limits})" if field.limits else field.text
    return field.name, field.shape, "required" if field.required else "", limits
