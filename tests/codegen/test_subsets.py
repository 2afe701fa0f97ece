"""What is said to fit, fits: "every value of this schema fits that one" is never wrong."""

import os

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.codegen.schema_pairs import VALUES, fits, near, node, pairs, subsets

EXAMPLES = int(os.environ.get("TOPICWIRE_SUBSET_EXAMPLES", "200"))
THOROUGH = settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


def obstacles(old, new):
    left, right = node("old", old), node("new", new)
    return subsets(left, right).obstacles(left, right)


@THOROUGH
@given(pairs(), st.data())
def test_what_is_called_compatible_is(pair, data):
    old, new = pair
    assume(not obstacles(old, new))
    fits_old, fits_new = fits(old), fits(new)
    for value in data.draw(st.lists(near(old) | near(new) | VALUES, min_size=8, max_size=8)):
        assert not (fits_old(value) and fits_new(value) is False), value


@THOROUGH
@given(pairs())
def test_examples_prove_what_they_are_given_for(pair):
    """Not for the place they are found at only: they fit the one and not the other there."""
    old, new = pair
    left, right = node("old", old), node("new", new)
    compared = subsets(left, right)
    for obstacle in compared.obstacles(left, right):
        if obstacle.proven:
            assert compared.judge.fits(obstacle.example, obstacle.right) is False
