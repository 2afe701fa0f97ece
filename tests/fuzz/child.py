"""One target under atheris: `python -m tests.fuzz.child TARGET FIGURES RUNS SECONDS OPTION...`.

The options are libFuzzer's. Only topicwire and its generator are instrumented.
"""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path
from random import Random

import atheris

# What they import must not be instrumented: it takes long, and its coverage says nothing.
import jsonschema  # noqa: F401
import pydantic  # noqa: F401

from tests.fuzz.memory import MemoryLog
from tests.fuzz.target import Mutation

with atheris.instrument_imports(include=["topicwire", "topicwire_codegen"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz, and end the process as libFuzzer does."""
    name, figures, runs, seconds, *options = sys.argv[1:]
    target = TARGETS[name]
    log = MemoryLog(Path(figures), runs=int(runs), seconds=int(seconds))
    logging.disable(logging.CRITICAL)

    def test_one_input(data: bytes) -> None:
        target.check(data)
        log.count()

    # libFuzzer starts itself again to merge, in a shell, with other options.
    itself = [sys.executable, "-m", "tests.fuzz.child", name, figures, runs, seconds]
    arguments = [shlex.join(itself), *options]
    if target.mutate is None:
        atheris.Setup(arguments, test_one_input)
    else:
        mutate = _mutator(target.mutate)
        atheris.Setup(arguments, test_one_input, custom_mutator=mutate)
    atheris.Fuzz()


def _mutator(mutate: Mutation):
    def custom(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        # libFuzzer's own mutations find what nobody has thought of.
        if random.random() < 0.1:
            return atheris.Mutate(data, max_size)
        return mutate(data, random)[:max_size]

    return custom


if __name__ == "__main__":
    main()
