"""Addresses: a topic made from parameters gives them back, and nothing but `TopicInvalid`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topicwire._address import AddressTemplate
from topicwire.errors import TopicInvalid

from tests.fuzz.choices import Choices
from tests.fuzz.judges import is_filter, matches
from tests.fuzz.target import Target

_LITERALS = ("a", "", "-", "rig", ".", "(", "\\", "$", "[^/]", "\n")
_VALUES = (
    "force",
    "a",
    "b",
    "a-b",
    "-",
    "",
    "+",
    "#",
    "a/b",
    "\0",
    "x\n",
    "a.b",
    "\u20ac",
    "$",
    "{x}",
)
_NAMES = ("x", "y", "z", "quantity")


def _address(choices: Choices) -> str:
    """Return an address that the lint lets pass: balanced braces, each parameter once."""
    unused = list(_NAMES)
    levels: list[str] = []
    for _ in range(1 + choices.number(4)):
        level = choices.pick(_LITERALS)
        for _ in range(choices.number(3)):
            if unused:
                level += f"{{{unused.pop(choices.number(len(unused)))}}}" + choices.pick(_LITERALS)
        levels.append(level)
    address = "/".join(levels)
    return f"a{address}" if address.startswith("$") else address


def _check(data: bytes) -> None:
    choices = Choices(data)
    address = _address(choices)
    names = re.findall(r"\{([^{}]*)\}", address)
    allowed = {name: _enumeration(choices) for name in names}
    defaults = {name: values[0] for name, values in allowed.items() if values and choices.number(2)}
    template = AddressTemplate("channel", address, allowed, defaults)
    given = choices.number(2 ** len(_NAMES))
    values = {
        name: choices.word(_VALUES) for index, name in enumerate(_NAMES) if given >> index & 1
    }
    for each in (template, template.extended("/batch")):
        _check_values(each, values, {**defaults, **values})
    _check_foreign(template, allowed, choices.rest().decode(errors="replace"))


def _enumeration(choices: Choices) -> tuple[str, ...]:
    words = (choices.word(_VALUES) for _ in range(choices.number(4)))
    return tuple(word for word in words if word and not re.search("[/+#\0]", word))


def _check_values(template: AddressTemplate, given: dict[str, str], whole: dict[str, str]) -> None:
    try:
        topic = template.topic(given)
    except TopicInvalid as error:
        assert error.channel == "channel"
        assert str(error)
        return
    assert template.match(topic) == whole
    assert not re.search("[+#\0]", topic)
    for name in ({}, given, dict.fromkeys(given)):
        wanted = template.filter(name)
        assert is_filter(wanted) or not wanted
        assert wanted == topic or matches(wanted, topic)


def _check_foreign(
    template: AddressTemplate, allowed: dict[str, tuple[str, ...]], topic: str
) -> None:
    found = template.match(topic)
    if found is None:
        return
    assert all(value in (allowed[name] or (value,)) for name, value in found.items())
    # What others wrote comes out the same way, unless the parts could be told apart otherwise.
    try:
        assert template.topic(found) == topic
    except TopicInvalid:
        assert re.search("[+#\0]|/\\Z", topic) or len(found) > 1 or len(topic) > 60_000


def _seeds() -> Iterator[bytes]:
    yield bytes([1, 0, 1, 0, 1, 0, 1, 2, 0, 0, 0, 15, 0, 1, 2, 3])
    yield bytes([0, 3, 2, 0, 2, 0, 1, 0, 0, 15, 3, 3, 1, 1]) + b"rig-a-b"
    yield bytes([2, 0, 1, 3, 1, 1, 2, 0, 1, 2, 3, 0, 1, 0, 1, 255]) + b"a/force/b"
    yield bytes([0, 0, 0, 0]) + b"a"


TOPICS = Target(name="topics", check=_check, seeds=_seeds, max_len=512)
