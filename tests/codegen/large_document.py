"""A document as large as those of big companies: 75 channels, 25 with replies, 35 files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CHANNELS, REPLIES, FILES = 75, 25, 35


def write_large_document(folder: Path) -> Path:
    """Write the document and the files it refers to; return its path.

    The schemas of different files refer to each other, in circles too.
    """
    (folder / "types").mkdir(parents=True)
    for number in range(FILES):
        (folder / "types" / f"type{number:02}.yaml").write_text(dump(type_file(number)))
    channels = dict(channel(number) for number in range(CHANNELS))
    channels |= {f"answer{number:02}": answer(number) for number in range(REPLIES)}
    operations = dict(operation(number) for number in range(CHANNELS))
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Large", "version": "1.0.0", "description": "Long. " * 2_000},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }
    path = folder / "asyncapi.yaml"
    path.write_text(dump(document))
    return path


def dump(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False)


def type_file(number: int) -> dict[str, Any]:
    """Return a file with a schema of twenty properties, and a message of it."""
    properties: dict[str, Any] = {
        f"property{i:02}": {
            "type": ("string", "integer", "number", "boolean")[i % 4],
            "description": f"Property {i} of type {number}. " + "It is described at length. " * 6,
        }
        for i in range(20)
    }
    properties["next"] = {"$ref": f"type{(number + 1) % FILES:02}.yaml#/schema"}
    properties["others"] = {
        "type": "array",
        "items": {"$ref": f"type{(number + 7) % FILES:02}.yaml#/schema"},
    }
    return {
        "schema": {
            "title": f"Type {number}",
            "type": "object",
            "required": ["property00"],
            "properties": properties,
        },
        "message": {
            "name": f"type{number:02}",
            "payload": {"$ref": "#/schema"},
            "examples": [{"payload": {"property00": "a", "next": {"property00": "b"}}}],
        },
    }


def channel(number: int) -> tuple[str, dict[str, Any]]:
    message = {"$ref": f"types/type{number % FILES:02}.yaml#/message"}
    parameters = {"parameters": {"plant": {}}} if number % 3 == 0 else {}
    plant = "{plant}/" if parameters else ""
    return f"channel{number:02}", {
        "address": f"large/{plant}channel{number:02}",
        "description": "What goes over it is described at length. " * 10,
        "messages": {"message": message},
        **parameters,
    }


def answer(number: int) -> dict[str, Any]:
    message = {"$ref": f"types/type{(number + 1) % FILES:02}.yaml#/message"}
    return {"address": f"large/answer{number:02}/{{client}}", "parameters": {"client": {}},
            "messages": {"message": message}}  # fmt: skip


def operation(number: int) -> tuple[str, dict[str, Any]]:
    reply = {"reply": {"channel": {"$ref": f"#/channels/answer{number:02}"}}}
    return f"operation{number:02}", {
        "action": "send" if number % 2 else "receive",
        "channel": {"$ref": f"#/channels/channel{number:02}"},
        "tags": [{"name": f"app{number % 5}"}],
        **(reply if number < REPLIES else {}),
    }
