"""What the fuzzer has found, and some more at random, without atheris: it runs everywhere."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets import TARGETS
from tests.fuzz.trees import mutate_text

ALL = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
# Each case of these takes milliseconds.
SLOW = {"documents"}


@ALL
def test_what_was_found_before_is_right(target: Target):
    assert any(target.corpus.iterdir()), "python -m tests.fuzz --minimise writes it"
    for data in target.inputs():
        target.check(data)


@ALL
def test_mutants_of_it_are_right(target: Target):
    random, inputs = Random(target.name), target.inputs()
    mutate = target.mutate or mutate_text
    for _ in range(20 if target.name in SLOW else 100):
        target.check(mutate(random.choice(inputs), random)[: target.max_len])


@ALL
@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=200))
def test_whatever_comes_is_right(target: Target, data: bytes):
    target.check(data)


def test_every_folder_of_the_corpus_belongs_to_a_target():
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
