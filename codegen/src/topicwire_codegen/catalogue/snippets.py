"""Programs that show a channel or an app at work, complete where the document has examples."""

from __future__ import annotations

from topicwire_codegen.catalogue.payloads import Payloads
from topicwire_codegen.catalogue.rendering import render
from topicwire_codegen.protocol import BYTES, App, Channel, Message

_BROKER = "mqtt://127.0.0.1:1883"
_INDENT = "    "


def channel_snippet(channel: Channel, payloads: Payloads, package: str) -> str:
    """Return a program that publishes to a channel and receives from it, "" without stubs."""
    if not channel.has_stubs:
        return ""
    return render(
        "channel.py", package=package, broker=_BROKER, channel=channel, options=_options(channel),
        example=_example(channel.messages[0], payloads), arguments=_arguments(channel),
    ).strip()  # fmt: skip


def app_snippet(app: App, payloads: Payloads, package: str) -> str:
    """Return a program that is an app: it receives from a channel, and sends to one."""
    sent = app.sends[0] if app.sends else None
    received = app.receives[0] if app.receives else None
    if sent is None and received is None:
        return ""
    used = [received] if received is not None else []
    used += [sent.channel] if sent is not None else []
    return render(
        "app.py", package=package, broker=_BROKER, app=app, client=f"{app.tag}-1",
        received=received, sent=sent.channel if sent is not None else None,
        options=_options(*used),
        example=_example(sent.messages[0], payloads) if sent is not None else "",
        arguments=_arguments(sent.channel) if sent is not None else "",
    ).strip()  # fmt: skip


def _options(*channels: Channel) -> str:
    """Return what a client needs for channels that ask for signatures."""
    signed = [channel for channel in channels if channel.extension.signing == "required"]
    if not signed:
        return ""
    if all(channel.extension.delivery == "live" for channel in signed):
        return ', signing="keys.json"'
    return ', signing=Signing(keys="keys.json", replay_state="replay.sqlite")'


def _example(message: Message, payloads: Payloads) -> str:
    model = message.models[0]
    if model == BYTES:
        return 'b"..."'
    example = payloads.describe(model, "").example
    if not example:
        return f"models.{model}(...)"
    # A raw text, so that a backslash of the JSON stays one.
    quotes = '"""' if '"""' not in example else "'''"
    body = f"\n{_INDENT}".join(example.splitlines())
    return f"models.{model}.model_validate_json(r{quotes}{body}{quotes})"


def _arguments(channel: Channel) -> str:
    headers = channel.messages[0].headers
    arguments = ["message"]
    if headers is not None:
        arguments.append(f"headers=models.{headers.model}(...)")
    for parameter in channel.parameters:
        value = parameter.enum[0] if parameter.enum else parameter.default or parameter.name
        arguments.append(f"{parameter.keyword}={value!r}".replace("'", '"'))
    return ", ".join(arguments)
