"""Write a synthetic AsyncAPI 3.1 document with a given number of channels.

    python bench/make_document.py 100 > document.yaml

Every channel has a message and a payload of its own with six properties (numbers with limits, an
enumeration, a shared schema, an optional and a nullable one), one sender and two receivers.
Every fifth channel has a parameter in its address, every tenth is batched, every twentieth
retained. The same number always gives the same document.
"""

from __future__ import annotations

import argparse
import sys

import yaml

APPS = ("panel", "device", "gateway", "recorder")
CATEGORIES = ("measurements", "status", "commands")


def make_document(channels: int) -> dict[str, object]:
    """Return the document as JSON values."""
    names = [f"reading{number:04d}" for number in range(channels)]
    return {
        "asyncapi": "3.1.0",
        "info": {"title": f"Synthetic {channels}", "version": "1.0.0"},
        "defaultContentType": "application/json",
        "servers": {"plain": {"host": "localhost:1883", "protocol": "mqtt"}},
        "channels": {name: channel(number, name) for number, name in enumerate(names)},
        "operations": dict(
            entry for number, name in enumerate(names) for entry in operations(number, name)
        ),
        "components": {
            "messages": {name: message(name) for name in names},
            "schemas": {"Quality": QUALITY, **{schema_name(name): schema(name) for name in names}},
            "tags": {name: {"name": name} for name in APPS + CATEGORIES},
        },
    }


QUALITY = {
    "title": "Quality",
    "description": "How far a value can be trusted.",
    "type": "string",
    "enum": ["good", "uncertain", "bad"],
}


def channel(number: int, name: str) -> dict[str, object]:
    """Return one channel."""
    settings: dict[str, object] = {"delivery": "retained" if is_retained(number) else "live"}
    found: dict[str, object] = {
        "title": f"Reading {number}",
        "description": f"The readings of place {number}.",
        "tags": [reference("tags", CATEGORIES[number % len(CATEGORIES)])],
        "messages": {name: reference("messages", name)},
        "x-topicwire": settings,
    }
    if number % 5 == 0:
        found["address"] = f"synthetic/{name}/{{unit}}"
        found["parameters"] = {"unit": {"description": "Which unit.", "enum": ["a", "b", "c"]}}
    else:
        found["address"] = f"synthetic/{name}"
    if number % 10 == 1:
        settings["batch"] = {"max_messages": 100, "linger": 0.5}
    return found


def operations(number: int, name: str) -> list[tuple[str, dict[str, object]]]:
    """Return the operation that sends and the one that receives."""
    turned = [APPS[(number + step) % len(APPS)] for step in range(3)]
    binding = {"qos": 1, "retain": is_retained(number), "bindingVersion": "0.2.0"}
    return [
        (
            f"{action}{schema_name(name)}",
            {
                "action": action,
                "summary": f"{action.capitalize()} a reading of place {number}.",
                "channel": {"$ref": f"#/channels/{name}"},
                "tags": [reference("tags", app) for app in apps],
                "bindings": {"mqtt": binding if action == "send" else {"qos": 1}},
            },
        )
        for action, apps in (("send", turned[:1]), ("receive", turned[1:]))
    ]


def message(name: str) -> dict[str, object]:
    """Return the message of one channel."""
    return {
        "name": name,
        "title": f"Message {name}",
        "payload": reference("schemas", schema_name(name)),
    }


def schema(name: str) -> dict[str, object]:
    """Return the payload of one channel."""
    return {
        "title": schema_name(name),
        "description": f"One reading on channel {name}.",
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "timestamp", "value", "quality"],
        "properties": {
            "source": {"description": "Where it comes from.", "type": "string", "minLength": 1},
            "timestamp": {
                "description": "Seconds since the epoch.",
                "type": "number",
                "minimum": 0,
            },
            "value": {
                "description": "The value.",
                "type": "number",
                "minimum": -1000,
                "maximum": 1000,
            },
            "quality": reference("schemas", "Quality"),
            "count": {"description": "Samples averaged.", "type": "integer", "minimum": 1},
            "previous": {"description": "The value before.", "type": ["number", "null"]},
        },
        "examples": [
            {"source": name, "timestamp": 1795440000.0, "value": 21.5, "quality": "good"},
        ],
    }


def schema_name(name: str) -> str:
    """Return the schema key of a channel key."""
    return name[0].upper() + name[1:]


def is_retained(number: int) -> bool:
    """Return whether the channel's last message is retained."""
    return number % 20 == 3


def reference(kind: str, name: str) -> dict[str, object]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def dump(document: dict[str, object]) -> str:
    """Return a document as YAML."""
    # Equal parts are the same objects in memory, which the dumper would write as aliases.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = type("PlainDumper", (dumper,), {"ignore_aliases": lambda self, data: True})
    return yaml.dump(document, Dumper=plain, sort_keys=False, width=100)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("channels", type=int, help="how many channels")
    sys.stdout.write(dump(make_document(parser.parse_args().channels)))
