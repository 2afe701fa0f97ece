"""The extension `x-topicwire` of a channel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from topicwire_codegen.document import Json
from topicwire_codegen.validation import Validator

KEY = "x-topicwire"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLimits:
    """When a batch is sent: `linger` in seconds, `max_bytes` in bytes."""

    max_messages: int = 100
    max_bytes: int = 65536
    linger: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressionSettings:
    """How bodies longer than `threshold` bytes are compressed."""

    codec: Literal["gzip", "zstd"]
    threshold: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelExtension:
    """What `x-topicwire` says of a channel, with the defaults filled in."""

    delivery: Literal["live", "durable", "retained"] = "live"
    signing: Literal["required", "optional", "off"] = "off"
    batch: BatchLimits | None = None
    compression: CompressionSettings | None = None
    json: Literal["strict", "lenient"] = "strict"


@cache
def validator() -> Validator:
    """Return the validator of the extension's JSON Schema."""
    text = files("topicwire_codegen").joinpath("extension.schema.json").read_text("utf-8")
    return Validator(json.loads(text))


def read_extension(value: Json) -> ChannelExtension:
    """Return what a valid `x-topicwire` says; None stands for a channel without one."""
    fields: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
    batch, compression = fields.pop("batch", None), fields.pop("compression", None)
    return ChannelExtension(
        **fields,
        batch=BatchLimits(**cast(dict[str, Any], batch)) if batch is not None else None,
        compression=CompressionSettings(**compression) if compression is not None else None,
    )
