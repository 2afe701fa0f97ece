"""One thing that is fuzzed. Targets know nothing of atheris, so they run wherever Python does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"

Mutation = Callable[[bytes, Random], bytes]


@dataclass(frozen=True, kw_only=True)
class Target:
    """`check` takes any bytes and raises for what must not be: that is a finding.

    `seeds` are inputs to begin with. `mutate` changes an input with knowledge of its structure,
    so that the mutants get behind the parser; without it, bytes are changed blindly. An input has
    at most `max_len` bytes, the corpus `max_files` of them.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    mutate: Mutation | None = None
    max_len: int = 4096
    max_files: int = 50

    @property
    def corpus(self) -> Path:
        """The committed inputs that reach everything that was reached so far."""
        return CORPUS / self.name

    def inputs(self) -> list[bytes]:
        """Return the seeds and the corpus, in an order that stays the same."""
        files = sorted(self.corpus.glob("*")) if self.corpus.is_dir() else []
        return [*self.seeds(), *(file.read_bytes() for file in files)]
