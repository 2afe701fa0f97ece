"""What the fuzzer has found so far, and what it begins with, is read as it should be."""

import random

import pytest

from tests.fuzz.__main__ import CORPUS
from tests.fuzz.memory import change_bytes
from tests.fuzz.mutation import mutate
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_read(name):
    found = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    assert found
    for data in found:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_seeds_are_read(name):
    chance = random.Random(2)
    begin = list(seeds(name))
    assert begin
    for number in range(50 if name == "documents" else 300):
        seed = chance.choice(begin)
        found = mutate(seed, number) if number % 2 else None
        TARGETS[name](found if found is not None else change_bytes(seed, chance))
