"""What a generated package says of channels that are not on MQTT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn


def refuse_stub(module: str, name: str, protocols: Mapping[str, str]) -> NoReturn:
    """Raise why a module of stubs has not got `name`; it is for the module's `__getattr__`.

    `protocols` has what the servers of the channels speak, by the names that stubs would have.
    """
    if name in protocols:
        raise ImportError(
            f"{module}.{name} is not there: the servers of its channel speak {protocols[name]}, "
            "not MQTT; its models and the description of the channel are",
            name=module,
        )
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
