"""The signatures of generated methods, and the calls in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from topicwire_codegen.locations import Location
from topicwire_codegen.protocol import (
    BYTES,
    Channel,
    Exchange,
    Headers,
    Message,
    Parameter,
    merge,
)


def _models(models: Iterable[str]) -> str:
    """Return the type of a payload that can be any of these classes."""
    return " | ".join(model if model == BYTES else f"models.{model}" for model in models)


def _publisher_base(channel: Channel) -> str:
    return f"Publisher[{'M' if channel.is_opaque else _models(channel.models)}]"


def _subscriber_type(channel: Channel) -> str:
    return f"{channel.stem}Subscriber{'[bytes]' if channel.is_opaque else ''}"


def _value_type(parameter: Parameter) -> str:
    if not parameter.enum:
        return "str"
    return f"Literal[{', '.join(map(repr, parameter.enum))}]"


def _payload(channel: Channel, messages: Sequence[Message] | None) -> str:
    """Return the type of the payloads of some messages; None stands for a publisher's own."""
    if channel.is_opaque and messages is None:
        return "M"
    return _models(merge(message.models for message in messages or channel.messages))


def _publish_overloads(channel: Channel, messages: Sequence[Message] | None = None) -> list[str]:
    """Return one signature for each message where they have different headers."""
    listed = messages or channel.messages
    if len(listed) < 2 or not any(message.headers for message in listed):
        return []
    found = [_signature(channel, _payload(channel, [each]), [each]) for each in listed]
    return list(dict.fromkeys(found)) if len(set(found)) > 1 else []


def _publish_signature(channel: Channel, messages: Sequence[Message] | None = None) -> str:
    """Return what `publish` takes behind `self`, for all messages or some."""
    payload = _payload(channel, messages)
    return _signature(channel, payload, messages or channel.messages)


def _signature(channel: Channel, payload: str, messages: Sequence[Message], *more: str) -> str:
    arguments = [f"message: {payload}", "/"]
    named = [*_headers(messages), *map(_parameter, channel.parameters), *more]
    return ", ".join([*arguments, *(["*", *named] if named else [])])


def _headers(messages: Sequence[Message]) -> list[str]:
    found = [message.headers for message in messages if message.headers is not None]
    if not found:
        return []
    types = " | ".join(dict.fromkeys(f"models.{headers.model}" for headers in found))
    if len(found) == len(messages) and all(headers.required for headers in found):
        return [f"headers: {types}"]
    return [f"headers: {types} | None = None"]


def _parameter(parameter: Parameter) -> str:
    kind = f"{parameter.keyword}: {_value_type(parameter)}"
    if parameter.location is not None:
        return f"{kind} | None = None"
    return kind if parameter.default is None else f"{kind} = {parameter.default!r}"


def _publish_call(channel: Channel) -> str:
    """Return the call that `publish` comes to."""
    if channel.has_headers:
        return f"publish_with(message, headers{_values(channel, 'message, headers')})"
    return f"_publish(message{_values(channel, 'message')})"


def _app_call(channel: Channel) -> str:
    """Return the call of a publisher that an app's method comes to."""
    if channel.has_headers:
        return _publish_call(channel)
    return f"publish(message{_keywords(channel)})"


def _values(channel: Channel, message: str) -> str:
    """Return the parameters as a further argument; some are in the message if nowhere else."""
    if not channel.parameters:
        return ""
    if any(parameter.location is not None for parameter in channel.parameters):
        if channel.has_headers:
            message = f"WithHeaders({message})"
        return f", self.channel.complete({_dictionary(channel)}, {message})"
    return f", {_dictionary(channel)}"


def _filter_arguments(channel: Channel, before: str) -> str:
    listed = ", ".join(f"{p.keyword}: {_value_type(p)} | None = None" for p in channel.parameters)
    return f"{before}{listed}" if listed else ""


def _dictionary(channel: Channel) -> str:
    """Return the address parameters by their names in the spec."""
    return "{" + ", ".join(f"{p.name!r}: {p.keyword}" for p in channel.parameters) + "}"


def _keywords(channel: Channel) -> str:
    return "".join(f", {p.keyword}={p.keyword}" for p in channel.parameters)


def _header_fields(headers: Headers) -> str:
    arguments = [f"type=models.{headers.model}"]
    if headers.json:
        arguments.append(f"json={headers.json!r}")
    if headers.other_json:
        arguments.append("other_json=True")
    return f"HeaderFields({', '.join(arguments)})"


def _location(location: Location) -> str:
    return f"Location({location.source!r}, {location.path!r})"


def _only(messages: Sequence[Message], channel: Channel) -> str:
    if len(messages) == len(channel.messages):
        return ""
    return f".only({', '.join(repr(message.name) for message in messages)})"


def _places(exchange: Exchange) -> str:
    places = {
        "reply_to": exchange.reply_to,
        "correlation": exchange.correlation,
        "reply_correlation": exchange.reply_correlation,
    }
    given = [f"{name}={_location(place)}" for name, place in places.items() if place is not None]
    if exchange.reply.dynamic:
        given.append("anywhere=True")
    return f"ReplyPlaces({', '.join(given)})"


def _request_signature(exchange: Exchange) -> str:
    return _signature(
        exchange.request,
        _models(exchange.request_models),
        exchange.request_messages,
        "timeout: float = 10.0",
    )


def _request_call(exchange: Exchange) -> str:
    channel = exchange.request
    headers = any(message.headers is not None for message in exchange.request_messages)
    message = "message, headers" if channel.has_headers and headers else "message"
    arguments = [f"message{_values(channel, message)}"]
    if headers:
        arguments.append("headers=headers")
    return ", ".join([*arguments, "timeout=timeout"])


def _app_request_call(exchange: Exchange) -> str:
    """Return the call of a requester that an app's method comes to."""
    headers = any(message.headers is not None for message in exchange.request_messages)
    given = f"message{_keywords(exchange.request)}"
    return f"{given}{', headers=headers' if headers else ''}, timeout=timeout"


SIGNATURES: dict[str, Callable[..., object]] = {
    "models": _models, "publisher_base": _publisher_base, "subscriber_type": _subscriber_type,
    "publish_overloads": _publish_overloads, "publish_signature": _publish_signature,
    "publish_call": _publish_call, "app_call": _app_call, "filter_arguments": _filter_arguments,
    "dictionary": _dictionary, "keywords": _keywords, "header_fields": _header_fields,
    "location": _location, "only": _only, "places": _places,
    "request_signature": _request_signature, "request_call": _request_call,
    "app_request_call": _app_request_call,
}  # fmt: skip
