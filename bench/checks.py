"""What the JSON Schema check beside a model costs: `python -m bench.checks`.

The same message by a model whose types say all, by two that have something checked besides, and by
jsonschema; side by side in rounds, as ratios to the first.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any

from jsonschema import Draft7Validator
from pydantic import ConfigDict, Field
from topicwire import JsonSchema, Payload
from topicwire._codec import Codec

ROUNDS = 15
CALLS = 4_000


class Plain(Payload):
    model_config = ConfigDict(extra="forbid")

    machine: Annotated[str, Field(min_length=1)]
    values: list[float]
    tags: list[str]


class OneProperty(Payload):
    model_config = ConfigDict(extra="forbid")

    machine: Annotated[str, Field(min_length=1)]
    values: list[float]
    tags: Annotated[list[str], JsonSchema({"uniqueItems": True})]


class WholeObject(Payload):
    model_config = ConfigDict(extra="forbid")

    __json_schema__ = JsonSchema(
        {
            "if": {"properties": {"machine": {"const": "press"}}},
            "then": {"properties": {"tags": {"contains": {"const": "checked"}}}},
        }
    )

    machine: Annotated[str, Field(min_length=1)]
    values: list[float]
    tags: list[str]


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["machine", "values", "tags"],
    "properties": {
        "machine": {"type": "string", "minLength": 1},
        "values": {"type": "array", "items": {"type": "number"}},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    },
}
BODY = json.dumps(
    {"machine": "press", "values": [i / 4 for i in range(20)], "tags": ["a", "b", "checked"]}
).encode()


def main() -> None:
    """Measure and print."""
    validator = Draft7Validator(SCHEMA)
    codecs: dict[str, Codec[Any]] = {
        each.__name__: Codec(each.__name__, (each,)) for each in (Plain, OneProperty, WholeObject)
    }
    work: dict[str, Callable[[], object]] = {
        name: lambda codec=codec: codec.decode(BODY, topic="t") for name, codec in codecs.items()
    }
    work["jsonschema"] = lambda: validator.is_valid(json.loads(BODY))
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, run in work.items():
            started = time.process_time()
            for _ in range(CALLS):
                run()
            times[name].append((time.process_time() - started) / CALLS * 1e6)
    least = {name: statistics.median(found) for name, found in times.items()}
    for name, each in least.items():
        print(f"{name:12} {each:7.2f} us  {each / least['Plain']:6.2f} times Plain")


if __name__ == "__main__":
    main()
