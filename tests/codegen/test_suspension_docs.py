"""`docs/protocol.md` says what `asyncapi.yaml` says, and its examples are valid."""

import json
import re
import shlex

import pytest

from tests.suspension_spec import DOCUMENT, ROOT, resolve, validator

TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
APPS = ("gui", "simulator", "tester", "backend")


def apps_of(channel: str, action: str) -> str:
    operation = DOCUMENT["operations"][action + channel[0].upper() + channel[1:]]
    names = [resolve(tag)["name"] for tag in operation["tags"]]
    return "all" if set(names) == set(APPS) else ", ".join(names)


def binding_of(channel: str) -> dict:
    operation = DOCUMENT["operations"]["send" + channel[0].upper() + channel[1:]]
    return resolve(operation["bindings"])["mqtt"]


def payloads_of(channel: dict) -> list[str]:
    messages = map(resolve, channel["messages"].values())
    return [message["payload"]["$ref"].rsplit("/", 1)[1] for message in messages]


def row_of(name: str, channel: dict) -> str:
    extension, binding = channel["x-topicwire"], binding_of(name)
    delivery = [extension["delivery"]]
    if "messageExpiryInterval" in binding:
        delivery.append(f"{binding['messageExpiryInterval']} s")
    if extension["signing"] == "required":
        delivery.append("signed")
    if "batch" in extension:
        delivery.append("batch")
    if "compression" in extension:
        delivery.append("compressed")
    who = f"{apps_of(name, 'send')} → {apps_of(name, 'receive')}"
    payloads = ", ".join(payloads_of(channel))
    return (
        f"| {name} | `{channel['address']}` | {who} | {binding['qos']} "
        f"| {', '.join(delivery)} | {payloads} |"
    )


def published() -> list[tuple[str, str]]:
    """The topic and payload of every `mosquitto_pub` in the page."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL):
        for command in block.replace("\\\n", " ").splitlines():
            words = shlex.split(command)
            if words[:1] == ["mosquitto_pub"]:
                found.append((words[words.index("-t") + 1], words[words.index("-m") + 1]))
    return found


def channel_of(topic: str) -> tuple[dict, bool]:
    for channel in DOCUMENT["channels"].values():
        pattern = re.sub(r"\{\w+\}", "[^/]+", channel["address"])
        match = re.fullmatch(f"{pattern}(/batch)?", topic)
        if match and (match[1] is None or "batch" in channel["x-topicwire"]):
            return channel, match[1] is not None
    raise AssertionError(f"no channel has the topic {topic}")


def test_the_table_of_channels_is_that_of_the_document():
    rows = [line for line in TEXT.splitlines() if re.match(r"\| \w+ \| `suspension/", line)]
    assert rows == [row_of(name, channel) for name, channel in DOCUMENT["channels"].items()]


def test_the_table_of_categories_is_that_of_the_document():
    found = dict(re.findall(r"^\| (\w+) \| (\w+(?:, \w+)*) \|$", TEXT, re.MULTILINE))
    expected: dict[str, list[str]] = {}
    for name, channel in DOCUMENT["channels"].items():
        for tag in channel["tags"]:
            expected.setdefault(resolve(tag)["name"], []).append(name)
    assert found.items() >= {key: ", ".join(names) for key, names in expected.items()}.items()


def test_the_page_has_examples_to_publish():
    assert len(published()) >= 5


@pytest.mark.parametrize(("topic", "payload"), published())
def test_published_example_is_valid(topic, payload):
    channel, in_batch = channel_of(topic)
    (name,) = payloads_of(channel)
    elements = json.loads(payload) if in_batch else [json.loads(payload)]
    assert elements
    for element in elements:
        validator(name).validate(element)
