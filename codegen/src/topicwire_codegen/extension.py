"""The extension `x-topicwire` of a channel, and that of the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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
class PartitionSettings:
    """How many partitions there are, and which parameter or property messages are put in by."""

    count: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelExtension:
    """What `x-topicwire` says of a channel, with the defaults filled in."""

    delivery: Literal["live", "durable", "retained"] = "live"
    signing: Literal["required", "optional", "off"] = "off"
    batch: BatchLimits | None = None
    compression: CompressionSettings | None = None
    partitions: PartitionSettings | None = None
    json: Literal["strict", "lenient"] = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatSettings:
    """What the document says of an older surface, which gets a module then.

    `renamed` has for each schema the former names of its properties with the present ones, and
    `timestamp` the property that such senders may leave to the module ("" for none).
    """

    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    timestamp: str = ""


@cache
def validator() -> Validator:
    """Return the validator of a channel's extension."""
    return _validator("extension.schema.json")


@cache
def document_validator() -> Validator:
    """Return the validator of the document's extension."""
    return _validator("document_extension.schema.json")


def _validator(name: str) -> Validator:
    text = files("topicwire_codegen").joinpath(name).read_text("utf-8")
    return Validator(json.loads(text))


def read_extension(value: Json) -> ChannelExtension:
    """Return what a valid `x-topicwire` says; None stands for a channel without one."""
    fields: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
    batch, compression = fields.pop("batch", None), fields.pop("compression", None)
    partitions = fields.pop("partitions", None)
    return ChannelExtension(
        **fields,
        batch=BatchLimits(**cast(dict[str, Any], batch)) if batch is not None else None,
        compression=CompressionSettings(**compression) if compression is not None else None,
        partitions=PartitionSettings(**partitions) if partitions is not None else None,
    )


def read_compat(value: Json) -> CompatSettings | None:
    """Return what a document's valid `x-topicwire` says of an older surface; None for nothing."""
    compat = value.get("compat") if isinstance(value, dict) else None
    return CompatSettings(**cast(dict[str, Any], compat)) if isinstance(compat, dict) else None
