"""Does reading leave anything behind? `python -m tests.fuzz.memory TARGET CASES` tells.

Not under libFuzzer, which keeps what it finds: changed seeds, one after another. Prints the
growth of resident memory in MiB, from after a tenth of the cases to the end.
"""

from __future__ import annotations

import gc
import random
import sys
from pathlib import Path

import psutil

from tests.fuzz.mutation import mutate
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS


def change_bytes(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with a few bytes flipped, cut out or repeated."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if not changed:
            break
        start = chance.randrange(len(changed))
        what = chance.randrange(3)
        if what == 0:
            changed[start] ^= chance.randrange(1, 256)
        elif what == 1:
            del changed[start : start + chance.randrange(1, 8)]
        else:
            changed[start:start] = changed[start : start + chance.randrange(1, 30)]
    return bytes(changed)


def main(name: str, cases: int) -> None:
    """Read as many changed inputs as wanted."""
    target, begin = TARGETS[name], list(seeds(name))
    corpus = Path(__file__).parent / "corpus" / name
    begin += [path.read_bytes() for path in sorted(corpus.glob("*"))]
    chance = random.Random(1)
    process = psutil.Process()
    before = 0
    for number in range(cases):
        if number == cases // 10:
            gc.collect()
            before = process.memory_info().rss
        seed = chance.choice(begin)
        found = mutate(seed, number) if number % 4 else None
        target(found if found is not None else change_bytes(seed, chance))
    gc.collect()
    print(f"{(process.memory_info().rss - before) / 2**20:.1f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
