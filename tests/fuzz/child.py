"""One target under libFuzzer: `python -m tests.fuzz.child TARGET [libFuzzer's arguments]`."""

from __future__ import annotations

import sys
from typing import cast

import atheris

# Before anything else imports them; the rest is not looked into.
with atheris.instrument_imports(include=["topicwire", "topicwire_codegen"]):
    from tests.fuzz.targets import CHANNEL_OF, TARGETS

from tests.fuzz.mutation import mutate

_STRUCTURED = {*CHANNEL_OF, "strict-json", "key-rings", "documents"}


def _mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change the JSON three times out of four, else the bytes."""
    if seed % 4:
        found = mutate(data, seed)
        if found is not None and len(found) <= max_size:
            return found
    return cast(bytes, atheris.Mutate(data, len(data)))


def main() -> None:
    """Fuzz until libFuzzer has enough, or something is wrong."""
    name = sys.argv.pop(1)
    custom = {"custom_mutator": _mutate} if name in _STRUCTURED else {}
    atheris.Setup(sys.argv, TARGETS[name], **custom)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
